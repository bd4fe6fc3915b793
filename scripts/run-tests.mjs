// npm test, after set-up: static checks, then every test. The last line is `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runChecks, staticChecks } from './check.mjs';

/** Runs everything, or with `filters` only the tests whose file matches; resolves to the exit status. */
export function runTests(root, filters) {
  const checks = filters.length === 0 ? staticChecks : [];
  const failedChecks = runChecks(root, checks);
  const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-test-'));
  const report = path.join(dir, 'report.json');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const done = spawnSync(process.execPath, [...args, ...filters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let counts = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTotalTestSuites: 0 };
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    process.stdout.write('the test runner left no report\n');
  }
  rmSync(dir, { recursive: true, force: true });
  // A file that could not be loaded has no failed test of its own; the runner's status still says so.
  const broken = done.status !== 0 && counts.numFailedTests === 0 ? 1 : 0;
  const passed = counts.numPassedTests + checks.length - failedChecks.length;
  const failed = counts.numFailedTests + broken + failedChecks.length;
  const skipped = counts.numPendingTests > 0 ? `, ${counts.numPendingTests} skipped` : '';
  process.stdout.write(`\n${passed} passed, ${failed} failed${skipped}\n`);
  return failed === 0 && done.status === 0 ? 0 : 1;
}

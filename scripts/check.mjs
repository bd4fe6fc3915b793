// npm run check: lint + types + dead code + architecture tests. Each step prints its name, time and, when it fails, its output.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Command lines of the static checks, in the order they run. */
export const staticChecks = [
  ['lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ['types: src', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['types: test', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'test/tsconfig.json']],
  ['types: board', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'dashboards/board/tsconfig.json']],
  ['dead code', ['node_modules/knip/bin/knip.js', '--no-progress']],
];

/** Runs the checks; resolves to the names of those that failed. */
export function runChecks(root, checks) {
  const failed = [];
  for (const [name, args] of checks) {
    const start = Date.now();
    const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    process.stdout.write(
      `${done.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`,
    );
    if (done.status !== 0) {
      failed.push(name);
      process.stdout.write(`${done.stdout}${done.stderr}\n`);
    }
  }
  return failed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  const failed = runChecks(root, [
    ...staticChecks,
    ['architecture', ['node_modules/vitest/vitest.mjs', 'run', 'test/architecture']],
  ]);
  process.exit(failed.length === 0 ? 0 : 1);
}

// Builds dist/ (tsc) and dist/board (vite) when their sources changed since the last build. Also: npm run build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Hash of names, sizes and contents below the given files and folders. */
function fingerprint(root, places) {
  const hash = createHash('sha256');
  const visit = (file) => {
    const stat = statSync(file);
    if (stat.isDirectory()) {
      for (const name of readdirSync(file).sort()) if (name !== 'node_modules') visit(path.join(file, name));
      return;
    }
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  };
  for (const place of places) if (existsSync(path.join(root, place))) visit(path.join(root, place));
  return hash.digest('hex');
}

function run(root, args) {
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (done.status !== 0) process.stderr.write(`${done.stdout}${done.stderr}`);
  return done.status === 0;
}

/** True when dist/ is up to date or was built; false (with the tools' own words on stderr) when it could not be. */
export function buildWhenStale(root, say) {
  const parts = [
    {
      name: 'server',
      stamp: path.join(root, 'dist', '.server-stamp'),
      sources: ['src', 'tsconfig.json', 'package.json'],
      clean: () => {
        if (!existsSync(path.join(root, 'dist'))) return;
        for (const name of readdirSync(path.join(root, 'dist'))) {
          if (name !== 'board' && name !== '.board-stamp') rmSync(path.join(root, 'dist', name), { recursive: true });
        }
      },
      build: () => run(root, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']),
    },
    {
      name: 'board',
      stamp: path.join(root, 'dist', '.board-stamp'),
      sources: ['dashboards/board', 'src/contract', 'src/model', 'package.json'],
      clean: () => rmSync(path.join(root, 'dist', 'board'), { recursive: true, force: true }),
      build: () =>
        run(root, [
          'node_modules/vite/bin/vite.js',
          'build',
          '--config',
          'dashboards/board/vite.config.ts',
          '--logLevel',
          'warn',
        ]),
    },
  ];
  for (const part of parts) {
    const want = fingerprint(root, part.sources);
    if (existsSync(part.stamp) && readFileSync(part.stamp, 'utf8') === want) continue;
    say(`building the ${part.name}…`);
    part.clean();
    if (!part.build()) return false;
    mkdirSync(path.dirname(part.stamp), { recursive: true });
    writeFileSync(part.stamp, want);
  }
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  if (!buildWhenStale(root, (line) => process.stderr.write(`vonggac: ${line}\n`))) process.exit(1);
}

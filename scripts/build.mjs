// Builds dist/ (tsc), dist/board and dist/agent-folder (vite) when their sources changed since the last build. Also: npm run build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

/** Files below a folder, relative to it. */
function filesBelow(root) {
  const entries = existsSync(root) ? readdirSync(root, { recursive: true, withFileTypes: true }) : [];
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/**
 * Moves a finished build over the one in place, file by file, and then takes away what it no longer has. A platform
 * that runs from the folder never finds a file missing that it had at its start and that the new build still has.
 */
function replaceBuild(fresh, place, isOurs) {
  const built = new Set(filesBelow(fresh));
  for (const file of built) {
    mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
    renameSync(path.join(fresh, file), path.join(place, file));
  }
  for (const file of filesBelow(place)) if (isOurs(file) && !built.has(file)) rmSync(path.join(place, file));
  rmSync(fresh, { recursive: true, force: true });
}

/** A build that was killed leaves its folder; its name tells whose it was. */
function clearAbandonedBuilds(dist) {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    const pid = /^\.building-\w+-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(dist, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** True when dist/ is up to date or was built; false (with the tools' own words on stderr) when it could not be. */
export function buildWhenStale(root, say) {
  const dist = path.join(root, 'dist');
  const parts = [
    {
      name: 'server',
      place: dist,
      isOurs: (file) => !/^((board|agent-folder)[/\\]|\.)/.test(file),
      sources: ['src', 'tsconfig.json', 'package.json'],
      build: (out) => run(root, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', out]),
    },
    {
      name: 'board',
      place: path.join(dist, 'board'),
      isOurs: () => true,
      sources: [
        'dashboards/board',
        ...['contract', 'model', 'sigma', 'parse', 'normalise', 'ingest/read-line.ts'].map((part) => `src/${part}`),
        'package.json',
      ],
      build: (out) =>
        run(root, [
          ...['node_modules/vite/bin/vite.js', 'build', '--config', 'dashboards/board/vite.config.ts'],
          ...['--outDir', out, '--emptyOutDir', '--logLevel', 'warn'],
        ]),
    },
    {
      name: 'agent',
      place: path.join(dist, 'agent-folder'),
      isOurs: () => true,
      sources: [
        'src/agent',
        'src/cli',
        'src/disk',
        'src/model',
        'src/parse',
        'scripts/agent',
        'scripts/agent-folder.mjs',
        'package.json',
      ],
      build: (out) => run(root, ['scripts/agent-folder.mjs', out]),
    },
  ];
  clearAbandonedBuilds(dist);
  for (const { name, place, isOurs, sources, build } of parts) {
    const stamp = path.join(dist, `.${name}-stamp`);
    const want = fingerprint(root, sources);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) continue;
    say(`building the ${name}…`);
    // Inside dist/ (renaming stays on one disk), and one's own, since two commands may build at the same time.
    const fresh = path.join(dist, `.building-${name}-${process.pid}`);
    if (!build(fresh)) {
      rmSync(fresh, { recursive: true, force: true });
      return false;
    }
    replaceBuild(fresh, place, isOurs);
    writeFileSync(stamp, want);
  }
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  if (!buildWhenStale(root, (line) => process.stderr.write(`vonggac: ${line}\n`))) process.exit(1);
}

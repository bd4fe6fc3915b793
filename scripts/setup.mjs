#!/usr/bin/env node
// npm run setup | demo | start | test | bench | proof — set up what is missing, then do it. No dependencies: it runs before any exist.
// usage: node scripts/setup.mjs [demo|start|test|bench|proof] [arguments of that command]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'setup', ...rest] = process.argv.slice(2);

/** One clear line, status 1: what is wrong and the command that mends it. */
function stop(line) {
  process.stderr.write(`vonggac: ${line}\n`);
  process.exit(1);
}

function say(line) {
  process.stderr.write(`vonggac: ${line}\n`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `needs Node 20.19 or newer, this is ${process.versions.node} (https://nodejs.org, or: apt-get install nodejs)`,
    );
  }
}

/** Packages are stale when package.json or the lock differ from what was installed last. */
function installPackages() {
  const stampFile = path.join(root, 'node_modules', '.vonggac-stamp');
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) {
    const file = path.join(root, name);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  const want = `${hash.digest('hex')} node ${process.versions.modules}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === want) return;
  say('installing npm packages (the embedded ClickHouse is 540 MB, once)…');
  // `npm install`, not `npm ci`: a lock made on one platform may lack another's optional binaries.
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (npm.status !== 0) stop('npm install failed (see above); mend it and start again');
  writeFileSync(stampFile, want);
}

function onPath(name) {
  return (process.env.PATH ?? '').split(path.delimiter).some((dir) => dir !== '' && existsSync(path.join(dir, name)));
}

function aptPrefix() {
  if (!onPath('apt-get')) return null;
  if (process.getuid?.() === 0) return [];
  const sudo = onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n'] : null;
}

function updateAptLists() {
  const [file, ...argv] = [...(aptPrefix() ?? []), 'apt-get', 'update', '-qq'];
  return spawnSync(file, argv, { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

/** A program from Debian: taken from PATH, else installed where apt may, else the one command to run is printed. */
function ensureProgram(program, debianPackage, why) {
  if (onPath(program)) return;
  const by = `apt-get install -y --no-install-recommends ${debianPackage}`;
  const prefix = aptPrefix();
  if (prefix === null) stop(`${why} needs ${program}; run this once, then start again:  sudo ${by}`);
  say(`installing ${debianPackage} with apt (${why})…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const run = (args) => {
    const [file, ...argv] = [...prefix, ...args];
    return spawnSync(file, argv, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const install = ['apt-get', 'install', '-qq', '-y', '--no-install-recommends', debianPackage];
  if (!(run(['apt-get', 'update', '-qq']) && run(install)) || !onPath(program)) {
    stop(`could not install ${debianPackage}; run this once, then start again:  sudo ${by}`);
  }
}

function ensureRedis() {
  if (process.env.REDIS_URL || process.env.VONGGAC_REDIS_BINARY) return;
  ensureProgram('redis-server', 'redis-server', 'coordination of jobs');
}

async function build() {
  const { buildWhenStale } = await import('./build.mjs');
  if (!buildWhenStale(root, say)) stop('the build failed (see above)');
}

/** Straight from the sources, with the arguments of the command. */
function runSource(file) {
  const run = spawnSync(process.execPath, ['--import', 'tsx', file, ...rest], { cwd: root, stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
}

async function main() {
  process.chdir(root);
  checkNode();
  installPackages();
  if (command === 'test') {
    ensureRedis();
    ensureProgram('chromium', 'chromium', 'browser tests');
    const { ensureLogClients } = await import('./log-clients.mjs');
    ensureLogClients(root, say, updateAptLists);
    await build();
    const { runTests } = await import('./run-tests.mjs');
    process.exitCode = await runTests(root, rest);
    return;
  }
  if (command === 'bench') {
    ensureRedis();
    await build();
    return runSource('test/bench/main.ts');
  }
  if (command === 'proof') {
    if (rest.includes('crash')) {
      ensureRedis();
      await build();
    }
    return runSource('test/proof/main.ts');
  }
  const needsStack = command === 'demo' || command === 'start' || command === 'setup';
  if (!needsStack) stop(`unknown command ${command}; one of setup, demo, start, test, bench, proof`);
  if (!rest.includes('--help') && !rest.includes('-h')) ensureRedis();
  await build();
  if (command === 'setup') return say('ready: npm run demo | npm start | npm test');
  // In this very process: one process fewer between a signal and the platform.
  process.argv = [
    process.execPath,
    path.join(root, 'bin', 'vonggac.mjs'),
    command === 'start' ? 'up' : 'demo',
    ...rest,
  ];
  await import('../bin/vonggac.mjs');
}

await main();

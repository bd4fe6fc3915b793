// rsyslog and syslog-ng for the tests that try the collectors with real senders. Debian lets only one of the two be
// installed, and an installed one is a running service; so their packages are only unpacked, beside node_modules.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const packages = [
  ...['rsyslog', 'rsyslog-relp', 'rsyslog-gnutls', 'rsyslog-elasticsearch'],
  ...['syslog-ng-core', 'syslog-ng-mod-http'],
];
/** A mirror that does not answer must not hold up the tests. */
const waitMs = 60_000;

function run(file, args, cwd) {
  const done = spawnSync(file, args, { cwd, encoding: 'utf8', timeout: waitMs, stdio: ['ignore', 'pipe', 'ignore'] });
  return done.status === 0 ? done.stdout : null;
}

/** What the packages need and this machine has not. */
function missingPackages() {
  const only = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((word) => `--no-${word}`);
  const all = run('apt-cache', ['depends', '--recurse', '-i', ...only, ...packages], '/');
  const here = run('dpkg', ['--get-selections'], '/');
  if (all === null || here === null) return null;
  const installed = new Set(here.split('\n').map((line) => /^([^\s:]+)\S*\s+(?:install|hold)$/.exec(line)?.[1]));
  return [...new Set(all.split('\n').filter((line) => /^[a-z0-9]/.test(line)))].filter((name) => !installed.has(name));
}

/**
 * Unpacks them once. Where that cannot be (no Debian, no mirror) it says so, and the tests that need them skip.
 * `update` brings the lists of packages.
 */
export function ensureLogClients(root, say, update) {
  const dir = path.join(root, 'node_modules', '.cache', 'vonggac-log-clients');
  if (existsSync(dir) || !existsSync('/usr/bin/apt-get')) return;
  say('unpacking rsyslog and syslog-ng (tests of the collectors)…');
  mkdirSync(path.dirname(dir), { recursive: true });
  const fresh = mkdtempSync(`${dir}-`);
  const fetch = () => run('apt-get', ['download', '-qq', ...(missingPackages() ?? packages)], fresh) !== null;
  if (!fetch() && !(update() && fetch())) {
    rmSync(fresh, { recursive: true, force: true });
    say('rsyslog and syslog-ng could not be had; the tests with them skip');
    return;
  }
  for (const file of readdirSync(fresh).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', file, '.'], fresh);
    rmSync(path.join(fresh, file));
  }
  renameSync(fresh, dir);
}

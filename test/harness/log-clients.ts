import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Unpacked by scripts/log-clients.mjs. */
const unpacked = fileURLToPath(new URL('../../node_modules/.cache/vonggac-log-clients', import.meta.url));

function folders(...parts: readonly string[]): string[] {
  const dir = path.join(unpacked, ...parts);
  return existsSync(dir) ? readdirSync(dir).map((name) => path.join(dir, name)) : [];
}

const triplets = [...folders('lib'), ...folders('usr', 'lib')].filter((dir) => dir.endsWith('-linux-gnu'));
const libraries = [...triplets, path.join(unpacked, 'usr', 'lib', 'syslog-ng')];
const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') };

function program(name: string): string {
  const file = path.join(unpacked, 'usr', 'sbin', name);
  return existsSync(file) ? file : '';
}

const rsyslogd = program('rsyslogd');
const syslogNg = program('syslog-ng');
const rsyslogModules = triplets.map((dir) => path.join(dir, 'rsyslog')).filter((dir) => existsSync(dir));
const syslogNgModules = folders('usr', 'lib', 'syslog-ng').filter((dir) => /\/\d[\d.]*$/.test(dir));

export const hasRsyslog: boolean = rsyslogd !== '';
export const hasSyslogNg: boolean = syslogNg !== '';

export interface LogClient {
  readonly pid: number;
  /** What it said so far, for the message of a test that fails. */
  said(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

function started(child: ChildProcess): LogClient {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    said: () => text,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** rsyslogd as a plain process; `config` names all it needs, `dir` takes its own files. */
export function startRsyslog(config: string, dir: string): LogClient {
  const args = ['-n', '-f', config, '-i', path.join(dir, 'rsyslogd.pid'), '-M', rsyslogModules.join(':')];
  return started(spawn(rsyslogd, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** syslog-ng as a plain process. */
export function startSyslogNg(config: string, dir: string): LogClient {
  const own = ['-p', path.join(dir, 'ng.pid'), '-c', path.join(dir, 'ng.ctl'), '-R', path.join(dir, 'ng.persist')];
  const args = ['-F', '--no-caps', '-f', config, ...own, `--module-path=${syslogNgModules.join(':')}`];
  return started(spawn(syslogNg, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

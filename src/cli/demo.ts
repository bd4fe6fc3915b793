import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compose, type Platform } from '../compose.ts';
import { readConfig } from '../config.ts';
import { loadScenario } from '../drill/load.ts';
import { createLog } from '../observe/log.ts';
import { openDemoMailbox } from './demo-mailbox.ts';
import { runDrill } from './drill-run.ts';
import { reasonLine } from './reason-line.ts';
import { stopSignal, within } from './stop-signal.ts';

export interface DemoOptions {
  readonly headless: boolean;
  readonly exit: boolean;
  readonly speed: number;
  readonly port: string;
  readonly drill: string;
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const closeDeadlineMs = 4500;
/** Time to sign in and look around before the first attack step. */
const lookAroundMs = 8000;
const markerFile = '.vonggac-demo';

/** Replays the built-in drill through the real collectors. With `exit`: one JSON line, 0 only when nothing was missed. */
export async function runDemo(o: DemoOptions): Promise<number> {
  const asked = stopSignal(o.env.npm_lifecycle_event !== undefined);
  const mailbox =
    o.env.VONGGAC_SMTP_URL === undefined
      ? await openDemoMailbox((to) => o.err(`vonggac: notice by e-mail to ${to}`))
      : null;
  const config = readConfig(o.env, {
    ...(mailbox === null ? {} : { smtpUrl: mailbox.url }),
    dataDir: o.data,
    port: o.exit && o.headless ? '0' : o.port,
    syslogUdp: '127.0.0.1:0',
    syslogTcp: '127.0.0.1:0',
    ...(o.env.VONGGAC_LOG_LEVEL === undefined ? { logLevel: 'error' } : {}),
  });
  const log = createLog(config.logLevel);
  let platform: Platform;
  try {
    await emptyDemoDir(config.dataDir);
    platform = await compose(config, { log });
  } catch (error) {
    o.err(`vonggac: ${reasonLine(error)}`);
    await mailbox?.close();
    return 1;
  }
  try {
    const { scenario, records } = await loadScenario(o.drill);
    if (!o.headless) await greet(platform, o);
    const stopped = new AbortController();
    void asked.then(() => stopped.abort());
    if (!o.headless) await pause(lookAroundMs, stopped.signal);
    const result = await runDrill({ platform, scenario, records, speed: o.speed, signal: stopped.signal, err: o.err });
    if (result !== null) o.out(JSON.stringify(result));
    if (!o.exit) {
      if (result !== null) o.err('vonggac: the drill is over; the board stays up until Ctrl-C');
      await asked;
      return 0;
    }
    return result !== null && result.missed.length === 0 ? 0 : 1;
  } catch (error) {
    o.err(`vonggac: ${reasonLine(error)}`);
    return 1;
  } finally {
    const closing = Promise.all([platform.close(), mailbox?.close()]).then(() => undefined);
    if (!(await within(closing, closeDeadlineMs))) process.exit(1);
  }
}

/** Empties a directory of earlier demos; refuses one that holds anything else. */
async function emptyDemoDir(dir: string): Promise<void> {
  const marker = path.join(dir, markerFile);
  if (existsSync(dir) && !existsSync(marker) && (await readdir(dir)).length > 0) {
    throw new Error(`${dir} is not a demo's data directory; name another with --data`);
  }
  if (!existsSync(path.join(dir, 'vonggac.lock'))) await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await writeFile(marker, 'vonggac demo: emptied at each start\n');
}

/** An account for the one who watches: a password made now, shown once, gone with the demo's data. */
async function greet(platform: Platform, o: DemoOptions): Promise<void> {
  const name = 'phân.tích.viên';
  const link = `${platform.url}${await platform.entryPath({ name, role: 'admin' })}`;
  o.err(`vonggac: board ready at ${platform.url}`);
  o.err('vonggac: open this link once to sign in (an account of this demo only):');
  o.err(`         ${link}`);
  openBrowser(link, o.env);
}

/** Where there is a desktop; elsewhere the printed link is enough. */
function openBrowser(url: string, env: NodeJS.ProcessEnv): void {
  if (process.platform === 'linux' && (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? '') === '') return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opener = spawn(command, [url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

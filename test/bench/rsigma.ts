import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Lane, laneLines, lanes, sigmaHqRules } from './corpora.ts';

/** Events per CPU-second of the peer's command, its reading and JSON output included, its loading of rules not. */
export interface RsigmaSpeed {
  readonly unrouted: number;
  readonly routed: number;
}

export interface Rsigma {
  readonly version: string;
  /** CPU to read and compile all rules. */
  readonly loadMs: number;
  readonly speeds: ReadonlyMap<Lane, RsigmaSpeed>;
}

/** Times a lane is read in one run, so that starting weighs little beside it. */
const rounds = 20;

/** Runs rsigma (https://github.com/timescale/rsigma, `cargo install --locked rsigma`) over the lanes. */
export async function runRsigma(binary: string, repeats: number): Promise<Rsigma> {
  const dir = await mkdtemp(path.join(tmpdir(), 'vonggac-rsigma-'));
  const cpuMs = async (file: string, routed: boolean): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < repeats; i += 1) least = Math.min(least, await cpuMsOfRun(binary, file, routed));
    return least;
  };
  try {
    const { stdout } = await promisify(execFile)(binary, ['--version']);
    const oneLine = path.join(dir, 'one');
    await writeFile(oneLine, '{"a":"b"}\n');
    const loadMs = await cpuMs(oneLine, false);
    const speeds = new Map<Lane, RsigmaSpeed>();
    for (const lane of lanes) {
      const lines = laneLines(lane);
      const file = path.join(dir, lane);
      await writeFile(file, `${lines.join('\n')}\n`.repeat(rounds));
      const perSecond = async (routed: boolean): Promise<number> =>
        (lines.length * rounds * 1000) / ((await cpuMs(file, routed)) - loadMs);
      speeds.set(lane, { unrouted: await perSecond(false), routed: await perSecond(true) });
    }
    return { version: stdout.trim(), loadMs, speeds };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** User and system time of one run; bash tells it of a child that has ended, Node does not. */
async function cpuMsOfRun(binary: string, file: string, routed: boolean): Promise<number> {
  const script = 'TIMEFORMAT="cpu %3U %3S"; time "$0" engine eval -r "$1" $3 < "$2" > /dev/null 2>&1';
  const args = ['-c', script, binary, sigmaHqRules(), file, routed ? '--logsource-routing' : ''];
  const { stderr } = await promisify(execFile)('bash', args);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return (Number(user) + Number(system)) * 1000;
}

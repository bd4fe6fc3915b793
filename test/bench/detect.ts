import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { packRules, type ReadRules } from '../../src/detect/rule-pack.ts';
import { runInThread } from '../../src/detect/thread-task.ts';
import { type Speed, sampleMs } from './best-of.ts';
import { corporaAbsent, type Lane, laneLines, lanes, sigmaHqRules } from './corpora.ts';
import { imagesOf } from './lane-images.ts';
import type { LaneTask } from './lane-thread.ts';
import { memoryOf } from './process-usage.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

const mib = 2 ** 20;

/** The lane that is also measured with several workers and over a longer input. */
const mainLane = 'structured_windows';
const main = path.resolve(import.meta.dirname, '../../dist/main.js');

export const detect: Question = {
  name: 'detect',
  asks: "how much of the engine's speed is left in the whole command, and what does a second start cost?",
  options: { mib: 400, times: 5, repeats: 3 },
  async run(option) {
    const absent = corporaAbsent();
    if (absent !== null) {
      say(`skipped: ${absent}`);
      return;
    }
    const dir = await mkdtemp(path.join(tmpdir(), 'vonggac-detect-'));
    try {
      await measure(dir, option);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

async function measure(dir: string, option: Parameters<Question['run']>[0]): Promise<void> {
  const repeats = option('repeats');
  const read = await loadRuleDirs([sigmaHqRules()]);
  const rows: Cell[][] = [];
  for (const lane of lanes) {
    const engine = engineOver(lane, read);
    const lines = laneLines(lane);
    const [oneLine, file] = [path.join(dir, 'one'), path.join(dir, lane)];
    await writeFile(oneLine, `${lines[0]}\n`);
    const text = Buffer.from(`${lines.join('\n')}\n`);
    const rounds = Math.ceil((option('mib') * mib) / text.length);
    await writeRounds(file, text, rounds);
    const cold = await run(dir, [oneLine], 1);
    const runs = [1, ...(lane === mainLane ? [option('times')] : [])].flatMap((times): Run[] =>
      (lane === mainLane ? [1, 2] : [1]).map((workers) => ({ times, workers, best: unused })),
    );
    let start = unused;
    let most = 0;
    // By turns, so that a neighbour of this machine is in the way of all alike, and never two at once.
    for (let turn = 0; turn < repeats; turn++) {
      most = Math.max(most, await engine());
      start = better(start, await run(dir, [oneLine], 1));
      for (const one of runs) {
        const files = Array.from({ length: one.times }, () => file);
        one.best = better(one.best, await run(dir, files, one.workers));
      }
    }
    if (lane === mainLane) {
      say(
        `started, one line, ended: ${Math.round(cold.cpuMs)} ms CPU first, ${Math.round(start.cpuMs)} ms with what is kept`,
      );
    }
    rows.push([lane, '', '', most, 1, '', '', '', '']);
    for (const { times, workers, best } of runs) {
      const alone = runs.find((other) => other.times === times && other.workers === 1)?.best ?? best;
      const events = lines.length * rounds * times;
      const perSecond = (events * 1000) / (best.cpuMs - start.cpuMs);
      const byClock = (events * 1000) / best.wallMs;
      const scale = workers === 1 ? ['', ''] : [alone.wallMs / best.wallMs, (workers * alone.cpuMs) / best.cpuMs];
      const peak = best.peakRssBytes / mib;
      rows.push(['', workers, events, perSecond, perSecond / most, byClock, ...scale, peak]);
    }
    await rm(file);
  }
  say(
    `\nrouted; CPU without what a start costs, the clock with it; best of ${repeats} by turns with the engine alone, which is a warm thread's best ${sampleMs} ms`,
  );
  const clock = ['per second', 'times one worker', 'with cores of their own'];
  printTable(['', 'workers', 'lines', 'per CPU-second', 'of the engine', ...clock, 'MiB at most'], rows);
}

interface Run {
  /** How often the file is given. */
  readonly times: number;
  readonly workers: number;
  best: Used;
}

/** Lines a CPU-second that the engine alone takes when it is warm, in a thread of its own each time. */
function engineOver(lane: Lane, read: ReadRules): () => Promise<number> {
  const images = imagesOf(read, Buffer.from(`${laneLines(lane).join('\n')}\n`));
  const task: LaneTask = { rules: packRules(read), images, lane, path: 'bytes', routing: true, repeats: 4 };
  return async () => (await runInThread<LaneTask, Speed>(import.meta.url, 'lane-thread', task)).perSecond;
}

async function writeRounds(file: string, text: Buffer, rounds: number): Promise<void> {
  const handle = await open(file, 'w');
  for (let round = 0; round < rounds; round++) await handle.writeFile(text);
  await handle.close();
}

interface Used {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakRssBytes: number;
}

const unused: Used = { cpuMs: Number.POSITIVE_INFINITY, wallMs: Number.POSITIVE_INFINITY, peakRssBytes: 0 };

function better(a: Used, b: Used): Used {
  return {
    cpuMs: Math.min(a.cpuMs, b.cpuMs),
    wallMs: Math.min(a.wallMs, b.wallMs),
    peakRssBytes: Math.max(a.peakRssBytes, b.peakRssBytes),
  };
}

/** How often memory is looked at. */
const lookMs = 100;

/** One run of the built command, its own cache of rules in `dir`; bash tells the times of a child that has ended. */
async function run(dir: string, files: readonly string[], workers: number): Promise<Used> {
  const timed = 'TIMEFORMAT="cpu %3R %3U %3S"; time bash -c \'echo $$; exec "$0" "$@" > /dev/null\' "$0" "$@"';
  const command = [process.execPath, main, 'detect', '--rules', sigmaHqRules(), '--workers', String(workers)];
  const args = ['-c', timed, ...command, ...files];
  const child = spawn('bash', args, {
    env: { ...process.env, XDG_CACHE_HOME: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, told] = ['', ''];
  child.stdout.on('data', (data) => {
    said += data;
  });
  child.stderr.on('data', (data) => {
    told += data;
  });
  let peakRssBytes = 0;
  const looking = setInterval(() => {
    try {
      peakRssBytes = memoryOf(Number(said)).peakRssBytes;
    } catch {
      // It has ended.
    }
  }, lookMs);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(looking);
  if (code !== 0) throw new Error(`detect ended with ${code}: ${told}`);
  const [, real, user, system] = /cpu ([\d.]+) ([\d.]+) ([\d.]+)/.exec(told) ?? [];
  return { cpuMs: (Number(user) + Number(system)) * 1000, wallMs: Number(real) * 1000, peakRssBytes };
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { corporaAbsent, laneLines, sigmaHqRules } from './corpora.ts';
import { cpuTimed } from './process-usage.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

const lane = 'structured_windows';
const main = path.resolve(import.meta.dirname, '../../dist/main.js');

export const detect: Question = {
  name: 'detect',
  asks: "how much of the engine's speed is left in the whole command, and what does a second start cost?",
  options: { rounds: 40, repeats: 3 },
  async run(option) {
    const absent = corporaAbsent();
    if (absent !== null) {
      say(`skipped: ${absent}`);
      return;
    }
    const dir = await mkdtemp(path.join(tmpdir(), 'vonggac-detect-'));
    try {
      await measure(dir, option('rounds'), option('repeats'));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

async function measure(dir: string, rounds: number, repeats: number): Promise<void> {
  const lines = laneLines(lane);
  const text = `${lines.join('\n')}\n`;
  const [oneLine, file] = [path.join(dir, 'one'), path.join(dir, lane)];
  await writeFile(oneLine, `${lines[0]}\n`);
  await writeFile(file, text.repeat(rounds));
  const events = lines.length * rounds;

  const cold = await run(dir, oneLine, 1);
  const cached = await quickest(repeats, () => run(dir, oneLine, 1));
  say(
    `started, one line, ended: ${Math.round(cold.cpuMs)} ms CPU first, ${Math.round(cached.cpuMs)} ms with what is kept`,
  );

  const engine = await engineSpeed(Buffer.from(text), lines.length, repeats);
  const rows: Cell[][] = [['engine alone', engine, 1, '']];
  let oneWallMs = 0;
  for (const workers of [1, 2]) {
    await run(dir, file, workers);
    const whole = await quickest(repeats, () => run(dir, file, workers));
    const perSecond = (events * 1000) / (whole.cpuMs - cached.cpuMs);
    const wallMs = whole.wallMs - cached.wallMs;
    if (workers === 1) oneWallMs = wallMs;
    rows.push([`vonggac detect --workers ${workers}`, perSecond, perSecond / engine, oneWallMs / wallMs]);
  }
  say(`\n${events} lines of ${lane}, routed; what a start costs is not counted; best of ${repeats}`);
  printTable(['', 'events per CPU-second', 'of the engine', 'times one worker, by the clock'], rows);
}

/** The engine over the same bytes, in this process, when it is warm. */
async function engineSpeed(text: Buffer, lines: number, repeats: number): Promise<number> {
  const { set } = await loadRuleDirs([sigmaHqRules()]);
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats * 5; i += 1) {
    const { cpuMs } = cpuTimed(() => {
      for (let from = 0; from < text.length; ) {
        const to = text.indexOf(10, from);
        set.matchLine(text, from, to);
        from = to + 1;
      }
    });
    leastMs = Math.min(leastMs, cpuMs);
  }
  return (lines * 1000) / leastMs;
}

interface Used {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function quickest(repeats: number, one: () => Promise<Used>): Promise<Used> {
  let best: Used = { cpuMs: Number.POSITIVE_INFINITY, wallMs: Number.POSITIVE_INFINITY };
  for (let i = 0; i < repeats; i += 1) {
    const { cpuMs, wallMs } = await one();
    best = { cpuMs: Math.min(best.cpuMs, cpuMs), wallMs: Math.min(best.wallMs, wallMs) };
  }
  return best;
}

/** One run of the built command, its own cache of rules in `dir`; bash tells the times of a child that has ended. */
async function run(dir: string, file: string, workers: number): Promise<Used> {
  const script = 'TIMEFORMAT="cpu %3R %3U %3S"; time "$0" "$1" detect --rules "$2" --workers "$3" "$4" > /dev/null';
  const args = ['-c', script, process.execPath, main, sigmaHqRules(), String(workers), file];
  const { stderr } = await promisify(execFile)('bash', args, { env: { ...process.env, XDG_CACHE_HOME: dir } });
  const [, real, user, system] = /cpu ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return { cpuMs: (Number(user) + Number(system)) * 1000, wallMs: Number(real) * 1000 };
}

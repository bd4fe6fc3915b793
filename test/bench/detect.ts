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
  options: { rounds: 60, times: 5, repeats: 3 },
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
  const [rounds, repeats] = [option('rounds'), option('repeats')];
  const lines = laneLines(lane);
  const text = `${lines.join('\n')}\n`;
  const [oneLine, file] = [path.join(dir, 'one'), path.join(dir, lane)];
  await writeFile(oneLine, `${lines[0]}\n`);
  await writeFile(file, text.repeat(rounds));

  const cold = await run(dir, [oneLine], 1);
  const kept = await quickest(repeats, () => run(dir, [oneLine], 1));
  say(
    `started, one line, ended: ${Math.round(cold.cpuMs)} ms CPU first, ${Math.round(kept.cpuMs)} ms with what is kept`,
  );

  const engine = await engineSpeed(Buffer.from(text), lines.length, repeats);
  const rows: Cell[][] = [['engine alone', '', engine, 1, '', '', '']];
  for (const times of [1, option('times')]) {
    const events = lines.length * rounds * times;
    const files = Array.from({ length: times }, () => file);
    let one: Used | null = null;
    for (const workers of [1, 2]) {
      const whole = await quickest(times === 1 ? repeats : 1, () => run(dir, files, workers));
      one ??= whole;
      const perSecond = (events * 1000) / (whole.cpuMs - kept.cpuMs);
      const byClock = (events * 1000) / whole.wallMs;
      const scale = [one.wallMs / whole.wallMs, (workers * one.cpuMs) / whole.cpuMs];
      rows.push([`--workers ${workers}`, events, perSecond, perSecond / engine, byClock, ...scale]);
    }
  }
  say(`\n${lane}, routed; CPU without what a start costs, the clock with it; best of ${repeats}, the longest once`);
  printTable(
    ['', 'lines', 'per CPU-second', 'of the engine', 'per second', 'times one worker', 'with cores of their own'],
    rows,
  );
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
async function run(dir: string, files: readonly string[], workers: number): Promise<Used> {
  const script =
    'main=$1 rules=$2 workers=$3; shift 3; TIMEFORMAT="cpu %3R %3U %3S"; ' +
    'time "$0" "$main" detect --rules "$rules" --workers "$workers" "$@" > /dev/null';
  const args = ['-c', script, process.execPath, main, sigmaHqRules(), String(workers), ...files];
  const { stderr } = await promisify(execFile)('bash', args, { env: { ...process.env, XDG_CACHE_HOME: dir } });
  const [, real, user, system] = /cpu ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return { cpuMs: (Number(user) + Number(system)) * 1000, wallMs: Number(real) * 1000 };
}

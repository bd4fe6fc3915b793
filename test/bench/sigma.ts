import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import type { EventFields, RuleEvent, RuleSet } from '../../src/sigma/index.ts';
import { LineTokens } from '../../src/sigma/match/bytes/line-tokens.ts';
import { compileImage } from '../../src/sigma/match/compile-image.ts';
import { ObjectPath } from '../../src/sigma/match/object-path.ts';
import { corporaAbsent, type Lane, laneLines, lanePairs, lanes, prototypeDir, sigmaHqRules } from './corpora.ts';
import { loadTimes } from './load-times.ts';
import { cpuTimed, threadCpuMs } from './process-usage.ts';
import { type PrototypeLoad, runPrototype } from './prototype.ts';
import type { Question } from './question.ts';
import { runRsigma } from './rsigma.ts';
import { type Cell, printTable, say } from './table.ts';
import { twoThreads } from './two-threads.ts';

export const sigma: Question = {
  name: 'sigma',
  asks: 'how many events does the engine hold against all SigmaHQ rules in a second of one processor?',
  options: { repeats: 5 },
  async run(option) {
    const absent = corporaAbsent();
    if (absent !== null) {
      say(`skipped: ${absent}`);
      return;
    }
    const repeats = option('repeats');
    const begin = performance.now();
    const loading = process.cpuUsage();
    const read = await loadRuleDirs([sigmaHqRules()]);
    const { set } = read;
    const loaded = process.cpuUsage(loading);
    const loadMs = performance.now() - begin;
    const compiling = cpuTimed(() => compileImage(set.rules.map(({ ir }, index) => ({ index, ir }))));
    say(
      `${set.rules.length} rules read in ${Math.round(loadMs)} ms (${Math.round((loaded.user + loaded.system) / 1000)} ms CPU), ` +
        `compiled in ${Math.round(compiling.cpuMs)} ms CPU to ${mib(bytesOf(compiling.result))} MiB of tables`,
    );
    const floors: Cell[][] = [];
    const rows: Cell[][] = [];
    const unrouted = new ObjectPath(compiling.result);
    const peers = await peerSpeeds(repeats);
    for (const lane of lanes) {
      const measured = measureLane(lane, set, repeats);
      const beside = peers.of(lane);
      rows.push([
        lane,
        ...[measured.objects, measured.bytes].flatMap((path): Cell[] => [path.unrouted, path.routed]),
        ...beside.flatMap((peer): Cell[] => (peer === null ? ['', ''] : [peer.unrouted, peer.routed])),
        measured.pairs,
        lanePairs(lane),
      ]);
      floors.push([lane, measured.jsonParse, measured.tokens, measured.lineBytes, ...candidatesOf(lane, unrouted)]);
    }
    say(
      `\nevents per second of the main thread's CPU, from the text of a line, best of ${repeats} samples of ${sampleMs} ms`,
    );
    const both = (name: string): string[] => [name, `${name} routed`];
    const names = ['objects', 'bytes', 'prototype objects', 'prototype bytes', 'rsigma'];
    printTable(['lane', ...names.flatMap(both), 'pairs', 'expected'], rows);
    say('\nfloors (events per CPU-second to read the JSON and nothing else) and work left to programs, unrouted');
    printTable(['lane', 'JSON.parse', 'tokens', 'bytes a line', 'candidates a line', 'slow tests a line'], floors);
    await loadTimes(repeats, peers.load);
    await twoThreads(read, repeats);
    say(`\n${mib(process.memoryUsage.rss())} MiB resident with all engines of the lanes`);
  },
};

interface LaneSpeed {
  readonly jsonParse: number;
  readonly tokens: number;
  readonly lineBytes: number;
  readonly objects: { readonly unrouted: number; readonly routed: number };
  readonly bytes: { readonly unrouted: number; readonly routed: number };
  readonly pairs: number;
}

function measureLane(lane: Lane, set: RuleSet, repeats: number): LaneSpeed {
  const lines = laneLines(lane);
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const unrouted = { routing: false };
  const tokens = new LineTokens();
  const overObjects = (one: (line: string) => number): Speed => bestOf(repeats, lines.length, () => sumOf(lines, one));
  const overBytes = (one: (from: number, to: number) => number): Speed =>
    bestOf(repeats, lines.length, () => sumOfLines(text, one));
  const perSecond = (speed: Speed): number => speed.perSecond;
  const all = overObjects((line) => set.match(asEvent(line), unrouted).length);
  const bytes = overBytes((from, to) => set.matchLine(text, from, to, unrouted)?.length ?? Number.NaN);
  if (all.sum !== bytes.sum) throw new Error(`${lane}: objects give ${all.sum} pairs, bytes ${bytes.sum}`);
  return {
    jsonParse: perSecond(overObjects((line) => (JSON.parse(line) === null ? 0 : 1))),
    tokens: perSecond(overBytes((from, to) => (tokens.read(text, from, to) ? 1 : 0))),
    lineBytes: text.length / lines.length,
    objects: { unrouted: all.perSecond, routed: perSecond(overObjects((line) => set.match(asEvent(line)).length)) },
    bytes: {
      unrouted: bytes.perSecond,
      routed: perSecond(overBytes((from, to) => set.matchLine(text, from, to)?.length ?? Number.NaN)),
    },
    pairs: all.sum,
  };
}

/** A line of a lane taken as it is: flat, its logsource among its fields. */
function asEvent(line: string): RuleEvent {
  const fields = JSON.parse(line) as EventFields;
  const { product, category, service } = fields;
  return {
    fields,
    logsource: {
      product: typeof product === 'string' ? product : null,
      categories: typeof category === 'string' ? [category] : [],
      services: typeof service === 'string' ? [service] : [],
    },
  };
}

function candidatesOf(lane: Lane, path: ObjectPath): [number, number] {
  const lines = laneLines(lane);
  const before = path.measures;
  for (const line of lines) path.match(JSON.parse(line) as EventFields);
  const { candidates, slowRuns } = path.measures;
  return [(candidates - before.candidates) / lines.length, (slowRuns - before.slowRuns) / lines.length];
}

interface Speed {
  readonly perSecond: number;
  /** Keeps the work from being optimised away, and says that it was done. */
  readonly sum: number;
}

/** A sample lasts as long as this, so that the clock's grain and a single collection do not show. */
const sampleMs = 150;

/** The quickest of some samples, each of as many passes as fill its time, after one that warms up. */
function bestOf(repeats: number, lines: number, pass: () => number): Speed {
  let sum = 0;
  let best = 0;
  for (let sample = 0; sample <= repeats; sample += 1) {
    const from = threadCpuMs();
    let passes = 0;
    let usedMs = 0;
    while (usedMs < sampleMs) {
      sum = pass();
      passes += 1;
      usedMs = threadCpuMs() - from;
    }
    if (sample > 0) best = Math.max(best, (passes * lines * 1000) / usedMs);
  }
  return { perSecond: best, sum };
}

function sumOf(lines: readonly string[], one: (line: string) => number): number {
  let sum = 0;
  for (const line of lines) sum += one(line);
  return sum;
}

function sumOfLines(text: Buffer, one: (from: number, to: number) => number): number {
  let sum = 0;
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf(10, from);
    sum += one(from, to);
    from = to + 1;
  }
  return sum;
}

type Pair = { readonly unrouted: number; readonly routed: number } | null;

/** What the prototype's two paths and rsigma reach on a lane; null where they are not on this machine. */
async function peerSpeeds(repeats: number): Promise<{
  of(lane: Lane): readonly [Pair, Pair, Pair];
  readonly load: PrototypeLoad | null;
}> {
  const dir = prototypeDir();
  if (dir === null) say('skipped: the prototype is not on this machine');
  const prototype = dir === null ? null : await runPrototype(dir, repeats);
  const binary = process.env.RSIGMA ?? '';
  if (binary === '') say('skipped: rsigma; name its binary in RSIGMA (cargo install --locked rsigma)');
  const rsigma = binary === '' ? null : await runRsigma(binary, Math.min(repeats, 3));
  if (rsigma !== null) {
    say(`${rsigma.version}: its command over files, JSON output included; ${Math.round(rsigma.loadMs)} ms CPU to load`);
  }
  return {
    of: (lane) => [
      prototype?.objects.get(lane) ?? null,
      prototype?.bytes.get(lane) ?? null,
      rsigma?.speeds.get(lane) ?? null,
    ],
    load: prototype?.load ?? null,
  };
}

/** Bytes of all typed arrays in an image. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + bytesOf(inner), 0);
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

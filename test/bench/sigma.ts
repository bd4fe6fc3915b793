import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { packRules, type ReadRules } from '../../src/detect/rule-pack.ts';
import { runInThread } from '../../src/detect/thread-task.ts';
import type { EventFields } from '../../src/sigma/index.ts';
import { LineTokens } from '../../src/sigma/match/bytes/line-tokens.ts';
import { compileImage } from '../../src/sigma/match/compile-image.ts';
import { ObjectPath } from '../../src/sigma/match/object-path.ts';
import { bestOf, type Speed, sampleMs, sumOf, sumOfLines } from './best-of.ts';
import { corporaAbsent, type Lane, laneLines, lanePairs, lanes, prototypeDir, sigmaHqRules } from './corpora.ts';
import { imagesOf } from './lane-images.ts';
import type { LaneTask } from './lane-thread.ts';
import { loadTimes } from './load-times.ts';
import { cpuTimed } from './process-usage.ts';
import { type PrototypeLoad, runPrototype } from './prototype.ts';
import type { Question } from './question.ts';
import { runRsigma } from './rsigma.ts';
import { type Cell, printTable, say } from './table.ts';
import { twoThreads } from './two-threads.ts';

export const sigma: Question = {
  name: 'sigma',
  asks: 'how many events does the engine hold against all SigmaHQ rules in a second of one processor?',
  options: { repeats: 4 },
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
      const measured = await measureLane(lane, read, repeats);
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
      `\nevents per CPU-second of one thread, from the text of a line; each figure the best of ${turns} threads of its own, of ${repeats} samples of ${sampleMs} ms`,
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

/** Threads for each figure; the best of them counts. */
const turns = 3;

async function measureLane(lane: Lane, read: ReadRules, repeats: number): Promise<LaneSpeed> {
  const lines = laneLines(lane);
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const shared = { rules: packRules(read), images: imagesOf(read, text), lane, repeats };
  const best = { objects: { unrouted: 0, routed: 0 }, bytes: { unrouted: 0, routed: 0 } };
  let pairs = Number.NaN;
  // By turns, so that a neighbour of this machine is in the way of all alike; and never two at once, which would share
  // the caches they are measured by.
  for (let turn = 0; turn < turns; turn += 1) {
    for (const path of ['objects', 'bytes'] as const) {
      for (const way of ['unrouted', 'routed'] as const) {
        const task = { ...shared, path, routing: way === 'routed' };
        const { perSecond, sum } = await runInThread<LaneTask, Speed>(import.meta.url, 'lane-thread', task);
        best[path][way] = Math.max(best[path][way], perSecond);
        if (way === 'routed') continue;
        if (sum !== pairs && !Number.isNaN(pairs)) throw new Error(`${lane}: ${path} gives ${sum} pairs, not ${pairs}`);
        pairs = sum;
      }
    }
  }
  const tokens = new LineTokens();
  return {
    jsonParse: bestOf(repeats, lines.length, () => sumOf(lines, (line) => (JSON.parse(line) === null ? 0 : 1)))
      .perSecond,
    tokens: bestOf(repeats, lines.length, () => sumOfLines(text, (from, to) => (tokens.read(text, from, to) ? 1 : 0)))
      .perSecond,
    lineBytes: text.length / lines.length,
    ...best,
    pairs,
  };
}

function candidatesOf(lane: Lane, path: ObjectPath): [number, number] {
  const lines = laneLines(lane);
  const before = path.measures;
  for (const line of lines) path.match(JSON.parse(line) as EventFields);
  const { candidates, slowRuns } = path.measures;
  return [(candidates - before.candidates) / lines.length, (slowRuns - before.slowRuns) / lines.length];
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
  const rsigma = binary === '' ? null : await runRsigma(binary, Math.min(repeats, 2));
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

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { MappingsRefused } from '../compose/mappings.ts';
import { type LoadedRules, loadRuleDirs, RulesUnreadable } from '../detect/rule-files.ts';
import { packRules } from '../detect/rule-pack.ts';
import { createLineReader } from '../ingest/read-line.ts';
import type { Mappings } from '../normalise/index.ts';
import type { ParseOptions, UnknownDimension } from '../sigma/index.ts';
import { hitWidth, type LineTrouble } from './detect-batch.ts';
import { createDetectCorrelations } from './detect-correlations.ts';
import { HitLines, hitFormatOf, hitHead } from './detect-hits.ts';
import { createLineMatcher } from './detect-lines.ts';
import { loadKeptMappings } from './detect-mappings.ts';
import { createParallelLines, type ParallelLines } from './detect-parallel.ts';
import { readBlocks } from './read-blocks.ts';
import { type LineTaker, readLines } from './read-lines.ts';

export interface DetectOptions {
  readonly rules: readonly string[];
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  /** Folder of mappings; without it, those the package brings. */
  readonly mappings?: string;
  /** Whether a rule applies to events that say nothing of a dimension it names. Default `closed`. */
  readonly unknownLogsource?: UnknownDimension;
  /** Folder in which rules and mappings are kept as they were read; without it they are read each time. */
  readonly cacheDir?: string;
  /** false holds every rule against every event. */
  readonly routing: boolean;
  readonly stats: boolean;
  /** Threads that hold lines against the rules. 1: this one. Default: see `workersFor`. */
  readonly workers?: number;
  /** Paths; `-` is standard input. gzip is told by its first bytes. */
  readonly files: readonly string[];
  /** Gets whole lines of UTF-8, each with its newline; they are good until the promise it may give is kept. */
  out(lines: Uint8Array): void | Promise<void>;
  err(line: string): void;
  readonly stdin: Readable;
  readonly limits?: DetectLimits;
}

export interface DetectLimits {
  /** Bytes of one line; a longer one is told of and left out. */
  readonly lineBytes: number;
  /** Messages on lines of one file; the rest is only counted. */
  readonly messages: number;
  /** Bytes of output gathered before they are written. */
  readonly outputBytes: number;
}

export const defaultDetectLimits: DetectLimits = { lineBytes: 1_048_576, messages: 20, outputBytes: 262_144 };

/**
 * `vonggac detect`: rules against files, without a server, through the same reading of lines as live ingest.
 * Hits come in input order; those of one line in ascending order of rule id. Those of correlations follow at the end of the
 * input, or for standard input as soon as no older events are expected; they carry the place of the completing line.
 * Exit code: 0 everything was read · 1 a rule folder or an input could not be read.
 */
export async function runDetect(o: DetectOptions): Promise<number> {
  const limits = o.limits ?? defaultDetectLimits;
  const workers = o.workers ?? workersFor(o.files);
  const loadStart = performance.now();
  const loading = load(o);
  const onLost = (reason: string) => o.err(`a worker stopped and was replaced, its lines are read again: ${reason}`);
  const parallel = workers > 1 ? createParallelLines({ threads: workers, onLost }) : null;
  let loaded: Loaded;
  try {
    loaded = await loading;
  } catch (error) {
    await parallel?.close();
    if (!(error instanceof RulesUnreadable || error instanceof MappingsRefused)) throw error;
    o.err(error.message);
    return 1;
  }
  const { rules } = loaded;
  if (rules.refused > 0) o.err(`${rules.refused} rules refused; \`vonggac rules check\` says why`);
  const run = createRun(o, loaded, parallel, limits);
  const loadMs = performance.now() - loadStart;

  const cpuStart = process.cpuUsage();
  let unread = 0;
  for (const file of o.files) {
    const failure = await run.read(file);
    if (failure !== null) {
      unread++;
      o.err(`${file}: ${failure}`);
    }
  }
  await run.end();
  const cpu = process.cpuUsage(cpuStart);
  if (o.stats) o.err(statsLine(run.count(), rules.rules.length, loadMs, (cpu.user + cpu.system) / 1000));
  return unread > 0 ? 1 : 0;
}

interface Run {
  /** Reads one input to its end; the reason when that failed. */
  read(file: string): Promise<string | null>;
  /** What correlations still have to say, and what waits to be written. */
  end(): Promise<void>;
  count(): { events: number; hits: number };
}

interface Loaded {
  readonly rules: LoadedRules;
  readonly mappings: Mappings;
  readonly unknownDimension: UnknownDimension;
}

/** Throws RulesUnreadable and MappingsRefused. */
async function load(o: DetectOptions): Promise<Loaded> {
  const mappings = await loadKeptMappings(o.mappings, o.cacheDir);
  const unknownDimension = o.unknownLogsource ?? 'closed';
  const cache = o.cacheDir === undefined ? {} : { cacheDir: o.cacheDir };
  return { mappings, unknownDimension, rules: await loadRuleDirs(o.rules, { ...o.parse, unknownDimension, ...cache }) };
}

function createRun(
  o: DetectOptions,
  { rules, mappings, unknownDimension }: Loaded,
  parallel: ParallelLines | null,
  limits: DetectLimits,
): Run {
  const { set, correlations, silent } = rules;
  const correlated = createDetectCorrelations({
    ...{ correlations, silent, rules: set.rules, files: o.files, isEndless: o.files.includes('-') },
    out: (line) => output.addText(line),
  });
  const format = hitFormatOf(set.rules, silent);
  const output = new HitLines(format);
  const { routing } = o;
  const matcher = createLineMatcher({ set, reader: createLineReader(mappings), routing });
  parallel?.begin({
    matcher,
    images: rules.images,
    data: {
      rules: rules.packed ?? packRules(rules),
      wanted: Uint8Array.from(set.rules.keys(), (rule) => (correlated.takes(rule) ? 1 : 0)),
      ...{ mappings, unknownDimension, routing, format },
      ...{ lineBytes: limits.lineBytes, messages: limits.messages },
    },
  });
  let events = 0;

  return { read, end, count: () => ({ events, hits: output.hits }) };

  async function read(file: string): Promise<string | null> {
    let told = 0;
    const tell = (line: number, what: string) => {
      if (told++ < limits.messages) o.err(`${file}:${line}: ${what}`);
    };
    const head = hitHead(file);
    const fileAt = o.files.indexOf(file);
    let nextLine = 1;
    let lost = '';
    const about = (number: number, trouble: LineTrouble) =>
      tell(
        number,
        trouble.kind === 'too-long'
          ? `the line has more than ${limits.lineBytes} bytes and was left out`
          : `not understood, held against the rules as it is: ${trouble.reason}`,
      );
    const taker: LineTaker = {
      line(bytes, from, to, number) {
        const met = matcher.match(bytes, from, to);
        if (met === null) return;
        events++;
        if (matcher.reason !== '') about(number, { kind: 'raw', reason: matcher.reason });
        if (met.length > 0) take(met, number, bytes, from, to);
      },
      tooLong: (number) => about(number, { kind: 'too-long' }),
    };
    const failure = await failureOf(() => {
      const input = file === '-' ? o.stdin : file;
      // What came from a live source is told before more is waited for.
      const full = file === '-' ? () => output.length > 0 : isFull;
      if (parallel === null) return readLines(input, limits.lineBytes, { ...taker, full, drain: flush });
      return readBlocks(input, limits.lineBytes, {
        room: parallel.room,
        block(bytes, to, isFirst) {
          nextLine += parallel.add(bytes, { to, isFirst, line: nextLine, file });
        },
        async drain() {
          await setImmediate();
          while (parallel.isDue()) await takeNext();
        },
      });
    });
    // What was read before an input failed is told all the same.
    while (await takeNext());
    if (told > limits.messages) o.err(`${file}: ${told - limits.messages} more such lines`);
    return failure ?? (lost === '' ? null : lost);

    /** What a line met; its bytes are only read when a correlation wants the event. */
    function take(met: readonly number[], number: number, bytes: Buffer, from: number, to: number): void {
      output.add(head, number, met);
      correlate(met, number, bytes, from, to);
    }

    function correlate(met: readonly number[], number: number, bytes: Buffer, from: number, to: number): void {
      if (correlations.length > 0 && met.some(correlated.takes))
        correlated.add(met, matcher.eventOf(bytes, from, to), fileAt, number);
    }

    /** Tells what the oldest batch under way met; false when there is none. */
    async function takeNext(): Promise<boolean> {
      const done = (await parallel?.next()) ?? null;
      if (done === null) return false;
      const { reply, bytes } = done;
      if (lost === '') lost = done.lost;
      const { hits: found, text, textHits, numbersFrom } = reply;
      events += reply.events;
      for (const [line, trouble] of reply.told) about(line, trouble);
      told += reply.toldCount - reply.told.length;
      let [textAt, hitsAt] = [0, 0];
      const tellUpTo = (end: number, hits: number) => {
        output.addBytes(text.subarray(textAt, end), hits - hitsAt);
        [textAt, hitsAt] = [end, hits];
      };
      for (let at = 0; at < found.length; ) {
        const [line = 0, from = 0, to = 0, textEnd = 0, hits = 0] = found.subarray(at, at + hitWidth);
        const met: number[] = [];
        for (; found[at] === line && at < found.length; at += hitWidth) met.push(found[at + hitWidth - 1] ?? 0);
        tellUpTo(textEnd, hits);
        if (line < numbersFrom) correlate(met, line, bytes, from, to);
        else take(met, line, bytes, from, to);
        if (isFull()) await flush();
      }
      tellUpTo(text.length, textHits);
      if (isFull()) await flush();
      return true;
    }
  }

  function isFull(): boolean {
    return output.length >= limits.outputBytes;
  }

  async function end(): Promise<void> {
    await parallel?.close();
    correlated.flush();
    const { late, forced, evictedGroups, evictedMembers, untimed } = correlated.stats();
    if (untimed > 0) o.err(`correlations: ${untimed} events have no time and took no part`);
    if (late > 0) o.err(`correlations: ${late} events came too late and took no part`);
    if (forced + evictedGroups + evictedMembers > 0) {
      o.err(`correlations ran into their limits: ${JSON.stringify({ forced, evictedGroups, evictedMembers })}`);
    }
    await flush();
  }

  async function flush(): Promise<void> {
    if (output.length > 0) await o.out(output.take());
  }
}

async function failureOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Below so many bytes a second thread takes longer to start than it saves. */
const parallelBytesMin = 64 * 2 ** 20;

/**
 * Threads where the user names no number: one core is left to others. Standard input stays with one, since
 * what comes from a live source should be told at once.
 */
function workersFor(files: readonly string[]): number {
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  return files.includes('-') || bytes < parallelBytesMin ? 1 : Math.max(1, availableParallelism() - 1);
}

function statsLine(count: { events: number; hits: number }, rules: number, loadMs: number, cpuMs: number): string {
  return JSON.stringify({
    ...count,
    rules,
    load_ms: Math.round(loadMs),
    run_cpu_ms: Math.round(cpuMs),
    events_per_cpu_s: cpuMs > 0 ? Math.round(count.events / (cpuMs / 1000)) : 0,
  });
}

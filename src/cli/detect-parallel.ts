import { Worker } from 'node:worker_threads';
import { createPool } from '../detect/parallel-pool.ts';
import { packRules } from '../detect/rule-cache-pack.ts';
import type { Rule } from '../sigma/index.ts';
import type { BatchReply, DetectWorkerData, LineBatch } from './detect-batch.ts';

/** Bytes of lines gathered before they go to a worker, and batches under way for each worker. */
const parallelLimits = { batchBytes: 131_072, batchesOfWorker: 3 } as const;

/** A batch with its reply. */
export interface DoneBatch {
  readonly reply: BatchReply;
  /** Number in the file of each line. */
  readonly numbers: readonly number[];
  /** Line `i` of the batch: its bytes and where it stands in them. */
  lineAt(i: number): readonly [bytes: Buffer, from: number, to: number];
}

/** Lines matched by workers; what they met comes back in the order of lines. */
export interface ParallelLines {
  /** Takes a copy of the line. */
  add(bytes: Buffer, from: number, to: number, number: number): void;
  /** Whether `next` must be asked before more is added. */
  isFull(): boolean;
  /** The oldest batch under way; null when there is none. Rejects when it lost its worker twice. */
  next(): Promise<DoneBatch | null>;
  /** Sends off what was gathered, full or not. */
  end(): void;
  close(): Promise<void>;
}

export interface ParallelOptions extends Omit<DetectWorkerData, 'rules'> {
  readonly rules: readonly Rule[];
  readonly workers: number;
  onLost(reason: string): void;
}

export function createParallelLines({ rules, workers, onLost, ...data }: ParallelOptions): ParallelLines {
  const packed = shared(packRules([['', asParsed(rules)]]));
  const pool = createPool<LineBatch, BatchReply>({
    workers,
    onLost,
    start: () => startWorker({ ...data, rules: packed }),
  });
  const underWay: Promise<DoneBatch>[] = [];
  let gathered = Buffer.alloc(parallelLimits.batchBytes);
  let length = 0;
  let ends: number[] = [];
  let numbers: number[] = [];

  return {
    add,
    end,
    isFull: () => underWay.length >= workers * parallelLimits.batchesOfWorker,
    next,
    close: pool.close,
  };

  function add(bytes: Buffer, from: number, to: number, number: number): void {
    const wanted = length + to - from;
    if (wanted > gathered.length) {
      const wider = Buffer.alloc(Math.max(wanted, gathered.length * 2));
      gathered.copy(wider, 0, 0, length);
      gathered = wider;
    }
    bytes.copy(gathered, length, from, to);
    length = wanted;
    ends.push(length);
    numbers.push(number);
    if (length >= parallelLimits.batchBytes) end();
  }

  function end(): void {
    if (ends.length === 0) return;
    const bytes = shared(gathered.subarray(0, length));
    const batch: LineBatch = { bytes, ends: Int32Array.from(ends) };
    const own = numbers;
    const done = pool.run(batch).then((reply) => ({ reply, numbers: own, lineAt: (i: number) => lineAt(batch, i) }));
    // Whoever waits for it hears of it; until then it is not unhandled.
    done.catch(() => {});
    underWay.push(done);
    length = 0;
    ends = [];
    numbers = [];
  }

  async function next(): Promise<DoneBatch | null> {
    return (await underWay.shift()) ?? null;
  }
}

function lineAt({ bytes, ends }: LineBatch, i: number): readonly [Buffer, number, number] {
  return [Buffer.from(bytes), i === 0 ? 0 : (ends[i - 1] ?? 0), ends[i] ?? 0];
}

function asParsed(rules: readonly Rule[]) {
  const documents = rules.map((rule) => {
    return { line: rule.line, id: rule.id, title: rule.title, rule, outcome: 'ok', problems: [] } as const;
  });
  return { rules: [...rules], problems: [], documents };
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function startWorker(data: DetectWorkerData): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(`./detect-worker.${isSource ? 'ts' : 'js'}`, import.meta.url);
  if (!isSource) return new Worker(file, { workerData: data });
  // Run from its sources, in our own tests: a thread of Node 20 takes no --import.
  const tsx = import.meta.resolve('tsx/esm/api');
  const program = `import('${tsx}').then(({ register }) => { register(); return import('${file.href}'); })`;
  return new Worker(program, { eval: true, workerData: data });
}

import { Worker } from 'node:worker_threads';
import { createPool } from '../detect/parallel-pool.ts';
import { packRules } from '../detect/rule-cache-pack.ts';
import type { ImageStore, Rule } from '../sigma/index.ts';
import type { BatchReply, DetectWorkerData, LineBatch } from './detect-batch.ts';
import { createSharedImages } from './detect-images.ts';

/** Batches under way for each worker. */
const batchesOfWorkerMax = 3;

/** A batch with its reply. */
export interface DoneBatch {
  readonly reply: BatchReply;
  /** Why the batch was given up, with nothing told of its lines; '' when it was not. */
  readonly lost: string;
  /** What the reply's hits are places in; good until the next batch is asked for. */
  readonly bytes: Buffer;
}

/** Lines matched by workers; what they met comes back in the order of lines. */
export interface ParallelLines {
  /** Room for a block, seen by all threads. */
  room(bytes: number): Buffer;
  /** Sends off a block in what `room` gave; it is the workers' from then on. */
  add(bytes: Buffer, to: number, isFirst: boolean): void;
  /** Whether `next` must be asked before more is added. */
  isFull(): boolean;
  /** The oldest batch under way; null when there is none. */
  next(): Promise<DoneBatch | null>;
  close(): Promise<void>;
}

export interface ParallelOptions extends Omit<DetectWorkerData, 'rules' | 'images'> {
  readonly rules: readonly Rule[];
  /** Images that are there before any worker compiles. */
  readonly images: ImageStore | null;
  readonly workers: number;
  onLost(reason: string): void;
}

export function createParallelLines({ rules, images, workers, onLost, ...data }: ParallelOptions): ParallelLines {
  const packed = shared(packRules([['', asParsed(rules)]]));
  const sharedImages = createSharedImages(images);
  const pool = createPool<LineBatch, BatchReply>({
    workers,
    onLost,
    start: () => startWorker({ ...data, rules: packed, images: sharedImages.open() }),
  });
  const underWay: { readonly bytes: SharedArrayBuffer; readonly done: Promise<Pick<DoneBatch, 'reply' | 'lost'>> }[] =
    [];
  /** Memory of batches that are done, for the next ones. */
  const free: SharedArrayBuffer[] = [];
  let given: SharedArrayBuffer | null = null;

  return {
    room(bytes) {
      const usable = free.findIndex(({ byteLength }) => byteLength >= bytes);
      const [memory = new SharedArrayBuffer(bytes)] = usable < 0 ? [] : free.splice(usable, 1);
      return Buffer.from(memory);
    },
    add(bytes, to, isFirst) {
      const memory = bytes.buffer as unknown as SharedArrayBuffer;
      const done = pool.run({ bytes: memory, to, isFirst }).then(
        (reply) => ({ reply, lost: '' }),
        (error: unknown) => ({
          reply: { ...noReply, lines: linesIn(bytes.subarray(0, to)) },
          lost: error instanceof Error ? error.message : String(error),
        }),
      );
      underWay.push({ bytes: memory, done });
    },
    isFull: () => underWay.length >= workers * batchesOfWorkerMax,
    async next() {
      if (given !== null && free.length < workers * batchesOfWorkerMax) free.push(given);
      given = null;
      const oldest = underWay.shift();
      if (oldest === undefined) return null;
      const done = await oldest.done;
      given = oldest.bytes;
      return { ...done, bytes: Buffer.from(oldest.bytes) };
    },
    close: pool.close,
  };
}

const noReply: BatchReply = { lines: 0, events: 0, hits: new Int32Array(0), told: [], toldCount: 0 };

function linesIn(block: Buffer): number {
  let lines = 0;
  for (let at = 0; at < block.length; lines++) at = block.indexOf(10, at) + 1 || block.length + 1;
  return lines;
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
  const options = { workerData: data, transferList: [data.images.port] };
  if (!isSource) return new Worker(file, options);
  // Run from its sources, in our own tests: a thread of Node 20 takes no --import.
  const tsx = import.meta.resolve('tsx/esm/api');
  const program = `import('${tsx}').then(({ register }) => { register(); return import('${file.href}'); })`;
  return new Worker(program, { ...options, eval: true });
}

import type { Worker } from 'node:worker_threads';
import { openThread } from '../detect/open-thread.ts';
import type { PackedImages } from '../detect/packed-images.ts';
import { createPool } from '../detect/parallel-pool.ts';
import type { BatchReply, DetectWorkerData, LineBatch } from './detect-batch.ts';
import { createSharedImages } from './detect-images.ts';

/** Batches under way for each worker. */
const batchesOfWorkerMax = 3;

/** Room for a batch: a message each way costs as much as twenty lines do. */
const batchBytes = 1_048_576;

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
  /** What workers need, once; they start before, while it is made ready. */
  begin(setup: ParallelSetup): void;
  /** Sends off a block in what `room` gave; it is the workers' from then on. `line` is the number of its first line. */
  add(bytes: Buffer, block: Omit<LineBatch, 'bytes'>): void;
  /** Whether `next` must be asked before more is added. */
  isFull(): boolean;
  /** The oldest batch under way; null when there is none. */
  next(): Promise<DoneBatch | null>;
  close(): Promise<void>;
}

/** What workers need before they can begin. */
export interface ParallelSetup extends Omit<DetectWorkerData, 'images'> {
  /** Images that are there before any worker compiles. */
  readonly images: PackedImages | null;
}

export function createParallelLines(o: { readonly workers: number; onLost(reason: string): void }): ParallelLines {
  const { workers, onLost } = o;
  /** Workers that have not begun. */
  let started: Worker[] = [];
  let begin = (worker: Worker) => void started.push(worker);
  const pool = createPool<LineBatch, BatchReply>({
    workers,
    onLost,
    start() {
      const worker = openThread(import.meta.url, 'detect-worker');
      begin(worker);
      return worker;
    },
  });
  const underWay: { readonly bytes: SharedArrayBuffer; readonly done: Promise<Pick<DoneBatch, 'reply' | 'lost'>> }[] =
    [];
  /** Memory of batches that are done, for the next ones. */
  const free: SharedArrayBuffer[] = [];
  let given: SharedArrayBuffer | null = null;

  return {
    room(bytes) {
      const usable = free.findIndex(({ byteLength }) => byteLength >= bytes);
      const [memory = new SharedArrayBuffer(Math.max(bytes, batchBytes))] = usable < 0 ? [] : free.splice(usable, 1);
      return Buffer.from(memory);
    },
    begin({ images: kept, ...data }) {
      const shared = createSharedImages(kept);
      begin = (worker) => {
        const images = shared.open();
        worker.postMessage({ ...data, images } satisfies DetectWorkerData, [images.port]);
      };
      for (const worker of started) begin(worker);
      started = [];
    },
    add(bytes, block) {
      const memory = bytes.buffer as unknown as SharedArrayBuffer;
      const done = pool.run({ ...block, bytes: memory }).then(
        (reply) => ({ reply, lost: '' }),
        (error: unknown) => ({ reply: noReply, lost: error instanceof Error ? error.message : String(error) }),
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

const noReply: BatchReply = {
  events: 0,
  text: new Uint8Array(0),
  textHits: 0,
  numbersFrom: Number.POSITIVE_INFINITY,
  hits: new Int32Array(0),
  told: [],
  toldCount: 0,
};

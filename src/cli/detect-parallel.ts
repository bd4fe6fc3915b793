import type { Worker } from 'node:worker_threads';
import { openThread } from '../detect/open-thread.ts';
import type { PackedImages } from '../detect/packed-images.ts';
import { createPool } from '../detect/parallel-pool.ts';
import { type BatchReply, createBatchAnswers, type DetectWorkerData, type LineBatch } from './detect-batch.ts';
import { createSharedImages } from './detect-images.ts';
import type { LineMatcher } from './detect-lines.ts';
import { linesIn } from './read-lines.ts';

/** Batches under way for each thread that matches: with three a worker has, and those done before an older one is. */
const batchesOfThreadMax = 4;

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

/**
 * Lines matched by this thread and by workers; what they met comes back in the order of lines. Workers have batches
 * before them; what they have no room for, and all while they start, is matched here.
 */
export interface ParallelLines {
  /** Room for a block, seen by all threads. */
  room(bytes: number): Buffer;
  /** What is needed to match, once; workers start before, while it is made ready. */
  begin(setup: ParallelSetup): void;
  /**
   * Sends off a block in what `room` gave, which nobody else writes to from then on, or matches it. `line` is the number
   * of its first line; how many it has is given back. Afterwards the event loop must have a turn, so that workers can be
   * given more.
   */
  add(bytes: Buffer, block: Omit<LineBatch, 'bytes'>): number;
  /** Whether `next` is to be asked before more is added: it has an answer, or too much is under way. */
  isDue(): boolean;
  /** The oldest batch under way; null when there is none. */
  next(): Promise<DoneBatch | null>;
  close(): Promise<void>;
}

export interface ParallelSetup {
  /** This thread's. */
  readonly matcher: LineMatcher;
  readonly data: Omit<DetectWorkerData, 'images'>;
  /** Images that are there before any worker compiles. */
  readonly images: PackedImages | null;
}

interface UnderWay {
  readonly bytes: SharedArrayBuffer;
  readonly done: Promise<Pick<DoneBatch, 'reply' | 'lost'>>;
  isDone: boolean;
}

/** @param o.threads that match, this one among them */
export function createParallelLines(o: { readonly threads: number; onLost(reason: string): void }): ParallelLines {
  const batchesMax = o.threads * batchesOfThreadMax;
  /** Workers that have not begun. */
  let started: Worker[] = [];
  let begin = (worker: Worker) => void started.push(worker);
  let answer = (_: LineBatch): BatchReply => noReply;
  const pool = createPool<LineBatch, BatchReply>({
    workers: o.threads - 1,
    onLost: o.onLost,
    start() {
      const worker = openThread(import.meta.url, 'detect-worker');
      begin(worker);
      return worker;
    },
  });
  const underWay: UnderWay[] = [];
  /** Memory of batches that are done, for the next ones. */
  const free: SharedArrayBuffer[] = [];
  let given: SharedArrayBuffer | null = null;

  return {
    room(bytes) {
      const usable = free.findLastIndex(({ byteLength }) => byteLength >= bytes);
      const [memory = new SharedArrayBuffer(Math.max(bytes, batchBytes))] = usable < 0 ? [] : free.splice(usable, 1);
      return Buffer.from(memory);
    },
    begin({ matcher, data, images: kept }) {
      const shared = createSharedImages(kept);
      answer = createBatchAnswers(matcher, data);
      begin = (worker) => {
        const images = shared.open();
        worker.postMessage({ ...data, images } satisfies DetectWorkerData, [images.port]);
      };
      for (const worker of started) begin(worker);
      started = [];
    },
    add(bytes, block) {
      const memory = bytes.buffer as unknown as SharedArrayBuffer;
      const batch = { ...block, bytes: memory };
      const offered = pool.offer(batch);
      const own = offered === null ? answer(batch) : noReply;
      const done = (offered ?? Promise.resolve(own)).then(
        (reply) => ({ reply, lost: '' }),
        (error: unknown) => ({ reply: noReply, lost: error instanceof Error ? error.message : String(error) }),
      );
      const added = { bytes: memory, done, isDone: false };
      underWay.push(added);
      void done.then(() => {
        added.isDone = true;
      });
      return offered === null ? own.lines : linesIn(bytes.subarray(0, block.to));
    },
    isDue: () => underWay[0]?.isDone === true || underWay.length >= batchesMax,
    async next() {
      if (given !== null && free.length < batchesMax) free.push(given);
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
  lines: 0,
  events: 0,
  text: new Uint8Array(0),
  textHits: 0,
  numbersFrom: Number.POSITIVE_INFINITY,
  hits: new Int32Array(0),
  told: [],
  toldCount: 0,
};

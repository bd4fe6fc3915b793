import { openThread } from '../detect/open-thread.ts';
import type { PackedImages } from '../detect/packed-images.ts';
import { createPool } from '../detect/parallel-pool.ts';
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

/** What workers need before they can begin. */
export interface ParallelSetup extends Omit<DetectWorkerData, 'images'> {
  /** Images that are there before any worker compiles. */
  readonly images: PackedImages | null;
}

/** Starts the workers; they begin once what they need is there, and start while it is made ready. */
export function createParallelLines(o: {
  readonly setup: Promise<ParallelSetup>;
  readonly workers: number;
  onLost(reason: string): void;
}): ParallelLines {
  const { workers, onLost } = o;
  const setup = o.setup.then(({ images, ...data }) => ({ data, images: createSharedImages(images) }));
  // Who asked for the workers gets the reason; they are closed.
  setup.catch(() => undefined);
  const pool = createPool<LineBatch, BatchReply>({
    workers,
    onLost,
    start() {
      const worker = openThread(import.meta.url, 'detect-worker');
      const begin = ({ data, images: shared }: Awaited<typeof setup>) => {
        const images = shared.open();
        worker.postMessage({ ...data, images } satisfies DetectWorkerData, [images.port]);
      };
      setup.then(begin).catch(() => undefined);
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

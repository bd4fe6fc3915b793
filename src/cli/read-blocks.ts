import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes asked for at once, and room for a block of lines. */
export const blockBytes = 262_144;

/** Where whole lines go. */
export interface BlockSink {
  /** Room for at least so many bytes; the same again as soon as `block` no longer needs what it was given. */
  room(bytes: number): Buffer;
  /**
   * bytes[0 … to): whole lines, the last of the input with or without its end. `isFirst` at the beginning of the
   * input. A line of more than `maxBytes` comes as its first maxBytes + 1.
   */
  block(bytes: Buffer, to: number, isFirst: boolean): void;
  /** Waited for after each block, before more is read. */
  drain(): Promise<void>;
}

/**
 * Reads a file or a stream in blocks of whole lines; gzip is told by its first two bytes. Reads no faster than the sink
 * takes, and gives out each line as soon as its end has come. Rejects when the input fails, with what came before
 * already given out.
 */
export async function readBlocks(input: Readable | string, maxBytes: number, sink: BlockSink): Promise<void> {
  const source = await openSource(input);
  let room = sink.room(blockBytes);
  let length = 0;
  let isFirst = true;
  try {
    for (;;) {
      if (length === room.length) room = widened(room, length, sink);
      const count = await source.fill(room, length);
      if (count === 0) break;
      const from = length;
      length += count;
      const end = room.subarray(from, length).lastIndexOf(newline);
      // No end among what came: of a line that is too long already, no more is kept than says so.
      if (end < 0) length = Math.min(length, maxBytes + 1);
      else await give(from + end + 1);
    }
  } finally {
    await source.close();
  }
  if (length > 0) await give(length);

  async function give(end: number): Promise<void> {
    const given = room;
    const left = given.subarray(end, length);
    length = left.length;
    const tail = length === 0 ? left : Buffer.from(left);
    sink.block(given, end, isFirst);
    isFirst = false;
    await sink.drain();
    room = sink.room(Math.max(blockBytes, 2 * length));
    room.set(tail);
  }
}

const newline = 10;

function widened(room: Buffer, length: number, sink: BlockSink): Buffer {
  const wider = sink.room(length * 2);
  if (wider !== room) wider.set(room.subarray(0, length));
  return wider;
}

interface Source {
  /** Writes what comes next to into[at …); how many bytes that was, 0 at the end. */
  fill(into: Buffer, at: number): Promise<number>;
  close(): Promise<void>;
}

async function openSource(input: Readable | string): Promise<Source> {
  if (typeof input !== 'string') return unpacked(chunksOf(input));
  const file = await open(input);
  const first = Buffer.alloc(blockBytes);
  try {
    const { bytesRead } = await file.read(first, 0, first.length, null);
    const head = first.subarray(0, bytesRead);
    if (isGzip(head)) return await unpacked(chunksOfFile(head, file));
    return plainFile(head, file, (await file.stat()).isFile());
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file proper is read by this thread: by way of another it costs twice the CPU. What may keep one waiting is not. */
function plainFile(head: Buffer, file: FileHandle, isOnDisk: boolean): Source {
  let left = head;
  return {
    async fill(into, at) {
      if (left.length === 0) {
        const room = into.length - at;
        return isOnDisk ? readSync(file.fd, into, at, room, null) : (await file.read(into, at, room, null)).bytesRead;
      }
      const count = left.copy(into, at);
      left = left.subarray(count);
      return count;
    },
    close: () => file.close(),
  };
}

async function* chunksOfFile(head: Buffer, file: FileHandle): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (;;) {
      const chunk = Buffer.alloc(blockBytes);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** Chunks as a source, gzip unpacked. */
async function unpacked(chunks: AsyncGenerator<Buffer>): Promise<Source> {
  const first = await chunks.next();
  const head = first.done === true ? Buffer.alloc(0) : first.value;
  const whole = startingWith(head, chunks);
  if (!isGzip(head)) return sourceOf(whole);
  const packed = Readable.from(whole);
  const gunzip = createGunzip({ chunkSize: blockBytes });
  packed.on('error', (error) => gunzip.destroy(error));
  return sourceOf(chunksOf(packed.pipe(gunzip)));
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function sourceOf(chunks: AsyncGenerator<Buffer>): Source {
  let left: Buffer = Buffer.alloc(0);
  return {
    async fill(into, at) {
      while (left.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return 0;
        left = next.value;
      }
      const count = left.copy(into, at);
      left = left.subarray(count);
      return count;
    },
    close: async () => void (await chunks.return(undefined)),
  };
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

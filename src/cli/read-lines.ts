import type { Readable } from 'node:stream';
import { readBlocks } from './read-blocks.ts';

/** Where single lines go. */
export interface LineTaker {
  /** The line bytes[from … to) without its end, numbered from 1; the bytes are good until the call returns. */
  line(bytes: Buffer, from: number, to: number, number: number): void;
  tooLong(number: number, maxBytes: number): void;
}

/** Where the lines of a stream go. */
export interface LineSink extends LineTaker {
  /** Whether output should be waited for before more is read. */
  full(): boolean;
  drain(): Promise<void>;
}

const newline = 10;
const carriageReturn = 13;

/**
 * Cuts a stream or a file into lines of at most `maxBytes` bytes; gzip is told by its first two bytes. Reads no faster
 * than the sink takes. Rejects when the input fails, with what came before already given out.
 */
export async function readLines(input: Readable | string, maxBytes: number, sink: LineSink): Promise<void> {
  let room = Buffer.alloc(0);
  let number = 1;
  await readBlocks(input, maxBytes, {
    room(bytes) {
      if (room.length < bytes) room = Buffer.alloc(bytes);
      return room;
    },
    block(bytes, to, isFirst) {
      number += cutLines(bytes, to, { isFirst, maxBytes, number }, sink);
    },
    async drain() {
      while (sink.full()) await sink.drain();
    },
  });
  await sink.drain();
}

/** Gives out the lines of a block (BlockSink); how many there are. */
export function cutLines(
  bytes: Buffer,
  to: number,
  block: { readonly isFirst: boolean; readonly maxBytes: number; readonly number: number },
  taker: LineTaker,
): number {
  const { maxBytes, number } = block;
  let lines = 0;
  // A byte order mark belongs to the file, not to its first line.
  let from = block.isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (from < to) {
    const found = bytes.indexOf(newline, from);
    const end = found < 0 || found >= to ? to : found;
    if (end - from > maxBytes) taker.tooLong(number + lines, maxBytes);
    else taker.line(bytes, from, end > from && bytes[end - 1] === carriageReturn ? end - 1 : end, number + lines);
    lines++;
    from = end + 1;
  }
  return lines;
}

/** How many lines `cutLines` gives out of a block. */
export function linesIn(block: Buffer): number {
  let lines = 0;
  for (let from = 0; from < block.length; lines++) from = block.indexOf(newline, from) + 1 || block.length;
  return lines;
}

import { closeSync, readSync } from 'node:fs';
import type { AgentInput } from '../model/agent.ts';
import type { AgentLimits } from './limits.ts';
import { factsOf, grownHead, hasHead, type Position } from './position.ts';
import { readRecords } from './record-end.ts';

/** Lines of one stream that follow on each other, on their way to a batch. */
export interface Chunk {
  readonly input: AgentInput;
  readonly bytes: Buffer;
  readonly lines: number;
  readonly tooLong: readonly (readonly [line: number, bytes: number])[];
  readonly header: string;
  readonly from: number;
  /** The stream's position behind the chunk. */
  readonly after: Position;
}

/** What a look at a file says. */
export type Look = 'same' | 'news' | 'truncated';

/** One open file that is read as it grows. */
export interface Tail {
  readonly input: AgentInput;
  readonly position: Position;
  /** Bytes that are there and not read. */
  readonly lagBytes: number;
  readonly isDeleted: boolean;
  /** When the file was last seen to have grown. */
  readonly grownMs: number;
  look(nowMs: number): Look;
  /** The next whole records; `more` when a long line is being skipped; null when there is nothing whole. */
  next(nowMs: number): Chunk | 'more' | null;
  /** Nothing will come any more: what is held counts as whole. */
  finish(): void;
  rename(path: string): void;
  close(): void;
}

const lineFeed = 10;
/** Bytes of an endless line that are skipped before others have their turn. */
const skipBytes = 4 * 1024 * 1024;

/** One for all files: reading is synchronous. */
let room = Buffer.alloc(0);

export function openTail(fd: number, start: Position, input: AgentInput, limits: AgentLimits, nowMs: number): Tail {
  let position = start;
  let size = 0;
  let grownMs = nowMs;
  let isDeleted = false;
  let isFinished = false;
  let skip: { readonly head: Buffer; bytes: number } | null = null;
  if (room.length <= limits.lineBytesMax) room = Buffer.alloc(limits.lineBytesMax + 1);

  function read(at: number, bytes: number): Buffer {
    return room.subarray(0, readSync(fd, room, 0, bytes, at));
  }

  function chunk(
    bytes: Buffer,
    header: string,
    o: { readonly to: number; readonly tooLong?: Chunk['tooLong'] },
  ): Chunk {
    const before = position;
    position = { ...before, offset: o.to, header, head: grownHead(fd, before.head) };
    const { tooLong = [] } = o;
    return {
      input,
      bytes,
      lines: countLines(bytes),
      tooLong,
      header: before.header,
      from: before.offset,
      after: position,
    };
  }

  /** Goes on in a line that is too long; only its head is held. */
  function skipOn(long: { readonly head: Buffer; bytes: number }, nowMs: number): Chunk | 'more' | null {
    for (let left = skipBytes; left > 0; ) {
      const part = read(position.offset + long.bytes, limits.turnBytes);
      const end = part.indexOf(lineFeed);
      long.bytes += end < 0 ? part.length : end;
      left -= part.length;
      if (end >= 0) return endSkip(long, 1);
      if (part.length === 0) return isWhole(nowMs) ? endSkip(long, 0) : null;
    }
    return 'more';
  }

  function endSkip(long: { readonly head: Buffer; readonly bytes: number }, lineEndBytes: number): Chunk {
    skip = null;
    const { header, offset } = position;
    return chunk(long.head, header, { to: offset + long.bytes + lineEndBytes, tooLong: [[1, long.bytes]] });
  }

  /** A last line without its end counts when nothing has come for long, or nothing will. */
  function isWhole(nowMs: number): boolean {
    return isFinished || nowMs - grownMs >= limits.partialMs;
  }

  return {
    input,
    get position() {
      return position;
    },
    get lagBytes() {
      return Math.max(0, size - position.offset);
    },
    get isDeleted() {
      return isDeleted;
    },
    get grownMs() {
      return grownMs;
    },
    look(nowMs) {
      const facts = factsOf(fd);
      isDeleted = facts.isDeleted;
      const hasChanged = facts.size !== size;
      if (facts.size < position.offset || (hasChanged && !hasHead(fd, position.head))) return 'truncated';
      size = facts.size;
      if (hasChanged) grownMs = nowMs;
      return size > position.offset ? 'news' : 'same';
    },
    next(nowMs) {
      if (skip !== null) return skipOn(skip, nowMs);
      let bytes = read(position.offset, limits.turnBytes);
      // A hole: the writer of a file that was cut goes on where it was, and zeros stand before.
      const zeros = leadingZeros(bytes);
      if (zeros > 0) {
        position = { ...position, offset: position.offset + zeros };
        return zeros === bytes.length ? 'more' : this.next(nowMs);
      }
      let end = bytes.lastIndexOf(lineFeed) + 1;
      if (end === 0 && bytes.length === limits.turnBytes) {
        bytes = read(position.offset, limits.lineBytesMax + 1);
        end = bytes.lastIndexOf(lineFeed) + 1;
      }
      if (end === 0) {
        if (bytes.length > limits.lineBytesMax) {
          skip = { head: Buffer.from(bytes.subarray(0, limits.headBytes)), bytes: bytes.length };
          return 'more';
        }
        if (bytes.length === 0 || !isWhole(nowMs)) return null;
        end = bytes.length;
      }
      end = endOfLines(bytes.subarray(0, end), limits.batchLinesMax);
      const records = readRecords(bytes.subarray(0, end), input.parser, position.header);
      // Its first record may fill what is read at once, or be the last one for a while.
      if (records.end > 0) end = records.end;
      else if (!isFinished && bytes.length < limits.turnBytes && nowMs - grownMs < limits.joinMs) return null;
      return chunk(Buffer.from(bytes.subarray(0, end)), records.header, { to: position.offset + end });
    },
    finish() {
      isFinished = true;
    },
    rename(path) {
      if (path !== position.path) position = { ...position, path };
    },
    close: () => closeSync(fd),
  };
}

function leadingZeros(bytes: Buffer): number {
  let count = 0;
  while (count < bytes.length && bytes[count] === 0) count++;
  return count;
}

/** Where the last of at most so many lines ends. */
function endOfLines(bytes: Buffer, linesMax: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    lines++;
    if (lines === linesMax) return at + 1;
  }
  return bytes.length;
}

/** Lines, the last one with or without its end. */
export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++;
  return bytes.length > 0 && bytes[bytes.length - 1] !== lineFeed ? lines + 1 : lines;
}

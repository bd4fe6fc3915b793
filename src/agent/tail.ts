import { closeSync, readSync } from 'node:fs';
import type { AgentInput } from '../model/agent.ts';
import { headerRuleOf } from '../parse/index.ts';
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
/** A header is looked for in so much of a file's beginning. */
const headerBytes = 65_536;
/** Bytes of an endless line that are skipped before others have their turn. */
const skipBytes = 4 * 1024 * 1024;

/** One for all files: reading is synchronous. */
let room = Buffer.alloc(0);

export interface TailOptions {
  readonly input: AgentInput;
  /** The parser that says where records begin and end, asked anew for every chunk. */
  readonly parserOf: (input: AgentInput) => string;
  readonly limits: AgentLimits;
}

export function openTail(fd: number, start: Position, o: TailOptions, nowMs: number): Tail {
  if (room.length <= o.limits.lineBytesMax) room = Buffer.alloc(o.limits.lineBytesMax + 1);
  return new FileTail(fd, start, o, nowMs);
}

/** The header in force at an offset, by the beginning of the file. */
export function headerBefore(fd: number, offset: number, parser: string): string {
  const isPlain = parser === '' || parser === 'auto';
  if (offset === 0 || headerRuleOf(isPlain ? 'auto' : parser) === null) return '';
  const buffer = Buffer.alloc(Math.min(offset, headerBytes));
  return readRecords(buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0)), parser, '').header;
}

function read(fd: number, at: number, bytes: number): Buffer {
  return room.subarray(0, readSync(fd, room, 0, bytes, at));
}

/** A class, since there may be ten thousand: their functions are there once. */
class FileTail implements Tail {
  readonly input: AgentInput;
  position: Position;
  isDeleted = false;
  grownMs: number;
  readonly #fd: number;
  readonly #limits: AgentLimits;
  readonly #parserOf: TailOptions['parserOf'];
  /** What the last chunk was cut by; null before the first. */
  #parser: string | null = null;
  #size = 0;
  #isFinished = false;
  #skip: { readonly head: Buffer; bytes: number } | null = null;

  constructor(fd: number, start: Position, o: TailOptions, nowMs: number) {
    this.#fd = fd;
    this.position = start;
    this.input = o.input;
    this.#limits = o.limits;
    this.#parserOf = o.parserOf;
    this.grownMs = nowMs;
  }

  get lagBytes(): number {
    return Math.max(0, this.#size - this.position.offset);
  }

  look(nowMs: number): Look {
    const facts = factsOf(this.#fd);
    this.isDeleted = facts.isDeleted;
    const hasChanged = facts.size !== this.#size;
    if (facts.size < this.position.offset || (hasChanged && !hasHead(this.#fd, this.position.head))) return 'truncated';
    this.#size = facts.size;
    if (hasChanged) this.grownMs = nowMs;
    return this.#size > this.position.offset ? 'news' : 'same';
  }

  next(nowMs: number): Chunk | 'more' | null {
    if (this.#skip !== null) return this.#skipOn(this.#skip, nowMs);
    const parser = this.#cutBy();
    const { position } = this;
    const limits = this.#limits;
    let bytes = read(this.#fd, position.offset, limits.turnBytes);
    // A hole: the writer of a file that was cut goes on where it was, and zeros stand before.
    const zeros = leadingZeros(bytes);
    if (zeros > 0) {
      this.position = { ...position, offset: position.offset + zeros };
      return zeros === bytes.length ? 'more' : this.next(nowMs);
    }
    let end = bytes.lastIndexOf(lineFeed) + 1;
    if (end === 0 && bytes.length === limits.turnBytes) {
      bytes = read(this.#fd, position.offset, limits.lineBytesMax + 1);
      end = bytes.lastIndexOf(lineFeed) + 1;
    }
    if (end === 0) {
      if (bytes.length > limits.lineBytesMax) {
        this.#skip = { head: Buffer.from(bytes.subarray(0, limits.headBytes)), bytes: bytes.length };
        return 'more';
      }
      if (bytes.length === 0 || !this.#isWhole(nowMs)) return null;
      end = bytes.length;
    }
    end = endOfLines(bytes.subarray(0, end), limits.batchLinesMax);
    const records = readRecords(bytes.subarray(0, end), parser, position.header);
    // Its first record may fill what is read at once, or be the last one for a while.
    if (records.end > 0) end = records.end;
    else if (!this.#isFinished && bytes.length < limits.turnBytes && nowMs - this.grownMs < limits.joinMs) return null;
    return this.#chunk(Buffer.from(bytes.subarray(0, end)), records.header, { to: position.offset + end });
  }

  finish(): void {
    this.#isFinished = true;
  }

  rename(path: string): void {
    if (path !== this.position.path) this.position = { ...this.position, path };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /**
   * The parser from here on. Nothing that was read is held between chunks, so another one begins at the next record; the
   * header that it wants may have been no header to the one before it.
   */
  #cutBy(): string {
    const [before, parser] = [this.#parser, this.#parserOf(this.input)];
    if (parser === before) return parser;
    const { header, offset } = this.position;
    const wasPlain = before === null || before === '' || before === 'auto';
    if (!wasPlain || (header === '' && parser !== ''))
      this.position = { ...this.position, header: headerBefore(this.#fd, offset, parser) };
    this.#parser = parser;
    return parser;
  }

  #chunk(bytes: Buffer, header: string, o: { readonly to: number; readonly tooLong?: Chunk['tooLong'] }): Chunk {
    const before = this.position;
    this.position = { ...before, offset: o.to, header, head: grownHead(this.#fd, before.head) };
    return {
      input: this.input,
      bytes,
      lines: countLines(bytes),
      tooLong: o.tooLong ?? [],
      header: before.header,
      from: before.offset,
      after: this.position,
    };
  }

  /** Goes on in a line that is too long; only its head is held. */
  #skipOn(long: { readonly head: Buffer; bytes: number }, nowMs: number): Chunk | 'more' | null {
    for (let left = skipBytes; left > 0; ) {
      const part = read(this.#fd, this.position.offset + long.bytes, this.#limits.turnBytes);
      const end = part.indexOf(lineFeed);
      long.bytes += end < 0 ? part.length : end;
      left -= part.length;
      if (end >= 0) return this.#endSkip(long, 1);
      if (part.length === 0) return this.#isWhole(nowMs) ? this.#endSkip(long, 0) : null;
    }
    return 'more';
  }

  #endSkip(long: { readonly head: Buffer; readonly bytes: number }, lineEndBytes: number): Chunk {
    this.#skip = null;
    const { header, offset } = this.position;
    return this.#chunk(long.head, header, { to: offset + long.bytes + lineEndBytes, tooLong: [[1, long.bytes]] });
  }

  /** A last line without its end counts when nothing has come for long, or nothing will. */
  #isWhole(nowMs: number): boolean {
    return this.#isFinished || nowMs - this.grownMs >= this.#limits.partialMs;
  }
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

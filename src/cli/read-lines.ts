import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Where the lines of a stream go. */
export interface LineSink {
  /** The line bytes[from … to) without its end, numbered from 1; the bytes are good until the call returns. */
  line(bytes: Buffer, from: number, to: number, number: number): void;
  tooLong(number: number, maxBytes: number): void;
  /** Whether output should be waited for before more is read. */
  full(): boolean;
  drain(): Promise<void>;
}

const newline = 10;
const carriageReturn = 13;

/**
 * Cuts a stream into lines of at most `maxBytes` bytes; gzip is told by its first two bytes. Reads no faster than the
 * sink takes. Rejects when the stream fails, with what came before already given out.
 */
export async function readLines(stream: Readable, maxBytes: number, sink: LineSink): Promise<void> {
  const splitter = createSplitter(maxBytes, sink);
  for await (const chunk of unpacked(stream)) await splitter.take(chunk);
  await splitter.end();
}

async function* unpacked(stream: Readable): AsyncGenerator<Buffer> {
  const chunks = chunksOf(stream);
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = startingWith(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const packed = Readable.from(whole);
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip);
}

async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function createSplitter(maxBytes: number, sink: LineSink) {
  /** Beginning of a line whose end has not come yet. */
  let carry: Buffer[] = [];
  let carryBytes = 0;
  /** The line in hand is too long: drop until its end. */
  let skipping = false;
  let number = 1;

  return {
    async take(chunk: Buffer): Promise<void> {
      let start = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
        finish(chunk, start, at);
        start = at + 1;
        if (sink.full()) await sink.drain();
      }
      if (start < chunk.length) hold(chunk.subarray(start));
    },
    async end(): Promise<void> {
      if (carryBytes > 0 || skipping) finish(Buffer.alloc(0), 0, 0);
      await sink.drain();
    },
  };

  function hold(piece: Buffer): void {
    if (skipping) return;
    carry.push(piece);
    carryBytes += piece.length;
    if (carryBytes > maxBytes) skip();
  }

  function skip(): void {
    skipping = true;
    carry = [];
    carryBytes = 0;
    sink.tooLong(number, maxBytes);
  }

  function finish(chunk: Buffer, start: number, end: number): void {
    if (!skipping && carryBytes + end - start > maxBytes) skip();
    if (!skipping) {
      if (carryBytes > 0) {
        const whole = Buffer.concat([...carry, chunk.subarray(start, end)]);
        emit(whole, 0, whole.length);
      } else emit(chunk, start, end);
    }
    carry = [];
    carryBytes = 0;
    skipping = false;
    number++;
  }

  function emit(bytes: Buffer, start: number, end: number): void {
    let from = start;
    const to = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    // A byte order mark belongs to the file, not to its first line.
    if (number === 1 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    sink.line(bytes, from, to, number);
  }
}

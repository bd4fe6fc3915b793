import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { chunkBytes, firstChunkAt, isEvtx, readEvtxChunk } from '../parse/evtx/file.ts';

/** Lines of a file that are posted together. */
export interface Piece {
  readonly body: Buffer;
  readonly lines: number;
  /** Bytes of the file that have been read by its end. */
  readonly readBytes: number;
  /** Follows from its place and bytes alone, so that the same piece sent again is known by it. */
  readonly key: string;
}

export interface PieceLimits {
  readonly bytes: number;
  readonly lines: number;
}

/** Well below what a server takes in one post. */
export const defaultPieceLimits: PieceLimits = { bytes: 4 * 1024 * 1024, lines: 10_000 };

/**
 * Cuts a file into pieces of whole lines: text as it is (gzip unpacked), an event log (.evtx) as one JSON line a
 * record. The same file gives the same pieces each time. What cannot be read is told, and what lies behind is read on.
 */
export async function* readPieces(
  file: string,
  limits: PieceLimits,
  tell: (what: string) => void,
): AsyncGenerator<Piece> {
  const head = await headOf(file);
  const lines = isEvtx(head)
    ? evtxLines(file, tell)
    : textLines(file, head[0] === 0x1f && head[1] === 0x8b, limits, tell);
  let waiting: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let index = 0;
  let readBytes = 0;
  const cut = (): Piece => {
    const body = Buffer.concat(waiting);
    const key = `import-${index}-${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
    const piece = { body, lines: count, readBytes, key };
    [waiting, bytes, count, index] = [[], 0, 0, index + 1];
    return piece;
  };
  for await (const line of lines) {
    if (count > 0 && (bytes + line.text.length > limits.bytes || count >= limits.lines)) yield cut();
    waiting.push(line.text);
    bytes += line.text.length;
    count += 1;
    readBytes = line.readBytes;
  }
  if (count > 0) yield cut();
}

interface Line {
  /** With its newline. */
  readonly text: Buffer;
  readonly readBytes: number;
}

const newline = 10;

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function* evtxLines(file: string, tell: (what: string) => void): AsyncGenerator<Line> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (let at = firstChunkAt; at < size; at += chunkBytes) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
      for (const item of readEvtxChunk(buffer.subarray(0, bytesRead), at)) {
        if (item.kind === 'damage') tell(`${file}: byte ${item.offset}: damaged (${item.reason}); read on behind it`);
        else yield { text: Buffer.from(`${JSON.stringify(item.event)}\n`), readBytes: Math.min(size, at + chunkBytes) };
      }
    }
  } finally {
    await handle.close();
  }
}

async function* textLines(
  file: string,
  isGzip: boolean,
  limits: PieceLimits,
  tell: (what: string) => void,
): AsyncGenerator<Line> {
  const source = createReadStream(file, { highWaterMark: 262_144 });
  const gunzip = isGzip ? createGunzip() : null;
  if (gunzip !== null) source.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  const stream: AsyncIterable<Buffer> = gunzip ?? source;
  let carry: Buffer[] = [];
  let carryBytes = 0;
  let skipped = false;
  let number = 1;
  const finish = (last: Buffer): Buffer | null => {
    const whole = skipped ? null : Buffer.concat([...carry, last]);
    if (skipped) tell(`${file}:${number}: a line of more than ${limits.bytes} bytes was left out`);
    [carry, carryBytes, skipped] = [[], 0, false];
    number += 1;
    return whole;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const text = finish(chunk.subarray(from, at + 1));
      from = at + 1;
      if (text !== null) yield { text, readBytes: source.bytesRead };
    }
    const rest = chunk.subarray(from);
    if (carryBytes + rest.length > limits.bytes) [carry, carryBytes, skipped] = [[], 0, true];
    else if (!skipped && rest.length > 0) {
      carry.push(Buffer.from(rest));
      carryBytes += rest.length;
    }
  }
  if (carryBytes > 0 || skipped) {
    const text = finish(Buffer.from('\n'));
    if (text !== null) yield { text, readBytes: source.bytesRead };
  }
}

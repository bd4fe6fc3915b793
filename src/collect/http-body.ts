import type { Readable, Transform, Writable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { RawLine } from '../model/source.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';
import { createLineSplitter } from './line-splitter.ts';

/** How a body is packed: by Content-Encoding, RFC 9110 8.4.1. */
export type BodyPacking = 'gzip' | 'deflate' | 'br' | 'identity';

/** The packing a Content-Encoding names. Throws `unsupported-encoding`. */
export function packingOf(contentEncoding: string): BodyPacking {
  const encoding = contentEncoding.toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === 'deflate' || encoding === 'br') return encoding;
  if (encoding === '' || encoding === 'identity') return 'identity';
  throw new HttpProblem('unsupported-encoding');
}

/** Counts what passes and stops it at the bound. */
async function* bounded(stream: AsyncIterable<unknown>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += buffer.length;
    if (bytes > bytesMax) throw new HttpProblem('body-too-large');
    yield buffer;
  }
}

/** Leaves no listener behind: a body waits like this for every 16 KiB. */
function drainedOrClosed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.off('drain', go).off('close', go);
      resolve();
    };
    stream.on('drain', go).on('close', go);
  });
}

/** Decompressed chunks, as they come: a bomb is stopped at the bound, not after it was unpacked. */
async function* inflated(compressed: AsyncIterable<Buffer>, unpack: Transform): AsyncGenerator<Buffer> {
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of compressed) {
        if (!unpack.write(chunk)) await drainedOrClosed(unpack);
        if (unpack.destroyed) return;
      }
      unpack.end();
    } catch (error) {
      unpack.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void feed();
  try {
    for await (const chunk of unpack) yield chunk as Buffer;
  } catch (error) {
    const isZlib =
      error instanceof Error && 'code' in error && /^(Z_|ERR__ERROR|ERR_BROTLI|ERR__PADDING)/.test(String(error.code));
    throw isZlib ? new HttpProblem('bad-gzip') : error;
  } finally {
    unpack.destroy();
  }
}

/** The plain chunks of a body as they arrive. Throws HttpProblem when a bound bites or the packing is broken. */
export function plainChunks(body: Readable, packing: BodyPacking, limits: HttpCollectorLimits): AsyncIterable<Buffer> {
  // Leaving the loop early must not close the connection: the client is still to read why.
  const sent = bounded(body.iterator({ destroyOnReturn: false }), limits.bodyBytesMax);
  if (packing === 'identity') return sent;
  return bounded(inflated(sent, unpackers[packing]()), limits.inflatedBytesMax);
}

const unpackers: Readonly<Record<Exclude<BodyPacking, 'identity'>, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** A body as lines, cut as it arrives. */
export async function readLines(chunks: AsyncIterable<Buffer>, limits: HttpCollectorLimits): Promise<RawLine[]> {
  const splitter = createLineSplitter({ lineBytesMax: limits.lineBytesMax });
  const lines: RawLine[] = [];
  for await (const chunk of chunks) {
    // Not push(...chunk's lines): a chunk of many short lines would overflow the argument list.
    for (const line of splitter.push(chunk)) lines.push(line);
    if (splitter.lines > limits.linesMax) throw new HttpProblem('too-many-lines');
  }
  for (const line of splitter.end(false)) lines.push(line);
  return lines;
}

/** A body as a whole. */
export async function readWhole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

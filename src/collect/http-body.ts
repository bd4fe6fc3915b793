import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RawLine } from '../model/source.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';
import { createLineSplitter } from './line-splitter.ts';

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
async function* inflated(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of compressed) {
        if (!gunzip.write(chunk)) await drainedOrClosed(gunzip);
        if (gunzip.destroyed) return;
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void feed();
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    const isZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isZlib ? new HttpProblem('bad-gzip') : error;
  } finally {
    gunzip.destroy();
  }
}

/** Lines of a body, read as it arrives. Throws HttpProblem when a bound bites or the gzip is broken. */
export async function readLines(body: Readable, isGzip: boolean, limits: HttpCollectorLimits): Promise<RawLine[]> {
  const splitter = createLineSplitter({ lineBytesMax: limits.lineBytesMax });
  // Leaving the loop early must not close the connection: the client is still to read why.
  const sent = bounded(body.iterator({ destroyOnReturn: false }), limits.bodyBytesMax);
  const plain = isGzip ? bounded(inflated(sent), limits.inflatedBytesMax) : sent;
  const lines: RawLine[] = [];
  for await (const chunk of plain) {
    // Not push(...chunk's lines): a chunk of many short lines would overflow the argument list.
    for (const line of splitter.push(chunk)) lines.push(line);
    if (splitter.lines > limits.linesMax) throw new HttpProblem('too-many-lines');
  }
  for (const line of splitter.end(false)) lines.push(line);
  return lines;
}

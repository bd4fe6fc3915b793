import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import type { AgentSection } from '../model/agent.ts';
import type { AgentLimits } from './limits.ts';
import type { Part } from './segment.ts';
import type { Chunk } from './tail.ts';

/** Sections and their bytes, ready for the spool. */
export interface Batch {
  readonly parts: readonly Part[];
  readonly key: string;
  readonly lines: number;
  readonly rawBytes: number;
  readonly body: Buffer;
}

const lineEnd = Buffer.from('\n');

/**
 * Brotli 5 makes a tenth to a third less of logs than gzip 9 does, in the same time; a window of 1 MiB is a batch's.
 * See docs/agent.md for the figures.
 */
export function compress(body: Buffer): Buffer {
  return brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: 20,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
}

/** The bytes of a batch: of each section its head as a line of JSON, then its lines, then a line end. */
export function encodeBody(parts: readonly { readonly section: AgentSection; readonly bytes: Buffer }[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ section, bytes }) => [Buffer.from(`${JSON.stringify(section)}\n`), bytes, lineEnd]),
  );
}

/** The same streams from and to the same places are the same batch, whoever makes it. */
export function keyOf(agent: string, parts: readonly Part[]): string {
  const places = parts.map(({ from, after }) => `${after.stream}:${from}-${after.offset}`);
  return `agent-${agent}-${createHash('sha256').update(places.join(' ')).digest('hex').slice(0, 32)}`;
}

/** Batches of chunks; what is too large when compressed is parted. */
export function makeBatches(
  chunks: readonly Chunk[],
  o: {
    readonly agent: string;
    readonly host: string;
    readonly limits: Pick<AgentLimits, 'wireBytesMax' | 'batchLinesMax'>;
  },
): readonly Batch[] {
  const sections = chunks.map((chunk) => ({ chunk, bytes: chunk.bytes, section: sectionOf(chunk, o.host) }));
  const body = compress(encodeBody(sections));
  const lines = chunks.reduce((sum, chunk) => sum + chunk.lines, 0);
  if ((body.length > o.limits.wireBytesMax || lines > o.limits.batchLinesMax) && chunks.length > 1) {
    const middle = Math.ceil(chunks.length / 2);
    return [chunks.slice(0, middle), chunks.slice(middle)].flatMap((half) => makeBatches(half, o));
  }
  const parts = sections.map(({ chunk, section }) => ({ section, from: chunk.from, after: chunk.after }));
  const rawBytes = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [{ parts, key: keyOf(o.agent, parts), lines, rawBytes, body }];
}

function sectionOf({ input, header, tooLong, bytes, after }: Chunk, host: string): AgentSection {
  const { source, parser } = input;
  return { file: after.path, host, source, parser, header, tooLong, bytes: bytes.length };
}

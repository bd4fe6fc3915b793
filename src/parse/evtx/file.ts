import type { JsonObject } from '../json.ts';
import { type ChunkContext, readFragment } from './bin-xml.ts';
import { Cursor, EvtxDamage } from './cursor.ts';
import { jsonOf } from './event-json.ts';
import { fileTimeMs } from './value.ts';

/** What an event log yields, in the order of the file. Damage never stops it: what lies behind is still read. */
export type EvtxItem =
  | {
      readonly kind: 'record';
      readonly recordId: bigint;
      /** When the service wrote it, milliseconds since 1970; null when the number is no time. */
      readonly writtenMs: number | null;
      /** The event as evtx_dump would write it: `{ Event: { System, EventData } }`. */
      readonly event: JsonObject;
    }
  | {
      readonly kind: 'damage';
      /** Bytes from the beginning of the file. */
      readonly offset: number;
      /** chunk-magic · chunk-cut-off · record-magic · record-size · a code of EvtxDamage */
      readonly reason: string;
    };

/** Where the chunks begin, behind the file's header. */
export const firstChunkAt = 4096;
export const chunkBytes = 65_536;
const recordsFrom = 512;
const recordHeaderBytes = 24;
const recordMagic = 0x00002a2a;

/** Whether bytes begin an event log of Windows Vista or later (`ElfFile`). */
export function isEvtx(head: Uint8Array): boolean {
  return startsWith(head, 0, 'ElfFile\0');
}

/** Reads one chunk of an event log; `offset` is where it stands in the file, for messages. */
export function* readEvtxChunk(bytes: Uint8Array, offset: number): Generator<EvtxItem> {
  // A log is made longer by empty chunks ahead of need.
  if (bytes.every((byte) => byte === 0)) return;
  if (!startsWith(bytes, 0, 'ElfChnk\0')) {
    yield { kind: 'damage', offset, reason: 'chunk-magic' };
    return;
  }
  if (bytes.length < chunkBytes) yield { kind: 'damage', offset: offset + bytes.length, reason: 'chunk-cut-off' };
  const chunk: ChunkContext = { bytes, templates: new Map(), names: new Map() };
  const free = bytes.length >= 52 ? new Cursor(bytes, 48).u32() : 0;
  // A header that was not written back yet says nothing of the last records: the magic before each does.
  const end = free >= recordsFrom && free <= bytes.length ? free : bytes.length;
  let at = recordsFrom;
  while (at + recordHeaderBytes <= end) {
    const header = new Cursor(bytes, at);
    const [magic, size] = [header.u32(), header.u32()];
    const isWhole = magic === recordMagic && size >= recordHeaderBytes + 4 && at + size <= bytes.length;
    if (!isWhole) {
      const next = nextRecord(bytes, at + 4, end);
      if (next < end || magic !== 0) {
        yield { kind: 'damage', offset: offset + at, reason: magic === recordMagic ? 'record-size' : 'record-magic' };
      }
      at = next;
      continue;
    }
    yield readRecord(chunk, at, size, offset);
    at += size;
  }
}

function readRecord(chunk: ChunkContext, at: number, size: number, offset: number): EvtxItem {
  const cursor = new Cursor(chunk.bytes, at + 8, at + size - 4);
  try {
    const recordId = cursor.u64();
    const writtenMs = fileTimeMs(cursor.u64());
    return { kind: 'record', recordId, writtenMs, event: jsonOf(readFragment(cursor, chunk)) };
  } catch (error) {
    if (!(error instanceof EvtxDamage)) throw error;
    return { kind: 'damage', offset: offset + at, reason: error.code };
  }
}

/** The next place from `from` on, in steps of four bytes, that looks like a record; `end` when there is none. */
function nextRecord(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + recordHeaderBytes <= end; at += 1) {
    if (bytes[at] === 0x2a && bytes[at + 1] === 0x2a && bytes[at + 2] === 0 && bytes[at + 3] === 0) return at;
  }
  return end;
}

/** Reads a whole event log held in memory. */
export function* readEvtx(bytes: Uint8Array): Generator<EvtxItem> {
  for (let at = firstChunkAt; at < bytes.length; at += chunkBytes) {
    yield* readEvtxChunk(bytes.subarray(at, at + chunkBytes), at);
  }
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

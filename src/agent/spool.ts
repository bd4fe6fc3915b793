import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { syncFolder, writeDurably } from '../disk/durable.ts';
import type { Batch } from './batch.ts';
import { findGaps } from './gaps.ts';
import type { Position } from './position.ts';
import { remakeBatch, remakeBody } from './remake.ts';
import { decodeSegment, encodeSegment, type SegmentHead } from './segment.ts';

/** A batch on its way, as it stands on the disk. */
export interface Spooled {
  readonly head: SegmentHead;
  readonly body: Buffer;
}

/** Batches on the disk, in the order they are sent. Each is a file; it is there whole before its lines count as read. */
export interface Spool {
  /** Throws what the disk says; then the batch is not in the spool. */
  add(batch: Batch, canDrop: boolean): void;
  /** The oldest batch; null when there is none. A damaged one is made anew from its files or told and left out. */
  first(): Spooled | null;
  /** Takes the acknowledged first batch away, once `remember` has kept its positions. */
  acknowledged(remember: (positions: readonly Position[]) => void): void;
  /** Takes the oldest batches that may be dropped away until so many bytes are gained; how many lines went. */
  drop(bytes: number): number;
  readonly bytes: number;
  readonly batches: number;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly tell: (what: string) => void;
  /** Part of the keys of batches. */
  readonly agent: string;
  /** Positions behind what the server has acknowledged, by stream. */
  readonly known: ReadonlyMap<number, Position>;
}

interface Entry {
  readonly seq: number;
  readonly bytes: number;
  readonly lines: number;
  readonly canDrop: boolean;
}

/** What a start finds in the spool. */
export interface Recovered {
  readonly spool: Spool;
  /** Positions behind the spool's batches, newest last. */
  readonly positions: readonly Position[];
}

export function openSpool(o: SpoolOptions): Recovered {
  mkdirSync(o.dir, { recursive: true, mode: 0o700 });
  const damagedDir = path.join(o.dir, 'damaged');
  const placeOf = (seq: number): string => path.join(o.dir, `${String(seq).padStart(12, '0')}.batch`);
  const entries: Entry[] = [];
  const heads: SegmentHead[] = [];
  const lostSeqs: number[] = [];
  /** Acknowledged, kept only because the disk was too full to say so. */
  const acknowledgedCut: SegmentHead[] = [];
  let bytes = 0;
  let nextSeq = 1;

  function setAside(seq: number, what: string): void {
    mkdirSync(damagedDir, { recursive: true });
    for (const name of readdirSync(damagedDir).sort().slice(0, -damagedMax)) rmSync(path.join(damagedDir, name));
    renameSync(placeOf(seq), path.join(damagedDir, path.basename(placeOf(seq))));
    o.tell(`${placeOf(seq)}: ${what}; kept in ${damagedDir}`);
  }

  function recover(seq: number): void {
    const read = decodeSegment(readFileSync(placeOf(seq)));
    nextSeq = Math.max(nextSeq, seq + 1);
    if (read.kind === 'damaged') {
      setAside(seq, 'damaged beyond reading; its lines are read again where the files still have them');
      lostSeqs.push(seq);
      return;
    }
    const { head } = read;
    if (read.kind === 'cut') acknowledgedCut.push(head);
    if (read.kind === 'body') {
      const body = remakeBody(head);
      if (body === null) {
        setAside(seq, `damaged, and its files no longer have its ${head.lines} lines`);
        heads.push(head);
        return;
      }
      writeDurably(placeOf(seq), encodeSegment(head, body));
      o.tell(`${placeOf(seq)}: was damaged; made again from its files`);
    }
    heads.push(head);
    if (read.kind !== 'cut') keep({ seq, bytes: head.bytes, lines: head.lines, canDrop: head.canDrop });
  }

  /** Lines of batches that are gone, read again where later batches show that they stood between. */
  function fillGaps(): void {
    const { before, parts, lostBytes } = findGaps(o.known, heads);
    if (before === null) return;
    const batch = remakeBatch(parts, o.agent);
    if (batch === null || lostBytes > 0) o.tell(`what damaged batches held of ${parts[0]?.after.path ?? ''} is lost`);
    if (batch === null) return;
    put(lostSeqs[0] ?? before - 1, batch, false);
    entries.sort((a, b) => a.seq - b.seq);
  }

  function put(seq: number, { parts, key, lines, rawBytes, body }: Batch, canDrop: boolean): void {
    writeDurably(placeOf(seq), encodeSegment({ seq, key, lines, rawBytes, canDrop, parts }, body));
    keep({ seq, bytes: body.length, lines, canDrop });
  }

  function keep(entry: Entry): void {
    entries.push(entry);
    bytes += entry.bytes;
  }

  function forget(entry: Entry): void {
    entries.splice(entries.indexOf(entry), 1);
    bytes -= entry.bytes;
  }

  for (const name of readdirSync(o.dir).sort()) {
    const seq = /^(\d{12})\.batch$/.exec(name)?.[1];
    // A batch that was being written: its lines were not counted as read.
    if (name.endsWith('.tmp')) rmSync(path.join(o.dir, name));
    else if (seq !== undefined) recover(Number(seq));
  }

  fillGaps();

  const spool: Spool = {
    get bytes() {
      return bytes;
    },
    get batches() {
      return entries.length;
    },
    add(batch, canDrop) {
      put(nextSeq, batch, canDrop);
      nextSeq += 1;
    },
    first() {
      for (let entry = entries[0]; entry !== undefined; entry = entries[0]) {
        const read = decodeSegment(readFileSync(placeOf(entry.seq)));
        if (read.kind === 'whole') return read;
        const body = read.kind === 'body' ? remakeBody(read.head) : null;
        if (read.kind === 'body' && body !== null) return { head: read.head, body };
        setAside(entry.seq, `damaged while it waited; ${entry.lines} lines are lost`);
        forget(entry);
      }
      return null;
    },
    acknowledged(remember) {
      const [entry] = entries;
      if (entry === undefined) return;
      const place = placeOf(entry.seq);
      const read = decodeSegment(readFileSync(place));
      if (read.kind === 'damaged') return;
      forget(entry);
      const done = [...acknowledgedCut, read.head];
      try {
        remember(done.flatMap(({ parts }) => parts.map(({ after }) => after)));
      } catch (error) {
        // No room even for that: the batch keeps its head, which says as much, and gives back the rest.
        cutBody(place, read.headBytes);
        acknowledgedCut.push(read.head);
        throw error;
      }
      for (const { seq } of done) rmSync(placeOf(seq), { force: true });
      acknowledgedCut.length = 0;
      syncFolder(o.dir);
    },
    drop(wanted) {
      let lines = 0;
      let gained = 0;
      // The first may be on the wire this moment.
      for (const entry of entries.slice(1).filter(({ canDrop }) => canDrop)) {
        if (gained >= wanted) break;
        rmSync(placeOf(entry.seq), { force: true });
        forget(entry);
        gained += entry.bytes;
        lines += entry.lines;
      }
      return lines;
    },
  };
  return { spool, positions: heads.flatMap(({ parts }) => parts.map(({ after }) => after)) };
}

const damagedMax = 20;

function cutBody(place: string, headBytes: number): void {
  const fd = openSync(place, 'r+');
  try {
    ftruncateSync(fd, headBytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

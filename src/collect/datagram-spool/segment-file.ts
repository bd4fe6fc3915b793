import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../disk/durable.ts';
import { decodeFrames } from './frame.ts';

/** A closed segment on the disk; nothing is added to it any more. */
export interface ClosedSegment {
  readonly seq: number;
  /** Random, so that no two segments ever share the keys of their batches, not even of two spools. */
  readonly id: string;
  readonly place: string;
  readonly lines: number;
  readonly bytes: number;
  readonly sinceMs: number;
}

/** The segment that is being written; its name says that its end may be damaged. */
export interface OpenSegment {
  readonly seq: number;
  readonly id: string;
  readonly place: string;
  readonly handle: FileHandle;
}

const openName = /^(\d{12})-([0-9a-f]{24})\.open$/;
/** Closed segments say how many lines they hold, so that a start need not read them. */
const closedName = /^(\d{12})-([0-9a-f]{24})-(\d+)\.closed$/;

function nameOf(seq: number, id: string): string {
  return `${String(seq).padStart(12, '0')}-${id}`;
}

export async function createSegment(dir: string, seq: number): Promise<OpenSegment> {
  const id = randomBytes(12).toString('hex');
  const place = path.join(dir, `${nameOf(seq, id)}.open`);
  const handle = await open(place, 'wx', 0o600);
  try {
    syncFolder(dir);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { seq, id, place, handle };
}

/** Gives a segment whose bytes are synced the name that says so. */
export async function closeSegment(
  dir: string,
  { seq, id, place }: Pick<OpenSegment, 'seq' | 'id' | 'place'>,
  lines: number,
): Promise<string> {
  const closed = path.join(dir, `${nameOf(seq, id)}-${lines}.closed`);
  await rename(place, closed);
  syncFolder(dir);
  return closed;
}

/** What a start finds, oldest first. A segment that was being written loses its damaged end. */
export async function findSegments(dir: string): Promise<readonly ClosedSegment[]> {
  const found: ClosedSegment[] = [];
  for (const name of (await readdir(dir)).sort()) {
    const [, openSeq, openId] = openName.exec(name) ?? [];
    const [, seq, id, lines] = closedName.exec(name) ?? [];
    const place = path.join(dir, name);
    const { mtimeMs, size } = await stat(place);
    if (seq !== undefined && id !== undefined)
      found.push({ seq: Number(seq), id, place, lines: Number(lines), bytes: size, sinceMs: mtimeMs });
    else if (openSeq !== undefined && openId !== undefined) {
      const { frames, wholeBytes } = decodeFrames(await readFile(place));
      if (wholeBytes < size) await truncate(place, wholeBytes);
      const held = frames.reduce((sum, { handover }) => sum + handover.lines.length, 0);
      const segment = { seq: Number(openSeq), id: openId, place };
      const closed = await closeSegment(dir, segment, held);
      found.push({ ...segment, place: closed, lines: held, bytes: wholeBytes, sinceMs: mtimeMs });
    }
  }
  return found;
}

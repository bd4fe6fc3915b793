import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { appendDurably, writeDurably } from '../disk/durable.ts';
import { sealed, unsealed } from '../disk/sealed.ts';
import type { Position } from './position.ts';

/** What the agent must not forget. Positions are those behind the last batch the server has acknowledged. */
export interface StateFile {
  /** Part of the keys of batches; made once. */
  readonly agent: string;
  /** Inputs that were read before this run, as JSON. */
  readonly inputsBefore: readonly string[];
  /** By stream. */
  readonly positions: ReadonlyMap<number, Position>;
  /** Nothing has been kept yet. */
  readonly isNew: boolean;
  /** Throws what the disk says; then the disk has what it had before. */
  save(change: StateChange): void;
}

export interface StateChange {
  readonly positions: readonly Position[];
  /** Streams that need not be remembered. */
  readonly gone: readonly number[];
}

/** The first line of a copy. */
interface Head {
  readonly agent: string;
  readonly generation: number;
  readonly inputs: readonly string[];
  /** How many lines behind it say what was known then; those behind them what changed since. */
  readonly lines: number;
}

interface Line extends StateChange {
  readonly generation: number;
}

interface Copy {
  readonly head: Head;
  readonly generation: number;
  readonly positions: Map<number, Position>;
  /** A line behind what was known then is not whole: what changed from there on is not known by this copy. */
  readonly isDamaged: boolean;
}

const positionsInLine = 250;
/** Changes may take so much more room than what was known before them. */
const changesBytesMin = 65_536;

/**
 * Kept twice, and every line behind its checksum, so that one damaged file costs nothing. A change is written behind
 * what is there; once changes take more room than all that is known, that is written anew, beside its place, synced
 * and moved there. So a kill leaves whole lines, and saving costs what changed and not what is known.
 */
export function openState(dir: string, inputs: readonly string[], tell: (what: string) => void): StateFile {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const places = ['state.json', 'state.copy.json'].map((name) => path.join(dir, name));
  const read = places.map(readCopy);
  for (const [i, copy] of read.entries())
    if (copy === 'damaged' || (copy !== 'absent' && copy.isDamaged)) tell(`${places[i]} is damaged`);
  const whole = read.filter((copy) => copy !== 'damaged' && copy !== 'absent');
  whole.sort((a, b) => b.generation - a.generation);
  const [newest] = whole;
  if (newest === undefined && read.includes('damaged'))
    tell('both copies of the state are damaged: files are read as at a first start');
  const agent = newest?.head.agent ?? randomBytes(9).toString('base64url');
  const positions = newest?.positions ?? new Map<number, Position>();
  let generation = newest?.generation ?? 0;
  /** Bytes that changes may take until all is written anew; a run begins with that. */
  let room = 0;

  function writeAll(): void {
    const all = [...positions.values()];
    const lines: Buffer[] = [];
    for (let i = 0; i < all.length; i += positionsInLine)
      lines.push(lineOf({ positions: all.slice(i, i + positionsInLine), gone: [] }));
    const head: Head = { agent, generation: generation + 1, inputs, lines: lines.length };
    const parts = [sealed(head), ...lines];
    for (const place of places) writeDurably(place, parts);
    room = changesBytesMin + parts.reduce((sum, { length }) => sum + length, 0);
  }

  function lineOf(change: StateChange): Buffer {
    return sealed({ generation: generation + 1, ...change } satisfies Line);
  }

  return {
    agent,
    inputsBefore: newest?.head.inputs ?? [],
    positions,
    get isNew() {
      return generation === 0;
    },
    save(change) {
      // Before it is on the disk: when it cannot be written, it is given again.
      apply(positions, change);
      const line = lineOf(change);
      if (line.length > room) writeAll();
      else {
        // After an error a copy may end in half a line.
        const left = room - line.length;
        room = 0;
        for (const place of places) appendDurably(place, line);
        room = left;
      }
      generation += 1;
    },
  };
}

function apply(positions: Map<number, Position>, { positions: moved, gone }: StateChange): void {
  for (const position of moved) positions.set(position.stream, position);
  for (const stream of gone) positions.delete(stream);
}

function readCopy(place: string): Copy | 'damaged' | 'absent' {
  let bytes: Buffer;
  try {
    bytes = readFileSync(place);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'absent';
    throw error;
  }
  const first = unsealed(bytes);
  if (first === null) return 'damaged';
  const head = first.value as Head;
  const positions = new Map<number, Position>();
  let { generation } = head;
  let at = first.length;
  let lines = 0;
  for (; at < bytes.length; lines++) {
    const read = unsealed(bytes.subarray(at));
    if (read === null) break;
    const line = read.value as Line;
    apply(positions, line);
    generation = line.generation;
    at += read.length;
  }
  if (lines < head.lines) return 'damaged';
  // A last line without its end was being written when the agent was killed.
  return { head, generation, positions, isDamaged: bytes.includes('\n', at) };
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeDurably } from '../disk/durable.ts';
import { sealed, unsealed } from '../disk/sealed.ts';
import type { Position } from './position.ts';

/** What the agent must not forget. Positions are those behind the last batch the server has acknowledged. */
export interface AgentMemory {
  /** Part of the keys of batches; made once. */
  readonly agent: string;
  readonly generation: number;
  /** Inputs that have been read before, as JSON. */
  readonly inputs: readonly string[];
  readonly positions: readonly Position[];
}

export interface StateFile {
  readonly memory: AgentMemory;
  /** Throws what the disk says; then the memory on disk is the one before. */
  save(change: Partial<AgentMemory>): void;
}

/**
 * Kept twice: each copy is written beside its place, synced and moved there, so that a kill leaves whole files, and one
 * damaged file costs nothing.
 */
export function openState(dir: string, tell: (what: string) => void): StateFile {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const places = ['state.json', 'state.copy.json'].map((name) => path.join(dir, name));
  const read = places.map(readState);
  for (const [i, copy] of read.entries()) if (copy === 'damaged') tell(`${places[i]} is damaged`);
  const whole = read.filter((copy) => copy !== 'damaged' && copy !== 'absent');
  whole.sort((a, b) => b.generation - a.generation);
  if (whole.length === 0 && read.includes('damaged'))
    tell('both copies of the state are damaged: files are read as at a first start');
  let memory: AgentMemory = whole[0] ?? {
    agent: randomBytes(9).toString('base64url'),
    generation: 0,
    inputs: [],
    positions: [],
  };
  return {
    get memory() {
      return memory;
    },
    save(change) {
      const next = { ...memory, ...change, generation: memory.generation + 1 };
      const text = sealed(next);
      for (const place of places) writeDurably(place, [text]);
      memory = next;
    },
  };
}

function readState(place: string): AgentMemory | 'damaged' | 'absent' {
  let bytes: Buffer;
  try {
    bytes = readFileSync(place);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'absent';
    throw error;
  }
  return (unsealed(bytes)?.value as AgentMemory | undefined) ?? 'damaged';
}

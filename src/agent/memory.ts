import type { AgentInput } from '../model/agent.ts';
import type { Position } from './position.ts';
import type { StateFile } from './state.ts';

/** How far each stream came: what the server has acknowledged, and what is in the spool behind it. */
export interface Memory {
  /** Newest position of each stream. */
  newest(): readonly Position[];
  /** The inputs of this run; files of one that was read before are read from where they were, new ones from their start. */
  isKnownInput(input: AgentInput): boolean;
  newStream(): number;
  /** A stream that is followed from here on; kept with the next `save`. */
  opened(position: Position): void;
  spooled(position: Position): void;
  /** Throws what the disk says. */
  acknowledged(positions: readonly Position[]): void;
  /** Keeps streams that were opened. Throws what the disk says. */
  save(): void;
  readonly hasNews: boolean;
  /** Streams that nobody follows any more and that have not moved since. */
  forget(olderThanMs: number, followed: ReadonlySet<number>): void;
}

export function createMemory(state: StateFile, spooled: readonly Position[]): Memory {
  const behindSpool = new Map(state.positions);
  for (const position of spooled) behindSpool.set(position.stream, position);
  const before = new Set(state.inputsBefore);
  let lastStream = 0;
  for (const stream of behindSpool.keys()) lastStream = Math.max(lastStream, stream);
  /** What is to be written with the next `save`. */
  const unsaved = new Map<number, Position>();
  const gone = new Set<number>();

  function save(): void {
    state.save({ positions: [...unsaved.values()], gone: [...gone] });
    unsaved.clear();
    gone.clear();
  }

  return {
    newest: () => [...behindSpool.values()].sort((a, b) => a.stream - b.stream),
    isKnownInput: (input) => before.has(inputKey(input)),
    newStream() {
      lastStream += 1;
      return lastStream;
    },
    opened(position) {
      if (behindSpool.has(position.stream)) return;
      behindSpool.set(position.stream, position);
      unsaved.set(position.stream, position);
    },
    spooled: (position) => void behindSpool.set(position.stream, position),
    acknowledged(positions) {
      for (const position of positions) {
        unsaved.set(position.stream, position);
        gone.delete(position.stream);
      }
      save();
    },
    save,
    get hasNews() {
      return state.isNew || unsaved.size > 0;
    },
    forget(olderThanMs, followed) {
      const lastOfFile = new Map<string, number>();
      for (const { id, stream } of behindSpool.values()) lastOfFile.set(id, stream);
      for (const { stream, id, cursor, seenMs } of state.positions.values()) {
        if (cursor !== '' || followed.has(stream) || gone.has(stream)) continue;
        if (seenMs >= olderThanMs && (lastOfFile.get(id) ?? stream) <= stream) continue;
        gone.add(stream);
        unsaved.delete(stream);
        behindSpool.delete(stream);
      }
    },
  };
}

/** By what an input is known again in a later run. */
export function inputKey({ paths }: AgentInput): string {
  return JSON.stringify(paths);
}

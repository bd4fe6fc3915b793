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

export function createMemory(state: StateFile, spooled: readonly Position[], inputs: readonly AgentInput[]): Memory {
  const behindServer = new Map(state.memory.positions.map((position) => [position.stream, position]));
  const behindSpool = new Map(behindServer);
  for (const position of spooled) behindSpool.set(position.stream, position);
  const before = new Set(state.memory.inputs);
  let lastStream = Math.max(0, ...behindSpool.keys());
  let hasNews = state.memory.generation === 0;

  function save(): void {
    state.save({ positions: [...behindServer.values()], inputs: inputs.map(inputKey) });
    hasNews = false;
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
      behindServer.set(position.stream, position);
      hasNews = true;
    },
    spooled: (position) => void behindSpool.set(position.stream, position),
    acknowledged(positions) {
      for (const position of positions) behindServer.set(position.stream, position);
      save();
    },
    save,
    get hasNews() {
      return hasNews;
    },
    forget(olderThanMs, followed) {
      const lastOfFile = new Map([...behindSpool.values()].map(({ id, stream }) => [id, stream]));
      for (const { stream, id, cursor, seenMs } of behindServer.values()) {
        if (cursor !== '') continue;
        const isOver = seenMs < olderThanMs || (lastOfFile.get(id) ?? stream) > stream;
        if (!isOver || followed.has(stream)) continue;
        behindServer.delete(stream);
        behindSpool.delete(stream);
      }
    },
  };
}

function inputKey({ paths }: AgentInput): string {
  return JSON.stringify(paths);
}

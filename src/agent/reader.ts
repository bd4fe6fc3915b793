import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgentConfig } from '../model/agent.ts';
import { makeBatches } from './batch.ts';
import type { Bell } from './bell.ts';
import type { Files } from './files.ts';
import type { Journal } from './journal.ts';
import type { AgentLimits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Pace } from './pace.ts';
import type { Spool } from './spool.ts';
import type { Chunk } from './tail.ts';
import type { Troubles } from './troubles.ts';

export interface ReaderOptions {
  readonly files: Files;
  /** null when it is not read. */
  readonly journal: Journal | null;
  readonly whenFull: AgentConfig['whenFull'];
  /** Lines of the journal that were dropped for want of room. */
  readonly dropped: (lines: number) => void;
  readonly spool: Spool;
  readonly spoolBytesMax: number;
  readonly memory: Memory;
  readonly pace: Pace;
  readonly troubles: Troubles;
  readonly agent: string;
  readonly host: string;
  /** Reads what is there and ends. */
  readonly once: boolean;
  /** Rung when a batch is in the spool, and when there is room in it again. */
  readonly toSend: Bell;
  readonly toRead: Bell;
  readonly limits: AgentLimits;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** From files to the spool. Resolves when told to stop, or with `once` at the end of all files. */
export async function readAll(o: ReaderOptions): Promise<void> {
  const { files, spool, memory, pace, troubles, limits, clock, signal } = o;
  let foundMs = Number.NEGATIVE_INFINITY;
  let lookedMs = Number.NEGATIVE_INFINITY;

  function lookAround(): void {
    if (clock() - foundMs >= limits.globMs) {
      foundMs = clock();
      files.find();
      troubles.set('files', files.problems()[0] ?? '');
      memory.forget(clock() - limits.forgetMs, files.streams());
      // A file that is read from its end must not be read from its start after a kill.
      if (memory.hasNews) troubles.onDisk('state', memory.save);
    }
    troubles.set('journal', o.journal?.problem ?? '');
    if (clock() - lookedMs >= limits.scanMs) {
      lookedMs = clock();
      files.look();
    }
  }

  /** Files wait; with `drop-oldest` what came by the journal makes room. */
  function isSpoolFull(): boolean {
    const over = (): boolean => spool.bytes >= o.spoolBytesMax || spool.batches >= limits.spoolBatchesMax;
    if (over() && o.whenFull === 'drop-oldest') o.dropped(spool.drop(limits.wireBytesMax));
    const isFull = over();
    troubles.set('spool', isFull ? `the spool is full (${spool.bytes} bytes): reading waits for the server` : '');
    return isFull;
  }

  /** Chunks until there are enough for a batch, or for as long as they may wait for company. */
  async function gather(): Promise<readonly Chunk[]> {
    const chunks: Chunk[] = [];
    let bytes = 0;
    let lines = 0;
    let sinceMs = clock();
    const enough = pace.batchBytes();
    const isEnough = (): boolean =>
      bytes >= enough || lines >= limits.batchLinesMax || chunks.length >= limits.batchSectionsMax;
    while (!signal.aborted && !isEnough()) {
      const chunk = files.next() ?? o.journal?.next() ?? null;
      if (chunk === 'more') await nextTurn();
      else if (chunk !== null) {
        if (chunks.length === 0) sinceMs = clock();
        chunks.push(chunk);
        bytes += chunk.bytes.length;
        lines += chunk.lines;
        if (chunks.length % 16 === 0) await nextTurn();
      } else {
        const patienceMs = spool.batches > 0 ? limits.gatherBusyMs : limits.gatherMs;
        if (o.once || (chunks.length > 0 && clock() - sinceMs >= patienceMs)) break;
        await o.toRead.wait(limits.scanMs);
        lookAround();
      }
    }
    return chunks;
  }

  async function keep(chunks: readonly Chunk[]): Promise<void> {
    const isDroppable = ({ after }: Chunk): boolean => o.whenFull === 'drop-oldest' && after.cursor !== '';
    const groups = [chunks.filter((chunk) => !isDroppable(chunk)), chunks.filter(isDroppable)];
    for (const [i, group] of groups.entries()) if (group.length > 0) await keepGroup(group, i === 1);
  }

  async function keepGroup(chunks: readonly Chunk[], canDrop: boolean): Promise<void> {
    for (const batch of makeBatches(chunks, o)) {
      while (!troubles.onDisk('disk', () => spool.add(batch, canDrop))) {
        // Stopped: what is not in the spool is read again.
        if (signal.aborted) return;
        await o.toRead.wait(limits.scanMs);
      }
      for (const { after } of batch.parts) memory.spooled(after);
      o.toSend.ring();
    }
  }

  lookAround();
  if (o.once) files.finish();
  while (!signal.aborted) {
    if (isSpoolFull()) await o.toRead.wait(limits.scanMs);
    else {
      const chunks = await gather();
      if (o.once && chunks.length === 0) return;
      if (!signal.aborted && chunks.length > 0) await keep(chunks);
    }
    lookAround();
  }
}

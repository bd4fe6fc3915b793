import type { Submission } from '../../model/source.ts';
import type { Logger } from '../../observe/log.ts';
import type { PersistentSubmit } from '../persistent-submit.ts';
import { replayBatches } from './replay-batches.ts';
import type { HeldSegment } from './segment-log.ts';
import type { DatagramSpool } from './spool.ts';

export interface Replay {
  /** Something came into the spool. */
  wake(): void;
  /** Begins nothing new. What the belt has under way is not waited for: the belt closes later. */
  close(): void;
}

export interface ReplayOptions {
  readonly spool: DatagramSpool;
  readonly submit: PersistentSubmit;
  /** Resolves once the belt has answered for what was handed to it directly of these sources; false when nothing was. */
  readonly answered: (sources: Iterable<string>) => Promise<void> | null;
  readonly taken: (transport: string, lines: number) => void;
  readonly linesMax: number;
  readonly pauseMs: number;
  readonly log: Logger;
}

/** Hands the spool's segments to the belt, one after the other, sources beside each other, until it has them. */
export function startReplay(o: ReplayOptions): Replay {
  const { spool, log } = o;
  let isClosing = false;
  let wakeUp: () => void = () => undefined;

  /** Whether the belt has them all, or they are given up for a fault of ours. */
  async function hand(batches: readonly Submission[]): Promise<boolean> {
    for (const batch of batches) {
      const isTaken = await o.submit.submit(batch);
      if (!isTaken && isClosing) return false;
      if (isTaken) o.taken(batch.transport, batch.lines.length);
      else spool.drop(batch.lines.length, 'fault', batch.source.id);
    }
    return true;
  }

  async function replay(segment: HeldSegment): Promise<void> {
    const batches = replayBatches(segment.id, await spool.read(segment), o.linesMax);
    // What was handed over directly is older; if the belt refuses it, it comes back and is first.
    const answered = o.answered(batches.keys());
    if (answered !== null) return answered;
    if (spool.isOutranked(segment)) return;
    const isDone = await Promise.all([...batches.values()].map(hand));
    if (isDone.every((each) => each)) await spool.remove(segment);
  }

  async function run(): Promise<void> {
    while (!isClosing) {
      const woken = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      try {
        const segment = await spool.next();
        if (segment === null) await woken;
        else await replay(segment);
      } catch (error) {
        log.error({ reason: String(error) }, 'the spool of datagrams cannot be read; it is tried again');
        const again = setTimeout(wakeUp, o.pauseMs);
        await woken;
        clearTimeout(again);
      }
    }
  }

  void run();
  return {
    wake: () => wakeUp(),
    close() {
      isClosing = true;
      wakeUp();
    },
  };
}

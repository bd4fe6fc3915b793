import { IntakeUncertain } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Handover } from './datagram-spool/frame.ts';
import type { DatagramSpoolLimits } from './datagram-spool/limits.ts';
import { startReplay } from './datagram-spool/replay.ts';
import type { DatagramSpool } from './datagram-spool/spool.ts';
import type { PersistentSubmit } from './persistent-submit.ts';
import type { LineIntake } from './ports.ts';

/** The way of datagrams to the belt: directly while it takes them, by the spool while it does not. */
export interface DatagramWay {
  /**
   * Resolves once the lines are stored, in the spool or lost: then the sender's next may come. Of one sender only one at
   * a time.
   */
  hand(handover: Handover): Promise<void>;
  /** Memory runs short: whatever the belt has not answered yet is not waited for. */
  hurry(): void;
  /** Lines that were lost on the way, since the start. */
  readonly dropped: number;
  /** Resolves when the belt has answered for everything that was handed to it directly. */
  settled(): Promise<void>;
  /** Syncs the spool; what it holds waits for the next start. */
  close(): Promise<void>;
}

export interface DatagramWayOptions {
  readonly intake: LineIntake;
  readonly submit: PersistentSubmit;
  readonly limits: DatagramSpoolLimits & { readonly retryMaxMs: number };
  readonly meter: (transport: string, outcome: 'taken' | 'spooled' | 'dropped', lines: number) => void;
  readonly log: Logger;
}

/** Lines the belt has and has not answered for. */
interface Head {
  readonly source: string;
  readonly settled: Promise<void>;
  /** Nobody waits for the answer any more: what its source sends goes to the spool. */
  isLate: boolean;
  giveUp(): void;
}

/**
 * Within a source nothing newer overtakes what is older: while lines of it are in the spool, or the belt is late with
 * some, its next go behind them.
 */
export function spooledWay(o: DatagramWayOptions & { readonly spool: DatagramSpool }): DatagramWay {
  const { intake, spool, limits, meter, log } = o;
  const heads = new Set<Head>();
  /** Sources with late heads, and how many. */
  const late = new Map<string, number>();
  let uncertain = 0;

  const replay = startReplay({
    spool,
    submit: o.submit,
    answered(sources) {
      const wanted = new Set(sources);
      const before = [...heads].filter(({ source }) => wanted.has(source));
      return before.length === 0 ? null : Promise.all(before.map(({ settled }) => settled)).then(() => undefined);
    },
    taken: (transport, lines) => meter(transport, 'taken', lines),
    linesMax: limits.spoolReplayLinesMax,
    pauseMs: limits.retryMaxMs,
    log,
  });

  function put(handover: Handover, place: 'refused' | 'behind'): void {
    const isKept = spool.put(handover, place);
    meter(handover.transport, isKept ? 'spooled' : 'dropped', handover.lines.length);
    replay.wake();
  }

  async function handDirectly(handover: Handover): Promise<void> {
    try {
      await intake.submit({ ...handover, key: '' });
      meter(handover.transport, 'taken', handover.lines.length);
    } catch (error) {
      // Handed over again they could be stored twice.
      if (error instanceof IntakeUncertain) {
        uncertain += handover.lines.length;
        meter(handover.transport, 'dropped', handover.lines.length);
        log.warn({ source: handover.source.id, lines: handover.lines.length }, error.message);
      } else put(handover, 'refused');
    }
  }

  function countLate(source: string, by: 1 | -1): void {
    const count = (late.get(source) ?? 0) + by;
    if (count === 0) late.delete(source);
    else late.set(source, count);
  }

  return {
    hand(handover) {
      const source = handover.source.id;
      if (spool.holds(source) || late.has(source)) {
        put(handover, 'behind');
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const settled = handDirectly(handover).finally(() => {
          clearTimeout(timer);
          heads.delete(head);
          if (head.isLate) countLate(source, -1);
          resolve();
        });
        const head: Head = {
          source,
          settled,
          isLate: false,
          giveUp() {
            if (head.isLate) return;
            head.isLate = true;
            countLate(source, 1);
            resolve();
          },
        };
        const timer = setTimeout(head.giveUp, limits.spoolAfterMs);
        heads.add(head);
      });
    },
    hurry() {
      for (const head of heads) head.giveUp();
    },
    get dropped() {
      return uncertain + spool.stats().dropped;
    },
    async settled() {
      await Promise.all([...heads].map(({ settled }) => settled));
    },
    async close() {
      replay.close();
      await spool.close();
    },
  };
}

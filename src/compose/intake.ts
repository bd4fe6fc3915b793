import type { Config } from '../config.ts';
import type { Detector, Pass } from '../detect/index.ts';
import { createIntake, type Intake } from '../ingest/index.ts';
import type { ReadLine } from '../ingest/read-line.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Queues } from '../queue/index.ts';
import type { Register } from '../register/index.ts';
import type { Closers } from './closers.ts';
import { every } from './every.ts';
import { openBlock } from './open-block.ts';
import type { Personal } from './personal.ts';
import type { RecentBatches } from './recent-batches.ts';
import type { Records } from './records.ts';

/** Signs of life are kept by the minute; given more often, none is missed. */
const beatMs = 25_000;

/** The belt of the role `collect`, between the collectors and the store. */
export function openIntake(o: {
  readonly config: Pick<Config, 'ingestLineBytesMax' | 'ingestWaitingRowsMax'>;
  readonly records: Pick<Records, 'store' | 'embedded'>;
  readonly queues: Pick<Queues, 'offerDetect'>;
  readonly closers: Closers;
  readonly register: Register;
  readonly readLine: ReadLine;
  readonly personal: Personal;
  /** How events are looked at while they are read; null without a detector in this process. */
  readonly look: Detector['look'] | null;
  readonly recent: RecentBatches<Pass>;
  readonly closeWaitMs: number;
  /** Name of this process. */
  readonly worker: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}): Intake {
  const { config, register, personal, look, recent, log } = o;
  const { store, embedded } = o.records;
  const intake = createIntake({
    readLine: o.readLine,
    // Without a sweep nobody adopts what a crash left of such a block.
    keyedTogether: embedded && look !== null,
    open: (day) =>
      openBlock(day, {
        store: store.events,
        look,
        recent,
        isAlone: embedded,
        beforeWrite: async () => {
          await personal.keepNew();
          // Elsewhere other workers take batches too, and how far they are is not known here.
          if (look !== null && embedded) await recent.room();
        },
        log,
      }),
    lookup: store.events.findBatch,
    mask: personal.line,
    locate: (source, host, atMs, ...addresses) => register.locate(source, host, atMs, addresses),
    offer: o.queues.offerDetect,
    deadLetter: async (rows) => {
      const masked = rows.map((row) => ({ ...row, head: personal.text(row.head) }));
      await personal.keepNew();
      await store.events.insertDeadLetters(masked);
    },
    limits: {
      lineBytesMax: config.ingestLineBytesMax,
      heldRowsMax: config.ingestWaitingRowsMax,
      closeWaitMs: o.closeWaitMs,
    },
    clock: o.clock,
    log: log.child({ part: 'ingest' }),
    metrics: o.metrics,
  });
  o.closers.add('intake', () => intake.close());
  // Without a sign a source's silence is ours: it could not have been taken in.
  const beat = async (): Promise<void> => {
    if (!intake.stats().storeAway) await store.sourceWatch.beat('collect', o.worker);
  };
  void beat().catch(() => undefined);
  o.closers.add('heartbeat', every(beatMs, 'heartbeat', beat, log));
  return intake;
}

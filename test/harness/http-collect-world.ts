import Fastify, { type FastifyPluginAsync } from 'fastify';
import type { HttpCollectorOptions } from '../../src/collect/http-door.ts';
import { createHttpRoom } from '../../src/collect/http-room.ts';
import { createIntake } from '../../src/ingest/index.ts';
import type { BatchRef } from '../../src/model/batch.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { Source } from '../../src/model/source.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { openStore } from '../../src/store/index.ts';
import { startClickHouse } from './clickhouse.ts';
import { readLine } from './read-line.ts';

export const collectorToken = 'vgc_token-of-a-collector';

export const collectorSource: Source = {
  id: 'shipper',
  name: 'shipper',
  org: '',
  system: '',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};

/** HTTP collectors over the real belt and the real engine. */
export interface CollectorWorld {
  readonly url: string;
  /** Every event stored so far. */
  events(): Promise<readonly SecurityEvent[]>;
  /** Taken and not stored yet. */
  waitingRows(): number;
  /** The engine stops answering, and goes on. */
  silence(): void;
  resume(): void;
  /** The engine dies; whoever keeps it starts it again. */
  kill(): void;
  metricsText(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Patience is short here, so that what takes half a minute elsewhere takes seconds; but longer than a busy machine takes
 * for an insert, since some clients do not send again what was refused.
 */
export async function startCollectorWorld(
  collectors: readonly ((o: HttpCollectorOptions) => FastifyPluginAsync)[],
): Promise<CollectorWorld> {
  const log = createLog('silent');
  const metrics = createMetrics();
  const closers: (() => Promise<unknown>)[] = [];
  const offered = new Map<string, BatchRef>();
  const backing = await startClickHouse();
  closers.push(() => backing.close());
  const store = await openStore({ backing, replicated: false, log, clock: Date.now });
  closers.push(() => store.close());
  const intake = createIntake({
    readLine,
    open: store.events.open,
    lookup: store.events.findBatch,
    deadLetter: store.events.insertDeadLetters,
    offer: async (ref) => void offered.set(ref.id, ref),
    locate: () => ({ org: '', system: '', level: 0 }),
    limits: { silentMs: 5_000, awayGraceMs: 5_000 },
    clock: Date.now,
    log,
    metrics,
  });
  closers.push(() => intake.close());
  const app = Fastify({ forceCloseConnections: true });
  closers.push(() => app.close());
  const authenticate = async (token: string): Promise<Source | null> =>
    token === collectorToken ? collectorSource : null;
  const limits = { answerWaitMs: 8_000 };
  const room = createHttpRoom(metrics, limits);
  for (const create of collectors) await app.register(create({ intake, authenticate, limits, room, log, metrics }));
  const signal = (name: NodeJS.Signals): void => {
    if (backing.pid === null) throw new Error('only an engine of our own can be silenced');
    process.kill(backing.pid, name);
  };
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    events: async () => (await Promise.all([...offered.values()].map((ref) => store.events.readBatch(ref)))).flat(),
    waitingRows: () => intake.stats().waitingRows,
    silence: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill: () => signal('SIGKILL'),
    metricsText: () => metrics.text(),
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}

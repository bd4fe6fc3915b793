import { createLineHeaders } from '../../src/collect/line-headers.ts';
import type { LineIntake } from '../../src/collect/ports.ts';
import {
  type ListenerLimits,
  type Listeners,
  openListeners,
  type Transport,
} from '../../src/collect/stream-listeners.ts';
import type { TlsFiles } from '../../src/collect/stream-tls.ts';
import { createIntake } from '../../src/ingest/index.ts';
import type { BatchRef } from '../../src/model/batch.ts';
import type { Source } from '../../src/model/source.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createRegister, unknownSource } from '../../src/register/index.ts';
import { openStore } from '../../src/store/index.ts';
import { startClickHouse } from './clickhouse.ts';
import { readLine } from './read-line.ts';

type Stored = Awaited<ReturnType<Awaited<ReturnType<typeof openStore>>['events']['readBatch']>>[number];

/** A row's place in its batch. */
const placeOf = ({ id }: Stored): number => Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36);

/** Listeners, the real belt and a real ClickHouse behind them. */
export interface CollectWorld {
  readonly listeners: Listeners;
  readonly intake: LineIntake;
  readonly pid: number | null;
  /** Everything in the store, in the order of its ids, of one source when it is named. */
  stored(source?: string): Promise<readonly Stored[]>;
  /** Ids of batches, in the order they were committed. */
  commits(): readonly string[];
  deadLetters(): Promise<readonly { readonly reason: string; readonly source: string }[]>;
  close(): Promise<void>;
}

export function sourceNamed(id: string, more: Partial<Source> = {}): Source {
  return { ...unknownSource, id, name: id, ...more };
}

export async function startCollectWorld(o: {
  readonly listen: readonly Transport[];
  readonly sources?: readonly Source[];
  readonly tls?: TlsFiles;
  readonly limits?: Partial<ListenerLimits>;
  readonly spoolDir?: string;
}): Promise<CollectWorld> {
  const log = createLog('silent');
  const metrics = createMetrics();
  const backing = await startClickHouse();
  const store = await openStore({ backing, replicated: false, log, clock: Date.now });
  const register = createRegister({
    load: async (kind) =>
      kind === 'system'
        ? []
        : (o.sources ?? []).map((each) => ({ subject: each.id, document: { ...each } as Record<string, unknown> })),
  });
  await register.refresh();
  const offered = new Map<string, BatchRef>();
  const intake = createIntake({
    readLine,
    open: store.events.open,
    lookup: store.events.findBatch,
    deadLetter: store.events.insertDeadLetters,
    offer: async (ref) => void offered.set(ref.id, ref),
    locate: (source, host, atMs, ...addresses) => register.locate(source, host, atMs, addresses),
    clock: Date.now,
    log,
    metrics,
  });
  const at = { host: '127.0.0.1', port: 0 };
  const listeners = await openListeners({
    intake,
    sourceOf: register.sourceOf,
    headers: createLineHeaders(),
    listen: Object.fromEntries(o.listen.map((transport) => [transport, at])),
    tls: o.tls ?? null,
    ...(o.limits === undefined ? {} : { limits: o.limits }),
    ...(o.spoolDir === undefined ? {} : { spoolDir: o.spoolDir }),
    clock: Date.now,
    log,
    metrics,
  });
  const read = new Map<string, readonly Stored[]>();
  return {
    listeners,
    intake,
    get pid() {
      return backing.pid;
    },
    async stored(source) {
      const refs = [...offered.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const rows: Stored[] = [];
      for (const ref of refs) {
        const known = read.get(ref.id) ?? (await store.events.readBatch(ref)).sort((a, b) => placeOf(a) - placeOf(b));
        read.set(ref.id, known);
        rows.push(...known);
      }
      return source === undefined ? rows : rows.filter((row) => row.source === source);
    },
    commits: () => [...offered.keys()],
    deadLetters: () => store.events.deadLetters(1_000),
    async close() {
      await listeners.close();
      await intake.close();
      await store.close();
      await backing.close();
    },
  };
}

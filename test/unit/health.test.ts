import { describe, expect, it, vi } from 'vitest';
import { createHealth, type HealthParts } from '../../src/compose/health.ts';
import type { RuleSetView } from '../../src/contract/api.ts';
import { defaultFeedLimits } from '../../src/feed/limits.ts';

const depth = { waiting: 0, active: 0, delayed: 0, oldestMs: 0 };

const ruleSet: RuleSetView = {
  version: 'rules-1',
  loadedMs: 0,
  detections: 1,
  correlations: 0,
  filters: 0,
  refused: [],
  refusedTotal: 0,
  failure: '',
  failedMs: 0,
};

function parts(more: { coverage?: () => Promise<never>; storeAway?: boolean } = {}): HealthParts {
  const stats = { waitingRows: 7, lagMs: 4000, storeAway: more.storeAway ?? false };
  return {
    version: '0',
    store: {
      ping: async () => true,
      events: {
        coverage: more.coverage ?? (async () => ({ lastBatch: 'b', waiting: 0, oldestWaitingMs: 0 })),
        sources: async () => [],
        workers: async () => [],
      },
      sourceWatch: { openBreaches: async () => [] },
      notices: { counts: async () => ({ waiting: 0, failed: 0, oldestWaitingMs: 0 }) },
    } as unknown as HealthParts['store'],
    queues: { depth: async () => ({ detect: depth, notify: depth }) },
    register: { sources: () => [], source: () => null },
    intake: { stats: () => stats } as unknown as NonNullable<HealthParts['intake']>,
    droppedUdp: () => 0,
    spool: () => null,
    rules: () => ruleSet,
    clock: Date.now,
  };
}

describe('the platform says how it is', () => {
  it('well', async () => {
    expect(await createHealth(parts())()).toMatchObject({ status: 'ok', store: { up: true } });
  });

  it('behind as long as datagrams wait on the disk, and in trouble when the disk does not take them', async () => {
    const spool = { lines: 9, bytes: 900, bytesMax: 1000, dropped: 2, sinceMs: Date.now() - 60_000, failure: '' };
    const late = await createHealth({ ...parts(), spool: () => spool })();
    const { sinceMs: _, ...shown } = spool;
    expect(late).toMatchObject({ status: 'degraded', collect: { spool: shown } });
    expect(late.collect.lagMs).toBeGreaterThanOrEqual(60_000);
    const failing = { ...spool, lines: 0, sinceMs: null, failure: 'ENOSPC' };
    expect(await createHealth({ ...parts(), spool: () => failing })()).toMatchObject({ status: 'degraded' });
  });

  it('down when the store answers questions but takes no rows (a full disk)', async () => {
    expect(await createHealth(parts({ storeAway: true }))()).toMatchObject({
      status: 'down',
      store: { up: false },
      collect: { waitingRows: 7, lagMs: 4000 },
    });
  });

  it('down, and soon enough for those who ask, when the store is silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = createHealth(parts({ coverage: () => new Promise(() => undefined) }));
    const answer = silent();
    // The live feed gives a health up that takes longer, just when everybody should see it.
    await vi.advanceTimersByTimeAsync(defaultFeedLimits.answerMs - 100);
    vi.useRealTimers();
    expect(await answer).toMatchObject({ status: 'down', store: { up: false }, collect: { waitingRows: 7 } });
  });
});

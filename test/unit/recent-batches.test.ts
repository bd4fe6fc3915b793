import { describe, expect, it } from 'vitest';
import { createRecentBatches } from '../../src/compose/recent-batches.ts';
import { createMetrics } from '../../src/observe/metrics.ts';

const rows = (count: number) => ({ held: count });
const ref = (id: string) => ({ id, day: '2026-11-22' });

function recentOf(o: { rowsMax: number; roomWaitMs: number }) {
  const metrics = createMetrics();
  return { recent: createRecentBatches({ ...o, metrics }), text: () => metrics.text() };
}

describe('recent batches', () => {
  it('a batch is taken once; the oldest go when there are too many rows', () => {
    const { recent } = recentOf({ rowsMax: 10, roomWaitMs: 60_000 });
    for (const id of ['a', 'b', 'c']) recent.keep(id, rows(4));
    expect(['a', 'b', 'c', 'b'].map((id) => recent.take(ref(id))?.held ?? 0)).toEqual([0, 4, 4, 0]);
  });

  it('there is room while the detector keeps up, and again when it has caught up', async () => {
    const { recent, text } = recentOf({ rowsMax: 10, roomWaitMs: 60_000 });
    recent.keep('a', rows(5));
    await recent.room();
    recent.keep('b', rows(1));
    recent.take(ref('a'));
    const order: string[] = [];
    const waited = recent.room().then(() => order.push('room'));
    await new Promise((resolve) => setImmediate(resolve));
    order.push('done');
    recent.done(ref('a'));
    await waited;
    expect(order).toEqual(['done', 'room']);
    expect(await text()).toContain('vonggac_ingest_paced_total{outcome="room"} 1');
  });

  it('a detector that takes nothing holds a batch up for no longer than the bound', async () => {
    const { recent, text } = recentOf({ rowsMax: 10, roomWaitMs: 5 });
    recent.keep('a', rows(9));
    await recent.room();
    expect(await text()).toContain('vonggac_ingest_paced_total{outcome="given-up"} 1');
  });
});

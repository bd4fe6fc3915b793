import { describe, expect, it } from 'vitest';
import { createDocumentReader } from '../../src/compose/indicator-reading.ts';
import { createBookKeeper } from '../../src/indicators/keeper.ts';
import { defaultIndicatorLimits as limits } from '../../src/indicators/limits.ts';
import { readDocument } from '../../src/indicators/read-document.ts';
import { matcherOf } from '../../src/indicators/rule-facts.ts';
import type { LedgerRow } from '../../src/model/incident.ts';
import type { Indicator } from '../../src/model/indicator.ts';
import { memoryIndicators } from '../harness/memory-indicators.ts';

const about = { validFromMs: 0, validUntilMs: 0, description: '', tags: [], sourceId: '' } as const;
const domain = (value: string): Indicator => ({ type: 'domain', value, ...about });

describe('the book of indicators in force', () => {
  const ledger: LedgerRow[] = [];
  const rows = memoryIndicators(ledger);
  const read: string[] = [];
  const keeper = createBookKeeper({
    ledger: { all: async () => ledger.slice(-1) },
    content: {
      content: (list, until) => {
        read.push(`content ${until}`);
        return rows.content(list, until);
      },
      changes: (list, after, until) => {
        read.push(`changes ${after}-${until}`);
        return rows.changes(list, after, until);
      },
    },
  });
  const seen = (text: string): boolean => matcherOf(keeper.book()).match({ fields: { text } }).length > 0;

  async function change(revision: number, ...changes: readonly (readonly [Indicator, removed: boolean])[]) {
    const list = { id: 'l', name: 'l', severity: 'high', tags: [], revision, retired: false };
    await rows.write(
      'l',
      revision,
      changes.map(([indicator, removed]) => ({ indicator, removed, fresh: !removed })),
    );
    ledger.push({ kind: 'indicator-list', subject: 'l', version: revision, document: list } as unknown as LedgerRow);
  }

  it('is swapped whole, and the event loop has its turns while one of many is made', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => [domain(`evil${i}.vn`), false] as const);
    await change(1, ...many);
    const sizes = new Set<number>();
    let turns = 0;
    let done = false;
    const refreshing = keeper.refresh().finally(() => {
      done = true;
    });
    while (!done) {
      sizes.add(keeper.book().size);
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await refreshing;
    sizes.add(keeper.book().size);
    expect([...sizes]).toEqual([0, 60_000]);
    expect(turns).toBeGreaterThan(3);
  });

  it('reads what changed, and not all of it again', async () => {
    await change(2, [domain('evil7.vn'), true], [domain('other.vn'), false]);
    await keeper.refresh();
    await change(3, [{ ...domain('other.vn'), validUntilMs: 5 }, false]);
    await keeper.refresh();
    expect(read).toEqual(['content 1', 'changes 1-2', 'changes 2-3']);
    expect(keeper.book().size).toBe(60_000);
    expect([seen('evil7.vn'), seen('evil8.vn'), seen('other.vn')]).toEqual([false, true, true]);
    const expired = { fields: { text: 'other.vn' }, eventTimeMs: 5 };
    expect(matcherOf(keeper.book()).match(expired)).toEqual([]);
  });

  it('is the old one when the store goes away in the middle', async () => {
    await change(4, [domain('late.vn'), false]);
    const before = keeper.book();
    const { changes } = rows;
    rows.changes = () => Promise.reject(new Error('away'));
    await expect(keeper.refresh()).rejects.toThrow('away');
    expect(keeper.book()).toBe(before);
    rows.changes = changes;
    await keeper.refresh();
    expect(seen('late.vn')).toBe(true);
  });
});

describe('a large document is read in a thread', () => {
  const reader = createDocumentReader(limits);
  const large = Buffer.from(
    `value,description\n${Array.from({ length: 5_000 }, (_, i) => `evil${i}.vn,số ${i}`).join('\n')}\n10.0.0.1,nội bộ\n`,
  );

  it('and comes to what it does at once', async () => {
    expect(large.length).toBeGreaterThan(64 * 1024);
    const reading = await reader(large, 'auto');
    expect(reading.indicators).toHaveLength(5_000);
    expect(reading).toEqual(readDocument(large, 'auto', limits));
  });

  it('two at a time, and after one that is refused', async () => {
    const broken = Buffer.from(`{"type":"bundle",${' '.repeat(70_000)}`);
    const [refused, taken] = await Promise.allSettled([reader(broken, 'stix'), reader(large, 'csv')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'indicators-refused' } });
    expect(taken).toMatchObject({ status: 'fulfilled', value: { format: 'csv', notTakenTotal: 1 } });
  });

  it('of values taken back alone, too', async () => {
    const objects = Array.from({ length: 2_500 }, (_, i) => ({
      type: 'indicator',
      id: `indicator--${i}`,
      pattern: `[domain-name:value = 'evil${i}.vn']`,
      revoked: true,
    }));
    const reading = await reader(Buffer.from(JSON.stringify({ type: 'bundle', objects })), 'auto');
    expect([reading.indicators.length, reading.revoked.length]).toEqual([0, 2_500]);
  });
});

import { describe, expect, it, test } from 'vitest';
import { openBlock } from '../../src/compose/open-block.ts';
import { createRecentBatches } from '../../src/compose/recent-batches.ts';
import type { Pass } from '../../src/detect/index.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import {
  createDetectionWorld,
  type EventSpec,
  eventOf,
  minuteMs,
  rulesOf,
  tenOClock,
  threeRules,
} from '../harness/detection-world.ts';

const specs: readonly EventSpec[] = Array.from({ length: 40 }, (_, i) => ({
  command: ['notepad', 'whoami /all', 'net user x /add', 'calc', 'mimikatz'][i % 5] ?? '',
  host: `MAY-0${i % 3}`,
  atMs: tenOClock + i * minuteMs,
}));

describe('a batch that was looked at while it was read', () => {
  test.each([1, 7, 40, 1_000])(
    '%i events at a time: comes to what the stored rows come to, and is not read again',
    async (at) => {
      const stored = createDetectionWorld();
      const before = await stored.detector.evaluate(stored.commit('b1', specs));
      const reads: string[] = [];
      const looked = createDetectionWorld({ step: (what) => void reads.push(what) });
      const evaluation = await looked.detector.evaluate(await looked.commitLooked('b1', specs, at));
      expect({ ...evaluation, durationMs: 0 }).toEqual({ ...before, durationMs: 0 });
      expect(looked.store.dump()).toEqual(stored.store.dump());
      expect([...looked.notices]).toEqual([...stored.notices]);
      expect(looked.published).toEqual(stored.published);
      expect(reads).not.toContain('readBatch');
    },
  );

  test('by rules no longer in force: those in force look at the stored rows', async () => {
    const world = createDetectionWorld();
    const ref = await world.commitLooked('b1', specs, 10);
    world.swapRules(rulesOf(threeRules.replace("contains: 'notepad'", '').replace("'whoami'", "'notepad'")));
    const evaluation = await world.detector.evaluate(ref);
    expect(evaluation.findings).toBe(24);
    const who = world.store.dump().alerts.filter(({ rule }) => rule.title === 'Who am I');
    expect(who.length).toBeGreaterThan(0);
    expect(who.every(({ entity }) => !JSON.stringify(entity).includes('whoami'))).toBe(true);
  });

  test('evaluated again after a failure, it is read from the store and nothing is doubled', async () => {
    let failing = true;
    const world = createDetectionWorld({
      step: (what, when) => {
        if (failing && what === 'notify' && when === 'before') throw new Error('redis is away');
      },
    });
    const plain = createDetectionWorld();
    await plain.detector.evaluate(plain.commit('b1', specs));
    const ref = await world.commitLooked('b1', specs, 10);
    await expect(world.detector.evaluate(ref)).rejects.toThrow('redis is away');
    failing = false;
    await world.detector.evaluate(ref);
    expect(world.store.dump()).toEqual(plain.store.dump());
  });
});

describe('a block on its way to the store', () => {
  const log = createLog('silent');
  const head = (id: string, key = '') => ({ id, day: '2026-11-22', receivedTimeMs: tenOClock, key });

  function block(o: { readonly isOurs?: boolean; readonly isAlone?: boolean; readonly look?: (day: string) => Pass }) {
    const { detector } = createDetectionWorld();
    const recent = createRecentBatches<Pass>({ rowsMax: 1_000, roomWaitMs: 1, metrics: createMetrics() });
    const open = openBlock('2026-11-22', {
      store: {
        open: () => ({
          begin: () => undefined,
          add: async () => undefined,
          write: async () => ({ committedTimeMs: 1, isOurs: o.isOurs ?? true }),
          close: () => undefined,
        }),
      },
      look: o.look ?? detector.look,
      recent,
      isAlone: o.isAlone ?? true,
      beforeWrite: async () => undefined,
      log,
    });
    return { open, found: (id: string) => recent.take({ id, day: '2026-11-22' })?.hits ?? null };
  }
  const rows = (id: string) => specs.map((spec, i) => eventOf(id, i, spec));

  it('what was found in each of its batches waits for the detector once it is written', async () => {
    const { open, found } = block({});
    open.begin(head('a'));
    await open.add(rows('a'));
    open.begin(head('b', 'key'));
    await open.add(rows('b').slice(0, 5));
    expect(found('a')).toBeNull();
    await open.write();
    expect([found('a'), found('b')]).toEqual([24, 3]);
  });

  it.each([
    ['rows that may be others than those stored', { isOurs: false }, '', null],
    ['a keyed batch that another process may have stored', { isAlone: false }, 'key', null],
    ['a batch without a key beside other processes', { isAlone: false }, '', 24],
  ] as const)('%s', async (_, o, key, wanted) => {
    const { open, found } = block(o);
    open.begin(head('a', key));
    await open.add(rows('a'));
    await open.write();
    expect(found('a')).toBe(wanted);
  });

  it('is taken in although looking at it fails', async () => {
    const { detector } = createDetectionWorld();
    const look = (day: string): Pass => ({
      ...detector.look(day),
      hold: async () => {
        throw new Error('a bug of ours');
      },
    });
    const { open, found } = block({ look });
    open.begin(head('a'));
    await open.add(rows('a'));
    await open.write();
    expect(found('a')).toBeNull();
  });
});

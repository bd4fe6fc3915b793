import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { eventBlock } from '../../src/store/event-block.ts';
import { defaultStoreLimits, SchemaNewer, StoreAway } from '../../src/store/index.ts';
import { migrations } from '../../src/store/migrate.ts';
import { openSql } from '../../src/store/sql.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { anEvent, day0, events, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
const ref = (id: string) => ({ id, day: day0 });
const batch = (id: string, key = '') => ({ id, day: day0, receivedTimeMs: t0 + 5_000, key });

async function rowsOf(id: string): Promise<number> {
  const [row] = await use().sql.rows<{ n: string }>('SELECT count() AS n FROM events WHERE batch = {id:String}', {
    id,
  });
  return Number(row?.n);
}

async function ledgerRowsOf(id: string): Promise<number> {
  const [row] = await use().sql.rows<{ n: string }>('SELECT count() AS n FROM batches WHERE batch = {id:String}', {
    id,
  });
  return Number(row?.n);
}

/** What is left when a writer dies after its rows and before its ledger row. */
async function crashAfterRows(id: string, count: number): Promise<void> {
  const o = { day: day0, committedTimeMs: use().clockMs, retention: { all: 1200 } };
  await use().sql.insertBlock('events', eventBlock(events(id, count), o), id);
}

describe('a batch is stored once', () => {
  test('what was written comes back, ordered by id, with its three times', async () => {
    const rows = events('plain', 40);
    const { committedTimeMs } = await insertBatch(use().store.events, batch('plain'), rows);
    const want = rows.map((e) => ({ ...e, committedTimeMs })).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await use().store.events.readBatch(ref('plain'))).toEqual(want);
    expect(await use().store.events.findBatch('plain')).toEqual({
      ...ref('plain'),
      rows: 40,
      receivedTimeMs: t0 + 5_000,
      committedTimeMs,
      sources: ['src-qlvb'],
      how: 'committed',
    });
  });

  test('the same batch again, later and at the same time from two processes', async () => {
    const other = await use().another();
    const rows = events('twice', 25);
    await Promise.all([
      insertBatch(use().store.events, batch('twice'), rows),
      insertBatch(other.events, batch('twice'), rows),
      insertBatch(use().store.events, batch('twice'), rows),
    ]);
    use().clockMs += 1;
    await insertBatch(other.events, batch('twice'), rows);
    expect([await rowsOf('twice'), await ledgerRowsOf('twice')]).toEqual([25, 1]);
  });

  test('batches of one block are one insert, each with its own ledger row, however often it is sent', async () => {
    const open = use().store.events.open(day0);
    for (const id of ['g-1', 'g-2', 'g-3']) {
      open.begin(batch(id, `key of ${id}`));
      await open.add(events(id, 5));
    }
    const parts = async (): Promise<unknown> => {
      const [row] = await use().sql.rows<{ n: string }>(
        "SELECT uniqExact(_part) AS n FROM events WHERE batch IN ('g-1', 'g-2', 'g-3')",
      );
      return Number(row?.n);
    };
    expect(await open.write()).toMatchObject({ isOurs: true });
    expect(await parts()).toBe(1);
    await open.write();
    open.close();
    for (const id of ['g-1', 'g-2', 'g-3']) {
      expect([await rowsOf(id), await ledgerRowsOf(id)]).toEqual([5, 1]);
      expect(await use().store.events.findBatch(id)).toMatchObject({ id, rows: 5, sources: ['src-qlvb'] });
      expect((await use().store.events.readBatch(ref(id))).map(({ batch: of }) => of)).toEqual(Array(5).fill(id));
    }
  });

  test('one row that no row can hold refuses its whole block, and none of it is there', async () => {
    const open = use().store.events.open(day0);
    open.begin(batch('h-1', 'h1'));
    await open.add(events('h-1', 2));
    open.begin(batch('h-2', 'h2'));
    await open.add(events('h-2', 2, { level: 256 }));
    await expect(open.write()).rejects.toMatchObject({ code: 'store-refused' });
    open.close();
    expect([await rowsOf('h-1'), await rowsOf('h-2')]).toEqual([0, 0]);
  });

  test('a batch that is being written is left to its writer by everybody else', async () => {
    const { store } = use();
    const open = store.events.open(day0);
    open.begin(batch('slow'));
    await open.add(events('slow', 2));
    await crashAfterRows('slow', 2);
    const restarted = await use().another();
    const end = open.write();
    use().clockMs += 60_000;
    expect((await store.events.adoptOrphans(30_000)).map((b) => b.id)).not.toContain('slow');
    await end;
    open.close();
    expect((await restarted.events.adoptOrphans(30_000)).map((b) => b.id)).not.toContain('slow');
    expect(await ledgerRowsOf('slow')).toBe(1);
  });

  test('looked up at once, batches are asked for together and each gets its own answer', async () => {
    const ids = ['g-1', 'nobody', 'g-2', 'g-1', 'g-3'];
    const found = await Promise.all(ids.map((id) => use().store.events.findBatch(id)));
    expect(found.map((each) => each?.id ?? null)).toEqual(['g-1', null, 'g-2', 'g-1', 'g-3']);
  });

  test('a keyed batch again after midnight keeps its first day and its committed time', async () => {
    const first = await insertBatch(use().store.events, batch('k-night', 'key-1'), events('k-night', 3));
    use().clockMs += 86_400_000;
    const again = await insertBatch(
      use().store.events,
      { ...batch('k-night', 'key-1'), day: '2026-11-23' },
      events('k-night', 3),
    );
    use().clockMs -= 86_400_000;
    expect(first).toMatchObject({ isOurs: true });
    expect(again).toEqual({ ...first, isOurs: false });
    expect(await rowsOf('k-night')).toBe(3);
  });

  test('a large batch is one block, so it can only be there whole', async () => {
    const wide = 'x'.repeat(3_000);
    await insertBatch(use().store.events, batch('large'), events('large', 10_000, { raw: wide }));
    const parts = await use().sql.rows('SELECT DISTINCT _part FROM events WHERE batch = {id:String}', { id: 'large' });
    expect(parts).toHaveLength(1);
    expect(await rowsOf('large')).toBe(10_000);
  });
});

describe('a crash between the rows and the ledger row', () => {
  test('adopted once, by whoever looks first', async () => {
    await crashAfterRows('orphan', 7);
    use().clockMs += 60_000;
    const other = await use().another();
    const adopted = await Promise.all([use().store.events.adoptOrphans(30_000), other.events.adoptOrphans(30_000)]);
    const ids = new Set(adopted.flat().map((b) => b.id));
    expect([...ids]).toEqual(['orphan']);
    expect(await ledgerRowsOf('orphan')).toBe(1);
    expect(await use().store.events.findBatch('orphan')).toMatchObject({
      rows: 7,
      how: 'adopted',
      sources: ['src-qlvb'],
    });
    expect(await use().store.events.adoptOrphans(30_000)).toEqual([]);
    expect(await other.events.unevaluated(1_000)).toContainEqual(ref('orphan'));
  });

  test('rows younger than asked for are left to their writer', async () => {
    await crashAfterRows('young', 2);
    expect(await use().store.events.adoptOrphans(30_000)).toEqual([]);
    use().clockMs += 60_000;
    expect((await use().store.events.adoptOrphans(30_000)).map((b) => b.id)).toEqual(['young']);
  });

  test('a refusal of rows that landed before is none: the batch is there, and nobody sends it on another way', async () => {
    await crashAfterRows('landed', 3);
    // Past the time after a start in which every look-up asks the events.
    use().clockMs += 600_000;
    const unreadable = events('landed', 3, { level: -1 });
    await insertBatch(use().store.events, batch('landed'), unreadable);
    expect([await rowsOf('landed'), await ledgerRowsOf('landed')]).toEqual([3, 1]);
    const error = await insertBatch(
      use().store.events,
      batch('not-landed'),
      events('not-landed', 3, { level: -1 }),
    ).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'store-refused' });
    expect(await rowsOf('not-landed')).toBe(0);
  });

  test('the writer that retries completes its own batch', async () => {
    await crashAfterRows('retried', 4);
    await insertBatch(use().store.events, batch('retried'), events('retried', 4));
    expect([await rowsOf('retried'), await ledgerRowsOf('retried')]).toEqual([4, 1]);
  });

  test('a keyed batch found by its rows alone is answered after a restart, not written again', async () => {
    await crashAfterRows('k-orphan', 4);
    const restarted = await use().another();
    expect(await restarted.events.findBatch('k-orphan')).toMatchObject({ rows: 4, how: 'adopted' });
    await insertBatch(restarted.events, { ...batch('k-orphan', 'key-2'), day: '2026-11-23' }, events('k-orphan', 4));
    expect(await rowsOf('k-orphan')).toBe(4);
  });

  test('until a sweep has been over the time before the start, a keyed batch is looked for among the rows, however late', async () => {
    const restarted = await use().another();
    use().clockMs += 600_000;
    await restarted.events.adoptOrphans(900_000);
    await crashAfterRows('k-late', 3);
    expect(await restarted.events.findBatch('k-late')).toMatchObject({ rows: 3, how: 'adopted' });
    await restarted.events.adoptOrphans(30_000);
    await crashAfterRows('k-later', 3);
    expect(await restarted.events.findBatch('k-later')).toBeNull();
    use().clockMs += 60_000;
    await restarted.events.adoptOrphans(30_000);
    use().clockMs -= 660_000;
  });

  test('a keyed batch another process left without a ledger row is completed by one that was running all along', async () => {
    use().clockMs += 600_000;
    await crashAfterRows('k-other', 4);
    await insertBatch(use().store.events, batch('k-other', 'key-3'), events('k-other', 4));
    expect([await rowsOf('k-other'), await ledgerRowsOf('k-other')]).toEqual([4, 1]);
    use().clockMs -= 600_000;
  });
});

describe('coverage', () => {
  test('a batch waits until it has an evaluation, oldest first', async () => {
    const other = await use().another();
    const waitingBefore = (await other.events.coverage()).waiting;
    use().clockMs += 1_000;
    await insertBatch(other.events, batch('w1'), events('w1', 2));
    use().clockMs += 1_000;
    await insertBatch(other.events, batch('w2'), events('w2', 2));
    const order = (await other.events.unevaluated(1_000)).map((b) => b.id).filter((id) => /^w\d$/.test(id));
    expect(order).toEqual(['w1', 'w2']);
    expect((await other.events.coverage()).waiting).toBe(waitingBefore + 2);
    const evaluation = { ruleSet: 'rs1', events: 2, findings: 0, rules: 5, durationMs: 1, worker: 'w', day: day0 };
    for (const id of ['w1', 'w2', 'w1']) {
      use().clockMs += 1;
      await other.events.recordEvaluation({ ...evaluation, batch: id, evaluatedTimeMs: use().clockMs });
    }
    expect((await other.events.unevaluated(1_000)).map((b) => b.id)).not.toContain('w1');
    expect(await other.events.coverage()).toMatchObject({ waiting: waitingBefore, lastBatch: 'w2' });
  });

  test('a batch left behind weeks ago is still found by a process that starts today', async () => {
    const day = '2026-10-01';
    const old = { id: 'left-behind', day, receivedTimeMs: Date.UTC(2026, 9, 1), key: '' };
    await insertBatch(use().store.events, old, events('left-behind', 1));
    const fresh = await use().another();
    expect(await fresh.events.unevaluated(1_000)).toContainEqual({ id: 'left-behind', day });
  });
});

describe('a platform that was off for weeks', () => {
  test('adopts the rows its last crash left, and then finds them waiting', async () => {
    const startMs = use().clockMs;
    await crashAfterRows('before-the-holiday', 3);
    use().clockMs += 21 * 86_400_000;
    const fresh = await use().another();
    expect((await fresh.events.unevaluated(1_000)).map((b) => b.id)).not.toContain('before-the-holiday');
    expect((await fresh.events.adoptOrphans(30_000)).map((b) => b.id)).toEqual(['before-the-holiday']);
    expect(await fresh.events.unevaluated(1_000)).toContainEqual(ref('before-the-holiday'));
    use().clockMs = startMs;
  });

  test('a process that runs on keeps what waits in sight, day after day', async () => {
    const startMs = use().clockMs;
    const running = await use().another();
    await insertBatch(running.events, batch('waits-long'), events('waits-long', 1));
    for (let day = 0; day < 6; day++) {
      expect(await running.events.unevaluated(1_000)).toContainEqual(ref('waits-long'));
      use().clockMs += 86_400_000;
    }
    expect((await running.events.coverage()).oldestWaitingMs).toBeGreaterThanOrEqual(6 * 86_400_000);
    use().clockMs = startMs;
  });
});

describe('sources and dead letters', () => {
  test('rate and share of unparsed rows come from the ledger of batches', async () => {
    const rows = events('rates', 30, { source: 'src-rates' }).map((e, i) =>
      i < 6 ? { ...e, parseStatus: 'raw' as const, parseReason: 'no parser' } : e,
    );
    await insertBatch(use().store.events, { ...batch('rates'), receivedTimeMs: use().clockMs }, rows);
    const sources = await use().store.events.sources();
    expect(sources.find((s) => s.id === 'src-rates')).toEqual({
      id: 'src-rates',
      lastReceivedMs: use().clockMs,
      perMinute: 6,
      rawShare: 0.2,
    });
  });

  test('dead letters keep 4 KiB of head, newest first', async () => {
    const letter = { source: 's', transport: 'http', peer: '10.0.0.1', reason: 'line too long', bytes: 70_000 };
    await use().store.events.insertDeadLetters([
      { ...letter, atMs: t0, head: 'a'.repeat(70_000) },
      { ...letter, atMs: t0 + 1, head: 'b\ud800' },
    ]);
    const [newest, older] = await use().store.events.deadLetters(2);
    expect(newest).toEqual({ ...letter, atMs: t0 + 1, head: 'b\ufffd' });
    expect(older?.head).toBe('a'.repeat(4_096));
  });
});

describe('opening', () => {
  test('many starters at once apply the schema once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => use().another()));
    expect(
      await use().sql.rows('SELECT version, count() AS n FROM migrations GROUP BY version ORDER BY version'),
    ).toEqual(migrations.map(({ version }) => ({ version, n: expect.anything() })));
  });

  test('a database from a newer program is refused with both versions named', async () => {
    await use().sql.insert(
      'migrations',
      ['version', 'name', 'applied_time'],
      ['[999, "future", "2027-01-01 00:00:00.000"]'],
      'future',
    );
    const opening = use().another();
    await expect(opening).rejects.toThrow(SchemaNewer);
    await expect(opening).rejects.toThrow(new RegExp(`999.*up to ${migrations.length}`));
    await use().sql.command('ALTER TABLE migrations DELETE WHERE version = 999 SETTINGS mutations_sync = 1');
    await expect(use().another()).resolves.toBeDefined();
  });

  test('a store that does not answer is StoreAway after its bound, for reads and for writes', async () => {
    const nowhere = { url: 'http://127.0.0.1:9', username: 'u', password: 'p', database: 'd' };
    const limits = { ...defaultStoreLimits, insertWaitMs: 200, readWaitMs: 200 };
    const sql = openSql(nowhere, limits, createLog('silent'));
    await expect(sql.rows('SELECT 1')).rejects.toThrow(StoreAway);
    await expect(sql.insert('events', ['id'], ['["x"]'], 'x')).rejects.toMatchObject({ code: 'store-away' });
    expect(await sql.ping()).toBe(false);
    await sql.close();
  });

  test('an engine killed under a running write: the batch is there once', async ({ skip }) => {
    const pid = use().backing.pid;
    if (pid === null) return skip('the server of CLICKHOUSE_URL is not ours to kill');
    const writing = insertBatch(use().store.events, batch('killed'), events('killed', 500));
    process.kill(pid, 'SIGKILL');
    await writing;
    expect([await rowsOf('killed'), await ledgerRowsOf('killed')]).toEqual([500, 1]);
    expect(await use().store.events.readBatch(ref('killed'))).toHaveLength(500);
  });
});

test('events are read by id over several days, in the order asked for', async () => {
  const late = { id: 'other-day', day: '2026-11-21', receivedTimeMs: t0 - 86_400_000, key: '' };
  await insertBatch(use().store.events, late, events('other-day', 3));
  await insertBatch(use().store.events, batch('by-id'), events('by-id', 3));
  const refs = [
    { event: 'by-id-2', day: day0 },
    { event: 'other-day-0', day: '2026-11-21' },
    { event: 'gone-0', day: day0 },
    { event: 'by-id-0', day: day0 },
  ];
  const found = await use().store.events.byIds(refs);
  expect(found.map((e) => e.id)).toEqual(['by-id-2', 'other-day-0', 'by-id-0']);
  const many = Array.from({ length: 700 }, (_, i) => ({ event: `by-id-${i.toString(36)}`, day: day0 }));
  expect((await use().store.events.byIds(many)).map((e) => e.id)).toEqual(['by-id-0', 'by-id-1', 'by-id-2']);
});

test('a row outlives its level, not more: retention by level of the system', async () => {
  const rows = [1, 2, 3, 4, 5].map((level) => anEvent('levels', level, { level }));
  const store = await use().another({ retention: {} });
  await insertBatch(store.events, batch('levels'), rows);
  const kept = await use().sql.rows<{ level: number; until: string }>(
    "SELECT level, toString(retain_until) AS until FROM events WHERE batch = 'levels' ORDER BY level",
  );
  expect(kept.map((r) => r.until)).toEqual(['2026-12-23', '2026-12-23', '2027-02-23', '2027-05-23', '2027-11-23']);
});

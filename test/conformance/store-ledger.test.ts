import { describe, expect, test } from 'vitest';
import { checkChain } from '../../src/store/index.ts';
import { useStore } from './store-open.ts';

const use = useStore();

const act = (subject: string, n: number, expectedVersion?: number) =>
  use().store.ledger.append({
    kind: 'system',
    subject,
    actor: 'hoà',
    action: 'edit',
    document: { name: `Tên ${n}`, z: 1, a: { y: 2, b: null } },
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  });

describe('append', () => {
  test('versions count from 1 and each row carries the hash before it', async () => {
    for (let n = 1; n <= 3; n++) expect(await act('count', n, n - 1)).toMatchObject({ ok: true, row: { version: n } });
    const rows = await use().store.ledger.history('system', 'count');
    expect(rows.map((r) => r.previousHash)).toEqual(['', rows[0]?.hash, rows[1]?.hash]);
    expect(await use().store.ledger.newest('system', 'count')).toEqual(rows[2]);
    expect(await use().store.ledger.check('system', 'count')).toEqual({ ok: true, rows: 3 });
  });

  test('who saw an older version is told the newest and writes nothing', async () => {
    await act('conflict', 1);
    const newer = await act('conflict', 2);
    const late = await act('conflict', 3, 1);
    expect(late).toEqual({ ok: false, newest: newer.ok ? newer.row : null });
    expect(await act('never seen', 1, 4)).toEqual({ ok: false, newest: null });
    expect(await use().store.ledger.history('system', 'conflict')).toHaveLength(2);
  });

  test('of many writers without a lock one wins each version and none is lost silently', async () => {
    const other = await use().another();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (n % 2 ? other : use().store).ledger.append({
          kind: 'rule',
          subject: 'raced',
          actor: `person-${n}`,
          action: 'enable',
          document: { n },
        }),
      ),
    );
    const history = await use().store.ledger.history('rule', 'raced');
    const told = results.flatMap((r) => (r.ok ? [r.row] : [])).sort((a, b) => a.version - b.version);
    expect(told.length).toBeGreaterThan(0);
    expect(history).toEqual(told);
    expect(checkChain(history)).toEqual({ ok: true, rows: told.length });
  });

  test('of many who begin a subject, one of them an ordinary writer, the store keeps one first row', async () => {
    const other = await use().another();
    const entry = (n: number) =>
      ({ kind: 'incident', subject: 'begun', actor: `w-${n}`, action: 'opened', document: { n } }) as const;
    const begun = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (n % 2 ? other : use().store).ledger.begin(entry(n))),
    );
    const [first, ...rest] = await use().store.ledger.history('incident', 'begun');
    expect(rest).toEqual([]);
    expect(begun).toContainEqual(first);
    expect(await use().store.ledger.append({ ...entry(9), expectedVersion: 0 })).toEqual({ ok: false, newest: first });
    expect(await use().store.ledger.append({ ...entry(9), expectedVersion: 1 })).toMatchObject({ ok: true });
    expect(await use().store.ledger.check('incident', 'begun')).toEqual({ ok: true, rows: 2 });
  });

  test('subjects and kinds do not share versions', async () => {
    await act('shared', 1);
    const r = await use().store.ledger.append({
      kind: 'account',
      subject: 'shared',
      actor: 'a',
      action: 'b',
      document: {},
    });
    expect(r).toMatchObject({ ok: true, row: { version: 1, document: {} } });
  });
});

describe('tampering is seen', () => {
  const tampering: readonly (readonly [string, string, { version: number; why: string }])[] = [
    [
      'a changed document',
      `UPDATE document = '{"name":"khác"}' WHERE subject = {subject} AND version = 2`,
      { version: 2, why: 'hash' },
    ],
    [
      'a changed actor',
      "UPDATE actor = 'other' WHERE subject = {subject} AND version = 1",
      { version: 1, why: 'hash' },
    ],
    [
      'a changed time',
      'UPDATE at_ms = at_ms + 1 WHERE subject = {subject} AND version = 3',
      { version: 3, why: 'hash' },
    ],
    ['a row taken out', 'DELETE WHERE subject = {subject} AND version = 2', { version: 2, why: 'gap' }],
    ['the first row taken out', 'DELETE WHERE subject = {subject} AND version = 1', { version: 1, why: 'gap' }],
    [
      'a changed link',
      "UPDATE previous_hash = '' WHERE subject = {subject} AND version = 2",
      { version: 2, why: 'link' },
    ],
  ];

  test.each(tampering)('%s', async (name, change, want) => {
    const subject = name.replaceAll(' ', '-');
    for (let n = 1; n <= 3; n++) await act(subject, n);
    await use().sql.command(
      `ALTER TABLE ledger ${change.replace('{subject}', `'${subject}'`)} SETTINGS mutations_sync = 1`,
    );
    expect(await use().store.ledger.check('system', subject)).toEqual({ ok: false, ...want });
  });
});

describe('reading', () => {
  test('newest of each subject, of some subjects, of all', async () => {
    for (const subject of ['x', 'y']) {
      for (const n of [1, 2]) {
        await use().store.ledger.append({ kind: 'token', subject, actor: 'a', action: 'b', document: { n } });
      }
    }
    const all = await use().store.ledger.all('token');
    expect(all.map((r) => [r.subject, r.version, r.document])).toEqual([
      ['x', 2, { n: 2 }],
      ['y', 2, { n: 2 }],
    ]);
    expect((await use().store.ledger.newestOf('token', ['y', 'none'])).map((r) => r.subject)).toEqual(['y']);
    expect(await use().store.ledger.newestOf('token', [])).toEqual([]);
  });

  test('the audit shows every row once, newest first, over pages', async () => {
    use().clockMs += 1_000;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await use().store.ledger.audit(5, cursor ?? undefined);
      seen.push(...page.items.map((r) => `${r.atMs} ${r.kind} ${r.subject} ${r.version}`));
      cursor = page.cursor;
    } while (cursor !== null);
    const [count] = await use().sql.rows<{ n: string }>('SELECT count() AS n FROM ledger');
    expect(seen).toHaveLength(Number(count?.n));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

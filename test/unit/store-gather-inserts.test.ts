import { describe, expect, test } from 'vitest';
import { StoreAway, StoreRefused } from '../../src/store/errors.ts';
import { gatherInserts } from '../../src/store/gather-inserts.ts';
import type { Sql } from '../../src/store/sql.ts';

/** A store of which each insert ends when it is told to, in the way it is told. */
function heldStore() {
  const inserts: { readonly rows: readonly string[]; readonly token: string }[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const sql: Pick<Sql, 'insert'> = {
    insert: (_table, _columns, rows, token) =>
      new Promise((resolve, reject) => {
        inserts.push({ rows, token });
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { gathered: gatherInserts(sql as Sql, 't', ['c']), inserts, end };
}

const rowsOf = (inserts: readonly { readonly rows: readonly string[] }[]): (readonly string[])[] =>
  inserts.map(({ rows }) => rows);

describe('inserts that gather', () => {
  test('the first goes at once under its own token, what comes meanwhile together', async () => {
    const { gathered, inserts, end } = heldStore();
    const all = [gathered.add('a', 'token-a'), gathered.addAll(['b', 'c'], 'token-b'), gathered.add('d', 'token-d')];
    expect(inserts).toEqual([{ rows: ['a'], token: 'token-a' }]);
    await end();
    expect(rowsOf(inserts)).toEqual([['a'], ['b', 'c', 'd']]);
    expect(inserts[1]?.token).not.toMatch(/^token/);
    await end();
    await Promise.all(all);
  });

  test('nothing waits for rows that are none, and an insert has about a thousand rows', async () => {
    const { gathered, inserts, end } = heldStore();
    await gathered.addAll([], 'none');
    const many = (n: number): string[] => Array.from({ length: n }, (_, at) => String(at));
    void gathered.add('first', 't');
    for (const n of [600, 300, 200, 1_500, 1]) void gathered.addAll(many(n), 't');
    for (let at = 0; at < 5; at += 1) await end();
    expect(inserts.map(({ rows }) => rows.length)).toEqual([1, 900, 200, 1_500, 1]);
  });

  test('rows that are refused are tried one by one; those of a store that is away are not', async () => {
    const { gathered, inserts, end } = heldStore();
    const all = [gathered.add('a', 'ta'), gathered.add('bad', 'tb'), gathered.add('c', 'tc')];
    const outcomes = Promise.allSettled(all);
    await end();
    await end(new StoreRefused(53, 'no', new Error('no')));
    await end(new StoreRefused(53, 'no', new Error('no')));
    await end();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(inserts.slice(2)).toEqual([
      { rows: ['bad'], token: 'tb' },
      { rows: ['c'], token: 'tc' },
    ]);

    const away = [gathered.add('x', 'tx'), gathered.add('y', 'ty'), gathered.add('z', 'tz')];
    const awayOutcomes = Promise.allSettled(away);
    await end();
    await end(new StoreAway('insert', new Error('gone')));
    expect((await awayOutcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(inserts).toHaveLength(6);
  });
});

import { afterAll, beforeAll } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/index.ts';
import { defaultStoreLimits } from '../../src/store/limits.ts';
import { openSql, type Sql } from '../../src/store/sql.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { t0 } from './store-fixtures.ts';

const log = createLog('silent');

/** A store of the test file's own, on a clock the tests set, with a second way in for what only a crash would do. */
export interface StoreUnderTest {
  readonly backing: ClickHouseBacking;
  readonly store: Store;
  readonly sql: Sql;
  clockMs: number;
  /** Another process on the same database. */
  another(o?: Partial<StoreOptions>): Promise<Store>;
}

/** Opens before all tests of the file, closes after them. */
export function useStore(): () => StoreUnderTest {
  let opened: StoreUnderTest | null = null;
  const others: Store[] = [];
  beforeAll(async () => {
    const backing = await startClickHouse();
    const under = { clockMs: t0 + 10_000 };
    // The engine's clock is the machine's: rows of a fixed day would be gone once their months are over.
    const retention = { all: 1200 };
    const open = (o: Partial<StoreOptions> = {}): Promise<Store> =>
      openStore({ backing, replicated: false, log, clock: () => under.clockMs, retention, ...o });
    opened = Object.assign(under, {
      backing,
      store: await open(),
      sql: openSql(backing, defaultStoreLimits, log),
      another: async (o?: Partial<StoreOptions>) => {
        const store = await open(o);
        others.push(store);
        return store;
      },
    });
  });
  afterAll(async () => {
    await Promise.all(others.map((s) => s.close()));
    await opened?.store.close();
    await opened?.sql.close();
    await opened?.backing.close();
  });
  return () => {
    if (opened === null) throw new Error('the store is opened in beforeAll');
    return opened;
  };
}

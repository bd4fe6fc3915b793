import { StoreRefused } from './errors.ts';
import { type Sql, tokenOf } from './sql.ts';

/** Group commit: rows that come while an insert is under way go together in the next one. */
export interface GatheredInserts {
  /** Resolves once the row is stored; rejects with what its insert threw. `token` names the row when it goes alone. */
  add(row: string, token: string): Promise<void>;
  /** The same of several rows, which go together; without any it is done. */
  addAll(rows: readonly string[], token: string): Promise<void>;
}

/** Rows of one insert, but that rows given together stay together. */
const rowsPerInsertMax = 1_000;

interface Waiting {
  readonly rows: readonly string[];
  readonly token: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** For small rows of one table whose repeats do no harm: an insert costs the same for one row as for a hundred. */
export function gatherInserts(sql: Sql, table: string, columns: readonly string[]): GatheredInserts {
  let waiting: readonly Waiting[] = [];
  let running = false;

  async function insertTogether(group: readonly Waiting[]): Promise<void> {
    const rows = group.flatMap((each) => each.rows);
    const [first, ...others] = group;
    if (first === undefined) return;
    try {
      await sql.insert(table, columns, rows, others.length === 0 ? first.token : tokenOf(table, rows));
      for (const { resolve } of group) resolve();
    } catch (error) {
      // Rows the store will never take must not keep out what came with them.
      if (error instanceof StoreRefused && others.length > 0) for (const each of group) await insertTogether([each]);
      else for (const { reject } of group) reject(error);
    }
  }

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const group = nextGroup(waiting);
      waiting = waiting.slice(group.length);
      await insertTogether(group);
    }
    running = false;
  }

  const addAll = (rows: readonly string[], token: string): Promise<void> => {
    if (rows.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      waiting = [...waiting, { rows, token, resolve, reject }];
      if (!running) void drain();
    });
  };
  return { addAll, add: (row, token) => addAll([row], token) };
}

/** The first of those waiting, and as many of the next as fit beside it. */
function nextGroup(waiting: readonly Waiting[]): readonly Waiting[] {
  let rows = 0;
  const end = waiting.findIndex((each, at) => {
    rows += each.rows.length;
    return at > 0 && rows > rowsPerInsertMax;
  });
  return end < 0 ? waiting : waiting.slice(0, end);
}

import { type Sql, tokenOf } from './sql.ts';

/** Group commit: rows that come while an insert is under way go together in the next one. */
export interface GatheredInserts {
  /** Resolves once the row is stored; rejects with what its insert threw. `token` names the row when it goes alone. */
  add(row: string, token: string): Promise<void>;
}

const rowsPerInsertMax = 1_000;

interface Waiting {
  readonly row: string;
  readonly token: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** For small rows of one table whose repeats do no harm: an insert costs the same for one row as for a hundred. */
export function gatherInserts(sql: Sql, table: string, columns: readonly string[]): GatheredInserts {
  let waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, rowsPerInsertMax);
      waiting = waiting.slice(rowsPerInsertMax);
      const rows = group.map(({ row }) => row);
      const [first] = group;
      const token = group.length === 1 && first !== undefined ? first.token : tokenOf(table, rows);
      try {
        await sql.insert(table, columns, rows, token);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running = false;
  }

  return {
    add: (row, token) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, token, resolve, reject });
        if (!running) void drain();
      }),
  };
}

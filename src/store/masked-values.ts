import type { SealedValue } from '../model/personal.ts';
import { timeText } from './event-columns.ts';
import { type Sql, tokenOf } from './sql.ts';

export interface MaskedValues {
  keep(rows: readonly SealedValue[]): Promise<void>;
  /** null: no such token, or it expired. */
  find(token: string, kind: string): Promise<SealedValue | null>;
}

export function createMaskedValues(o: { sql: Sql; clock: () => number }): MaskedValues {
  const { sql, clock } = o;
  return {
    async keep(values) {
      if (values.length === 0) return;
      const seen = timeText(clock());
      const rows = values.map(({ token, kind, sealed }) => JSON.stringify([token, kind, sealed, seen]));
      await sql.insert('masked_values', ['token', 'kind', 'sealed', 'seen'], rows, tokenOf('masked', rows));
    },
    async find(token, kind) {
      const [row] = await sql.rows<SealedValue>(
        `SELECT token, kind, sealed FROM masked_values
         WHERE token = {token:String} AND kind = {kind:String} ORDER BY seen DESC LIMIT 1`,
        { token, kind },
      );
      return row ?? null;
    },
  };
}

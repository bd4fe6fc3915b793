import { createHash } from 'node:crypto';
import type { LedgerRow } from '../model/incident.ts';

/** JSON with the keys of every object sorted, so that one document has one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** SHA-256, hex, over the row and the hash of the row before it. */
export function ledgerHash(row: Omit<LedgerRow, 'hash'>): string {
  const covered = [row.kind, row.subject, row.version, row.atMs, row.actor, row.action, row.document, row.previousHash];
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}

/** A chain that holds, or the first version at which it does not and why. */
export type ChainState =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly version: number; readonly why: 'gap' | 'link' | 'hash' };

/**
 * Checks all rows of one subject, ascending by version: no version missing or doubled, each row naming the hash before
 * it, each hash covering its row. Rows cut off at the end leave no trace in the chain itself.
 */
export function checkChain(rows: readonly LedgerRow[]): ChainState {
  let previousHash = '';
  let version = 0;
  for (const row of rows) {
    version += 1;
    if (row.version !== version) return { ok: false, version, why: 'gap' };
    if (row.previousHash !== previousHash) return { ok: false, version, why: 'link' };
    if (row.hash !== ledgerHash(row)) return { ok: false, version, why: 'hash' };
    previousHash = row.hash;
  }
  return { ok: true, rows: rows.length };
}

import { createHash } from 'node:crypto';
import type { LedgerKind, LedgerRow } from '../model/incident.ts';
import { CursorRefused } from './errors.ts';
import { type ChainState, canonicalJson, checkChain, ledgerHash } from './ledger-hash.ts';
import type { StoreLimits } from './limits.ts';
import type { Paged } from './paging.ts';
import { inChunks, type Sql } from './sql.ts';

/** A human action to be written. `document` is the action's data and the subject's new state. */
export interface LedgerEntry {
  readonly kind: LedgerKind;
  readonly subject: string;
  readonly actor: string;
  readonly action: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** The version the person saw (0: no row yet); a newer one refuses the action. */
  readonly expectedVersion?: number;
}

export type AppendOutcome =
  | { readonly ok: true; readonly row: LedgerRow }
  | { readonly ok: false; readonly newest: LedgerRow | null };

export interface Ledger {
  /**
   * Appends one row. The caller holds the subject's lock; should two write the same version all the same, the store
   * keeps the first and the other is told.
   */
  append(e: LedgerEntry): Promise<AppendOutcome>;
  /**
   * The first row of a subject that the caller has just seen to have none. One statement where `append` takes three: of
   * two writers the store keeps the first, and neither is told.
   */
  begin(e: Omit<LedgerEntry, 'expectedVersion'>): Promise<LedgerRow>;
  newest(kind: LedgerKind, subject: string): Promise<LedgerRow | null>;
  /** Newest row of each of these subjects. */
  newestOf(kind: LedgerKind, subjects: readonly string[]): Promise<LedgerRow[]>;
  /** Newest row of each subject. */
  all(kind: LedgerKind): Promise<LedgerRow[]>;
  /** All rows of a subject, oldest first. */
  history(kind: LedgerKind, subject: string): Promise<LedgerRow[]>;
  /** Everything, newest first. */
  audit(limit: number, cursor?: string): Promise<Paged<LedgerRow>>;
  /** Whether the subject's chain of hashes holds. */
  check(kind: LedgerKind, subject: string): Promise<ChainState>;
}

interface Row {
  kind: LedgerKind;
  subject: string;
  version: string;
  at_ms: string;
  actor: string;
  action: string;
  document: string;
  previous_hash: string;
  hash: string;
}

const select = 'SELECT kind, subject, version, at_ms, actor, action, document, previous_hash, hash FROM ledger';

function readRow(row: Row): LedgerRow {
  return {
    kind: row.kind,
    subject: row.subject,
    version: Number(row.version),
    atMs: Number(row.at_ms),
    actor: row.actor,
    action: row.action,
    document: JSON.parse(row.document) as LedgerRow['document'],
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

type AuditPlace = readonly [atMs: number, kind: string, subject: string, version: number];

function readPlace(cursor: string): AuditPlace {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.map((v) => typeof v).join() === 'number,string,string,number') {
      return value as unknown as AuditPlace;
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new CursorRefused();
}

export function createLedger(o: { sql: Sql; limits: StoreLimits; clock: () => number }): Ledger {
  const { sql, limits, clock } = o;
  const columns = [
    'kind',
    'subject',
    'version',
    'at_ms',
    'actor',
    'action',
    'state',
    'document',
    'previous_hash',
    'hash',
  ];

  async function newest(kind: LedgerKind, subject: string): Promise<LedgerRow | null> {
    const [row] = await sql.rows<Row>(
      `${select} WHERE kind = {kind:String} AND subject = {subject:String} ORDER BY version DESC LIMIT 1`,
      { kind, subject },
    );
    return row === undefined ? null : readRow(row);
  }

  async function history(kind: LedgerKind, subject: string): Promise<LedgerRow[]> {
    const rows = await sql.rows<Row>(
      `${select} WHERE kind = {kind:String} AND subject = {subject:String} ORDER BY version, hash`,
      { kind, subject },
    );
    return rows.map(readRow);
  }

  /** Writes the row that comes after `before`. */
  async function write(e: Omit<LedgerEntry, 'expectedVersion'>, before: LedgerRow | null): Promise<LedgerRow> {
    const documentText = canonicalJson(e.document);
    const unsigned = {
      kind: e.kind,
      subject: e.subject,
      version: (before?.version ?? 0) + 1,
      atMs: clock(),
      actor: e.actor,
      action: e.action,
      document: JSON.parse(documentText) as LedgerRow['document'],
      previousHash: before?.hash ?? '',
    };
    const row: LedgerRow = { ...unsigned, hash: ledgerHash(unsigned) };
    // The token is the place in the chain, not the content: of two writers of one version the store takes one.
    const place = createHash('sha256')
      .update(canonicalJson([row.kind, row.subject, row.version]))
      .digest('hex');
    const state = typeof row.document.state === 'string' ? row.document.state : '';
    const text = JSON.stringify([
      row.kind,
      row.subject,
      row.version,
      row.atMs,
      row.actor,
      row.action,
      state,
      documentText,
      row.previousHash,
      row.hash,
    ]);
    await sql.insert('ledger', columns, [text], `ledger-${place}`);
    return row;
  }

  return {
    newest,
    history,
    async append(e) {
      const before = await newest(e.kind, e.subject);
      const version = before?.version ?? 0;
      if (e.expectedVersion !== undefined && e.expectedVersion !== version) return { ok: false, newest: before };
      const row = await write(e, before);
      const [taken] = await sql.rows<Row>(
        `${select} WHERE kind = {kind:String} AND subject = {subject:String} AND version = {version:UInt64} LIMIT 1`,
        { kind: row.kind, subject: row.subject, version: row.version },
      );
      if (taken?.hash === row.hash) return { ok: true, row };
      return { ok: false, newest: await newest(e.kind, e.subject) };
    },
    begin: (e) => write(e, null),
    async newestOf(kind, subjects) {
      const found: LedgerRow[] = [];
      for (const chunk of inChunks(subjects, limits.idCharsPerQuery)) {
        const rows = await sql.rows<Row>(
          `${select} WHERE kind = {kind:String} AND subject IN {subjects:Array(String)}
           ORDER BY subject, version DESC LIMIT 1 BY subject`,
          { kind, subjects: chunk },
        );
        found.push(...rows.map(readRow));
      }
      return found;
    },
    async all(kind) {
      const rows = await sql.rows<Row>(
        `${select} WHERE kind = {kind:String} ORDER BY subject, version DESC LIMIT 1 BY subject`,
        { kind },
      );
      return rows.map(readRow);
    },
    async audit(limit, cursor) {
      const size = Math.max(1, Math.min(limit, limits.pageMax));
      const place = cursor === undefined ? null : readPlace(cursor);
      const after =
        place === null
          ? '1'
          : '(at_ms, kind, subject, version) < ({at:Int64}, {kind:String}, {subject:String}, {version:UInt64})';
      const [at, kind, subject, version] = place ?? [0, '', '', 0];
      const rows = await sql.rows<Row>(
        `${select} WHERE ${after} ORDER BY at_ms DESC, kind DESC, subject DESC, version DESC LIMIT {size:UInt32}`,
        { at, kind, subject, version, size: size + 1 },
      );
      const items = rows.slice(0, size).map(readRow);
      const last = items.at(-1);
      const more = rows.length > size && last !== undefined;
      const next = more ? JSON.stringify([last.atMs, last.kind, last.subject, last.version]) : '';
      return { items, cursor: more ? Buffer.from(next).toString('base64url') : null };
    },
    check: async (kind, subject) => checkChain(await history(kind, subject)),
  };
}

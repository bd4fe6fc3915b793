import type { z } from 'zod';
import type { Account, Token } from '../model/account.ts';
import type { LedgerKind } from '../model/incident.ts';
import type { System } from '../model/register.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { LedgerPort } from './ports.ts';
import * as schemas from './schemas/model.ts';

/** A subject of the ledger in its newest version. */
interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

interface Snapshot<T> {
  /** By id. */
  readonly byId: ReadonlyMap<string, Versioned<T>>;
}

/**
 * Accounts, tokens, sources and systems as the ledger has them, each kind read whole and at most `ageMsMax` old: a
 * change made by any process takes effect within that time, and asking for a name that does not exist costs no query.
 */
export interface Directory {
  accounts(o?: Freshness): Promise<Snapshot<Account>>;
  tokens(o?: Freshness): Promise<Snapshot<Token>>;
  /** Newest state of the token with this SHA-256, revoked ones left out. */
  tokenByHash(hash: string, o?: Freshness): Promise<Token | null>;
  sources(): Promise<Snapshot<Source>>;
  systems(): Promise<Snapshot<System>>;
  systemOf(id: string): Promise<System | null>;
  /** To be called after an append, so that the process that made a change sees it at once. */
  changed(kind: LedgerKind): void;
}

export interface Freshness {
  /** The last good reading will do when the ledger does not answer soon (the health page has to come up then). */
  readonly stale?: boolean;
  /** Somebody was not found in the last reading and may be new: look again unless that was just now. */
  readonly missed?: boolean;
}

export interface DirectoryParts {
  readonly ledger: Pick<LedgerPort, 'all'>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly ageMsMax: number;
  readonly missAgeMs: number;
  /** Who takes a stale reading waits no longer than this for a fresh one: a silent ledger may take a minute to fail. */
  readonly staleWaitMs: number;
}

export function createDirectory(parts: DirectoryParts): Directory {
  const accounts = createReading(parts, 'account', schemas.account);
  const tokens = createReading(parts, 'token', schemas.token);
  const sources = createReading(parts, 'source', schemas.source);
  const systems = createReading(parts, 'system', schemas.system);
  let index: { readonly of: Snapshot<Token> | null; readonly byHash: ReadonlyMap<string, Token> } = {
    of: null,
    byHash: new Map(),
  };
  async function findToken(hash: string, o?: Freshness): Promise<Token | null> {
    const snapshot = await tokens.read(o);
    if (index.of !== snapshot) index = { of: snapshot, byHash: byHash(snapshot) };
    return index.byHash.get(hash) ?? null;
  }
  const readings = { account: accounts, token: tokens, source: sources, system: systems };
  return {
    accounts: accounts.read,
    tokens: tokens.read,
    tokenByHash: async (hash, o) => (await findToken(hash, o)) ?? (await findToken(hash, { ...o, missed: true })),
    sources: sources.read,
    systems: systems.read,
    systemOf: async (id) => (id === '' ? null : ((await systems.read()).byId.get(id)?.value ?? null)),
    changed: (kind) => {
      if (kind === 'account' || kind === 'token' || kind === 'source' || kind === 'system') readings[kind].forget();
    },
  };
}

function byHash(snapshot: Snapshot<Token>): ReadonlyMap<string, Token> {
  const usable = [...snapshot.byId.values()].filter(({ value }) => !value.revoked);
  return new Map(usable.map(({ value }) => [value.hash, value]));
}

interface Reading<T> {
  read(o?: Freshness): Promise<Snapshot<T>>;
  forget(): void;
}

/** One kind, read whole. A row that does not have the shape is left out and reported: fail closed. */
function createReading<T>(parts: DirectoryParts, kind: LedgerKind, schema: z.ZodType<T>): Reading<T> {
  let last: { readonly atMs: number; readonly snapshot: Snapshot<T> } | null = null;
  let current: Promise<Snapshot<T>> | null = null;
  let generation = 0;

  async function load(startedMs: number, startedIn: number): Promise<Snapshot<T>> {
    const byId = new Map<string, Versioned<T>>();
    for (const row of await parts.ledger.all(kind)) {
      const read = schema.safeParse(row.document);
      if (read.success) byId.set(row.subject, { version: row.version, value: read.data });
      else parts.log.error({ kind, subject: row.subject, version: row.version }, 'ledger row without its shape');
    }
    const snapshot = { byId };
    // Counted from before the query: what changed while it ran may be missing in it.
    if (startedIn === generation) last = { atMs: startedMs, snapshot };
    return snapshot;
  }

  return {
    read: async (o = {}) => {
      const nowMs = parts.clock();
      const ageMsMax = o.missed === true ? parts.missAgeMs : parts.ageMsMax;
      if (last !== null && last.atMs >= 0 && nowMs - last.atMs < ageMsMax) return last.snapshot;
      if (current === null) {
        const mine = load(nowMs, generation).finally(() => {
          if (current === mine) current = null;
        });
        current = mine;
      }
      try {
        return o.stale === true && last !== null ? await soon(current, parts.staleWaitMs) : await current;
      } catch (error) {
        if (o.stale === true && last !== null) return last.snapshot;
        throw error;
      }
    },
    forget: () => {
      generation += 1;
      current = null;
      if (last !== null) last = { ...last, atMs: -1 };
    },
  };
}

/** Rejects when `work` takes longer; it goes on for those who wait for it without haste. */
async function soon<T>(work: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no reading within ${waitMs} ms`)), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

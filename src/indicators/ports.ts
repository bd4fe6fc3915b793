import type { LedgerRow } from '../model/incident.ts';
import type { Indicator } from '../model/indicator.ts';

/** Where indicators lie. A revision counts once the ledger's row of its list names it. */
export interface ContentPort {
  write(
    list: string,
    revision: number,
    changes: readonly { readonly indicator: Indicator; readonly removed: boolean; readonly fresh: boolean }[],
  ): Promise<void>;
  /** What is in the list; with `until`, what was in it with that revision. */
  content(list: string, until?: number): Promise<readonly Indicator[]>;
  /** What the revisions in (after, until] came to: the newest state of every indicator they touched. */
  changes(
    list: string,
    after: number,
    until: number,
  ): Promise<readonly { readonly indicator: Indicator; readonly removed: boolean }[]>;
  /** One of a list; null when it is not in it. */
  find(list: string, which: Pick<Indicator, 'type' | 'value'>): Promise<Indicator | null>;
}

/** Lists and who changed them. */
export interface ListLedgerPort {
  append(e: {
    readonly kind: 'indicator-list';
    readonly subject: string;
    readonly actor: string;
    readonly action: string;
    readonly document: Readonly<Record<string, unknown>>;
    readonly expectedVersion?: number;
  }): Promise<{ readonly ok: true; readonly row: LedgerRow } | { readonly ok: false }>;
  newest(kind: 'indicator-list', subject: string): Promise<LedgerRow | null>;
  all(kind: 'indicator-list'): Promise<readonly LedgerRow[]>;
}

export type LockPort = <T>(key: string, work: () => Promise<T>) => Promise<T>;

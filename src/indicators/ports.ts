import type { LedgerRow } from '../model/incident.ts';
import type { Indicator } from '../model/indicator.ts';

/** Where indicators lie. A revision counts once the ledger's row of its list names it. */
export interface ContentPort {
  write(
    list: string,
    revision: number,
    changes: readonly { readonly indicator: Indicator; readonly removed: boolean; readonly fresh: boolean }[],
  ): Promise<void>;
  content(list: string): Promise<readonly Indicator[]>;
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

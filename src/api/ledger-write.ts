import type { LedgerKind, LedgerRow } from '../model/incident.ts';
import type { Directory } from './directory.ts';
import { ApiProblem } from './errors.ts';
import type { LedgerPort, LockPort } from './ports.ts';

/** What every change of accounts, tokens, sources and systems goes through, by HTTP or by the command line. */
export interface LedgerPorts {
  readonly ledger: LedgerPort;
  readonly lock: LockPort;
  readonly clock: () => number;
  /** Told of changes; the command line has none. */
  readonly directory?: Pick<Directory, 'changed'>;
}

export interface Change {
  readonly kind: LedgerKind;
  readonly subject: string;
  readonly actor: string;
  readonly action: string;
  /** The subject's new state; for kinds of the directory, that and nothing else. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The version the person saw; a newer one throws `conflict`. */
  readonly expectedVersion?: number;
}

/** Appends under the subject's lock. A history row is the audit row; there is no second place to forget. */
export function change(ports: LedgerPorts, change: Change): Promise<LedgerRow> {
  return withLock(ports, change.kind, change.subject, () => appendLocked(ports, change));
}

export function withLock<T>(ports: LedgerPorts, kind: LedgerKind, subject: string, work: () => Promise<T>): Promise<T> {
  return ports.lock(`ledger:${kind}:${subject}`, work);
}

/** For callers that hold the subject's lock already. Throws `conflict`. */
export async function appendLocked(ports: LedgerPorts, change: Change): Promise<LedgerRow> {
  const outcome = await ports.ledger.append(change);
  ports.directory?.changed(change.kind);
  if (!outcome.ok) throw new ApiProblem('conflict', { members: { version: outcome.newest?.version ?? 0 } });
  return outcome.row;
}

/** A noun as a ledger document: plain JSON members. */
export function documentOf(value: object): Readonly<Record<string, unknown>> {
  return { ...value };
}

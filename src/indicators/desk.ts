import type { LedgerRow } from '../model/incident.ts';
import { type Indicator, type IndicatorList, sameIndicator } from '../model/indicator.ts';
import type { IndicatorLimits } from './limits.ts';
import type { ContentPort, ListLedgerPort, LockPort } from './ports.ts';
import type { NotTaken, Reading } from './reading.ts';
import { inTurns } from './turns.ts';

/** A list as it stands, with the version of its document. */
export interface StandingList {
  readonly list: IndicatorList;
  readonly version: number;
  readonly changedMs: number;
  readonly changedBy: string;
}

/** What people decide about a list. */
export type ListSettings = Omit<IndicatorList, 'id' | 'retired' | 'revision' | 'count'>;

/** `replace`: the document is the whole list · `add`: what it does not name stays; what it takes back goes. */
export type TakeMode = 'replace' | 'add';

export interface Taken {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly count: number;
  readonly notTaken: readonly NotTaken[];
  readonly notTakenTotal: number;
  readonly passedOver: number;
  readonly format: string;
}

type Refused =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'conflict'; readonly version: number }
  | { readonly kind: 'full' };

type DeskOutcome<T> = ({ readonly kind: 'done'; readonly standing: StandingList } & T) | Refused;

/** The desk where lists are made and changed. Each change is one ledger row, taken under the list's lock. */
export interface IndicatorDesk {
  all(): Promise<readonly StandingList[]>;
  /** Makes a list or changes what is agreed about it. `expectedVersion`: the one the person saw, 0 for a new list. */
  put(id: string, settings: ListSettings, expectedVersion: number, actor: string): Promise<DeskOutcome<object>>;
  /** Takes what was read into a list. Nothing is written when nothing changes. */
  take(
    id: string,
    reading: Reading,
    o: { readonly mode: TakeMode; readonly actor: string; readonly action: string; readonly reason?: string },
  ): Promise<DeskOutcome<{ readonly taken: Taken }>>;
  retire(id: string, reason: string, actor: string): Promise<DeskOutcome<object>>;
}

export function createIndicatorDesk(o: {
  readonly ledger: ListLedgerPort;
  readonly content: ContentPort;
  readonly lock: LockPort;
  readonly clock: () => number;
  readonly limits: IndicatorLimits;
}): IndicatorDesk {
  const { ledger, content, clock, limits } = o;

  const locked = <T>(id: string, work: () => Promise<T>): Promise<T> => o.lock(`ledger:indicator-list:${id}`, work);

  async function standing(id: string): Promise<StandingList | null> {
    const row = await ledger.newest('indicator-list', id);
    return row === null ? null : standingOf(row);
  }

  async function write(
    list: IndicatorList,
    change: object,
    who: { readonly actor: string; readonly action: string; readonly expectedVersion: number },
  ): Promise<DeskOutcome<object>> {
    const entry = { kind: 'indicator-list', subject: list.id, document: { ...list, change }, ...who } as const;
    const outcome = await ledger.append(entry);
    if (!outcome.ok) return { kind: 'conflict', version: (await standing(list.id))?.version ?? 0 };
    return { kind: 'done', standing: standingOf(outcome.row) };
  }

  /** Of what is in a list, all that a reading could change. */
  async function concerned(id: string, reading: Reading, mode: TakeMode): Promise<readonly Indicator[]> {
    const named = [...reading.indicators.slice(0, 2), ...reading.revoked.slice(0, 2)];
    const [one, more] = named;
    // What people add and take out one by one is looked up, and the list not read for it.
    if (mode === 'replace' || one === undefined || more !== undefined) return content.content(id);
    const found = await content.find(id, one);
    return found === null ? [] : [found];
  }

  /** One above the last, and no number a process that died may have written under. */
  const nextRevision = (list: IndicatorList): number => Math.max(clock(), list.revision + 1);

  return {
    all: async () => (await ledger.all('indicator-list')).map(standingOf),

    put: (id, settings, expectedVersion, actor) =>
      locked(id, async () => {
        const before = await standing(id);
        if ((before?.version ?? 0) !== expectedVersion) return { kind: 'conflict', version: before?.version ?? 0 };
        if (before === null && (await ledger.all('indicator-list')).length >= limits.listsMax) return { kind: 'full' };
        const { revision, count } = before?.list ?? { revision: 0, count: 0 };
        const list: IndicatorList = { ...settings, id, retired: false, revision, count };
        return write(list, {}, { actor, action: 'put', expectedVersion });
      }),

    take: (id, reading, { mode, actor, action, reason = '' }) =>
      locked(id, async () => {
        const before = await standing(id);
        if (before === null || before.list.retired) return { kind: 'not-found' };
        const there = await concerned(id, reading, mode);
        const { changes, added, changed, removed } = await inTurns(changesOf(there, reading, mode));
        const count = before.list.count + added - removed;
        if (count > limits.indicatorsPerListMax) return { kind: 'full' };
        const { notTaken, notTakenTotal, passedOver, format } = reading;
        const told = { added, changed, removed, count, notTaken, notTakenTotal, passedOver, format };
        if (changes.length === 0) return { kind: 'done', standing: before, taken: told };
        if (added > 0) {
          const others = (await ledger.all('indicator-list')).map(standingOf).filter(({ list }) => list.id !== id);
          const total = others.reduce((sum, { list }) => sum + (list.retired ? 0 : list.count), count);
          if (total > limits.indicatorsMax) return { kind: 'full' };
        }
        const revision = nextRevision(before.list);
        await content.write(id, revision, changes);
        const note = {
          format,
          mode,
          added,
          changed,
          removed,
          notTaken: notTakenTotal,
          ...(reason === '' ? {} : { reason }),
        };
        const list = { ...before.list, revision, count };
        const outcome = await write(list, note, { actor, action, expectedVersion: before.version });
        return outcome.kind === 'done' ? { ...outcome, taken: told } : outcome;
      }),

    retire: (id, reason, actor) =>
      locked(id, async () => {
        const before = await standing(id);
        if (before === null) return { kind: 'not-found' };
        // What was agreed with the publisher ends, too: nobody polls for a list that matches nothing.
        const list = { ...before.list, retired: true, feed: null };
        return write(list, { reason }, { actor, action: 'retire', expectedVersion: before.version });
      }),
  };
}

/** A ledger row of a list as the list it states. */
export function standingOf(row: LedgerRow): StandingList {
  const { change: _, ...list } = row.document;
  return {
    list: list as unknown as IndicatorList,
    version: row.version,
    changedMs: row.atMs,
    changedBy: row.actor,
  };
}

function keyOf({ type, value }: Pick<Indicator, 'type' | 'value'>): string {
  return `${type} ${value}`;
}

type Change = Parameters<ContentPort['write']>[2][number];

interface Changes {
  readonly changes: readonly Change[];
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Fresh is what was not there, or had expired: stored events were never held against it. */
function* changesOf(
  content: readonly Indicator[],
  reading: Pick<Reading, 'indicators' | 'revoked'>,
  mode: TakeMode,
): Generator<void, Changes> {
  const there = new Map<string, Indicator>();
  for (const indicator of content) {
    there.set(keyOf(indicator), indicator);
    yield;
  }
  const changes: Change[] = [];
  let added = 0;
  let changed = 0;
  let removed = 0;
  const named = new Set<string>();
  for (const indicator of reading.indicators) {
    yield;
    const key = keyOf(indicator);
    named.add(key);
    const before = there.get(key);
    if (before === undefined) added += 1;
    else if (sameIndicator(before, indicator)) continue;
    else changed += 1;
    const fresh = before === undefined || before.validUntilMs !== indicator.validUntilMs;
    changes.push({ indicator, removed: false, fresh });
  }
  for (const each of mode === 'replace' ? there.values() : reading.revoked) {
    yield;
    const key = keyOf(each);
    const indicator = there.get(key);
    if (indicator === undefined || (mode === 'replace' && named.has(key))) continue;
    removed += 1;
    changes.push({ indicator, removed: true, fresh: false });
  }
  return { changes, added, changed, removed };
}

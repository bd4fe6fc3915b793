import type { Indicator, IndicatorList } from '../model/indicator.ts';
import { createBook, createBookInTurns, type IndicatorBook } from './book.ts';
import { standingOf } from './desk.ts';
import type { ContentPort, ListLedgerPort } from './ports.ts';
import { inTurns } from './turns.ts';

/** The lists in force as one process holds them. */
export interface BookKeeper {
  /** A new object whenever a list changed. */
  book(): IndicatorBook;
  /**
   * Reads what changed and swaps the book for a whole new one; throws when the store is away. The event loop goes on
   * meanwhile.
   */
  refresh(): Promise<void>;
}

export function createBookKeeper(o: {
  readonly ledger: Pick<ListLedgerPort, 'all'>;
  readonly content: Pick<ContentPort, 'content' | 'changes'>;
}): BookKeeper {
  let book = createBook([]);
  let versions = '';
  let held: ReadonlyMap<string, Held> = new Map();

  /** What a revision of a list holds: of a list known already only what changed is read. */
  async function indicatorsOf({ id, revision }: IndicatorList): Promise<readonly Indicator[]> {
    const before = held.get(id);
    if (before?.revision === revision) return before.indicators;
    if (before === undefined || before.revision > revision) return o.content.content(id, revision);
    const changes = await o.content.changes(id, before.revision, revision);
    return inTurns(withChanges(before.indicators, changes));
  }

  return {
    book: () => book,
    async refresh() {
      const standing = (await o.ledger.all('indicator-list')).map(standingOf).filter(({ list }) => !list.retired);
      const now = JSON.stringify(standing.map(({ list, version }) => [list.id, version]));
      if (now === versions) return;
      const content: { readonly list: IndicatorList; readonly indicators: readonly Indicator[] }[] = [];
      for (const { list } of standing) content.push({ list, indicators: await indicatorsOf(list) });
      const next = await createBookInTurns(content);
      held = new Map(content.map(({ list, indicators }) => [list.id, { revision: list.revision, indicators }]));
      versions = now;
      book = next;
    },
  };
}

interface Held {
  readonly revision: number;
  readonly indicators: readonly Indicator[];
}

/** Step by step: a change may be of all there is. */
function* withChanges(
  there: readonly Indicator[],
  changes: readonly { readonly indicator: Indicator; readonly removed: boolean }[],
): Generator<void, readonly Indicator[]> {
  const touched = new Map<string, Set<string>>();
  const now: Indicator[] = [];
  for (const { indicator, removed } of changes) {
    yield;
    const values = touched.get(indicator.type) ?? new Set();
    touched.set(indicator.type, values.add(indicator.value));
    if (!removed) now.push(indicator);
  }
  for (const indicator of there) {
    yield;
    if (touched.get(indicator.type)?.has(indicator.value) !== true) now.push(indicator);
  }
  return now;
}

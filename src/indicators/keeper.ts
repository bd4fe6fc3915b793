import type { Indicator } from '../model/indicator.ts';
import { createBook, type IndicatorBook } from './book.ts';
import { standingOf } from './desk.ts';
import type { ContentPort, ListLedgerPort } from './ports.ts';

/** The lists in force as one process holds them. */
export interface BookKeeper {
  /** A new object whenever a list changed. */
  book(): IndicatorBook;
  /** Reads what changed; throws when the store is away. */
  refresh(): Promise<void>;
}

export function createBookKeeper(o: {
  readonly ledger: Pick<ListLedgerPort, 'all'>;
  readonly content: Pick<ContentPort, 'content'>;
}): BookKeeper {
  let book = createBook([]);
  let versions = '';
  let held = new Map<string, { readonly revision: number; readonly indicators: readonly Indicator[] }>();
  return {
    book: () => book,
    async refresh() {
      const standing = (await o.ledger.all('indicator-list')).map(standingOf).filter(({ list }) => !list.retired);
      const now = JSON.stringify(standing.map(({ list, version }) => [list.id, version]));
      if (now === versions) return;
      const next: typeof held = new Map();
      for (const { list } of standing) {
        const before = held.get(list.id);
        const same = before?.revision === list.revision;
        const indicators = same ? before.indicators : await o.content.content(list.id);
        next.set(list.id, { revision: list.revision, indicators });
      }
      held = next;
      versions = now;
      book = createBook(standing.map(({ list }) => ({ list, indicators: held.get(list.id)?.indicators ?? [] })));
    },
  };
}

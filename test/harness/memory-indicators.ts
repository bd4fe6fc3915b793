import type { LedgerRow } from '../../src/model/incident.ts';
import type { Indicator } from '../../src/model/indicator.ts';
import type { IndicatorChange, IndicatorRows } from '../../src/store/indicators.ts';

/** The store's rows of indicators, in memory: a revision counts once the ledger names it. */
export function memoryIndicators(ledgerRows: readonly LedgerRow[]): IndicatorRows {
  const written: (IndicatorChange & { readonly list: string; readonly revision: number })[] = [];
  const works = new Map<string, { list: string; kind: string; atMs: number; document: unknown }>();
  const keyOf = ({ type, value }: Indicator): string => `${type} ${value}`;

  function newest(list: string, after: number, freshOnly: boolean): Indicator[] {
    const counts = new Set(
      ledgerRows.filter((row) => row.kind === 'indicator-list' && row.subject === list).map((r) => r.document.revision),
    );
    const found = new Map<string, Indicator>();
    const fresh = new Set<string>();
    for (const row of written) {
      if (row.list !== list || !counts.has(row.revision)) continue;
      const key = keyOf(row.indicator);
      found.delete(key);
      if (row.removed) continue;
      found.set(key, row.indicator);
      if (row.fresh && row.revision > after) fresh.add(key);
    }
    return [...found].flatMap(([key, indicator]) => (!freshOnly || fresh.has(key) ? [indicator] : []));
  }

  return {
    write: async (list, revision, changes) => {
      for (const change of changes) written.push({ ...change, list, revision });
    },
    content: async (list) => newest(list, 0, false),
    changes: async (list, after, until) => {
      const now = new Set(newest(list, 0, false).map(keyOf));
      const touched = new Map(
        written
          .filter((row) => row.list === list && row.revision > after && row.revision <= until)
          .map(({ indicator }) => [keyOf(indicator), indicator]),
      );
      return [...touched].map(([key, indicator]) => ({ indicator, removed: !now.has(key) }));
    },
    find: async (list, { type, value }) =>
      newest(list, 0, false).find((each) => each.type === type && each.value === value) ?? null,
    page: async ({ list, containing, limit, cursor = '' }) => {
      const all = newest(list, 0, false)
        .filter((each) => `${each.value}\n${each.description}`.includes(containing) && keyOf(each) > cursor)
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      const items = all.slice(0, limit);
      const last = items.at(-1);
      return { items, cursor: all.length > limit && last !== undefined ? keyOf(last) : null };
    },
    fresh: async (list, after) => newest(list, after, true),
    work: async (kind) => new Map([...works.values()].flatMap((w) => (w.kind === kind ? [[w.list, w] as const] : []))),
    setWork: async (list, kind, atMs, document) => void works.set(`${list} ${kind}`, { list, kind, atMs, document }),
    hits: async () => new Map(),
  };
}

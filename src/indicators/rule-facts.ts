import { createHash } from 'node:crypto';
import type { Fields } from '../model/event.ts';
import type { MatchedField, RuleFacts } from '../model/finding.ts';
import { type IndicatorList, ruleOfList } from '../model/indicator.ts';
import type { IndicatorBook, Sighting } from './book.ts';

/** A list as detection sees it: one rule, met by whatever of the list stands in an event. */
export function ruleFactsOfList(list: IndicatorList): RuleFacts {
  return {
    id: ruleOfList(list.id),
    title: `Indicator list: ${list.name}`,
    titleVi: `Chỉ dấu tấn công: ${list.name}`,
    severity: list.severity,
    hash: createHash('sha256').update(`${list.id}\n${list.revision}`).digest('hex').slice(0, 32),
    tags: list.tags,
    author: list.source,
    license: '',
    family: 'intrusion',
  };
}

/** Explained sightings of one event in one list; an event that names an address in every field needs no more. */
const sightingsMax = 50;
const wordsMax = 200;

/** The lists an event met, and where; lists by their place in the book, ascending. */
export interface BookMatcher {
  match(event: { readonly fields: Fields }): readonly number[];
  explain(list: number, event: { readonly fields: Fields }): readonly MatchedField[];
}

export function matcherOf(book: IndicatorBook): BookMatcher {
  return {
    match(event) {
      let met: number[] | null = null;
      book.sight(event.fields, timeOf(event), ({ entry }) => {
        met ??= [];
        if (!met.includes(entry.list)) met.push(entry.list);
      });
      return met === null ? none : (met as number[]).sort((a, b) => a - b);
    },
    explain(list, event) {
      const found = new Map<string, MatchedField>();
      book.sight(event.fields, timeOf(event), (sighting) => {
        if (sighting.entry.list !== list || found.size >= sightingsMax) return;
        const key = `${sighting.field}\n${sighting.entry.indicator.value}`;
        const before = found.get(key);
        if (before === undefined) found.set(key, matchedOf(sighting));
        else if (before.value === sighting.text)
          found.set(key, { ...before, spans: [...before.spans, [sighting.start, sighting.length]] });
      });
      return [...found.values()];
    },
  };
}

const none: readonly number[] = [];

function timeOf(event: object): number | null {
  return 'eventTimeMs' in event && typeof event.eventTimeMs === 'number' ? event.eventTimeMs : null;
}

/** In the place of a selection stands the indicator, with what its list says about it. */
function matchedOf({ entry: { indicator }, field, text, start, length }: Sighting): MatchedField {
  const said = [`${indicator.type} ${indicator.value}`, indicator.description]
    .filter((part) => part !== '')
    .join(' — ');
  const selection = said.length > wordsMax ? `${said.slice(0, wordsMax - 1)}…` : said;
  return { field, value: text, selection, how: 'indicator', spans: [[start, length]] };
}

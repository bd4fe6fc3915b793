/** What of the board is shown; lives in the address, so a link or the back button restores the view. */
import type { IncidentCard } from '../../../src/contract/api.ts';
import { plain } from './format.ts';
import { severityRank } from './severity.ts';

export interface Filters {
  readonly origin: 'all' | 'real' | 'drill';
  /** Severity ranks 1–5; empty = all. */
  readonly severities: readonly number[];
  /** Security levels 1–5; empty = all. */
  readonly levels: readonly number[];
  /** '' = anyone, `-` = nobody yet, else the assignee. */
  readonly assignee: string;
  /** Words to find in title, agency, system, host, code; tone marks do not matter. */
  readonly text: string;
  readonly closedShown: boolean;
}

export const noFilters: Filters = {
  origin: 'all',
  severities: [],
  levels: [],
  assignee: '',
  text: '',
  closedShown: false,
};

function ranks(text: string | null): readonly number[] {
  if (text === null) return [];
  const found = new Set(
    text
      .split(',')
      .map(Number)
      .filter((n) => Number.isInteger(n) && n >= 1 && n <= 5),
  );
  return [...found].sort((a, b) => b - a);
}

/** Reads the query of an address; what it does not understand means "all". */
export function filtersOf(query: string): Filters {
  const p = new URLSearchParams(query);
  const origin = p.get('origin');
  return {
    origin: origin === 'real' || origin === 'drill' ? origin : 'all',
    severities: ranks(p.get('sev')),
    levels: ranks(p.get('level')),
    assignee: p.get('who') ?? '',
    text: p.get('q') ?? '',
    closedShown: p.get('closed') === '1',
  };
}

/** Inverse of `filtersOf`; '' when nothing is filtered. */
export function queryOf(filters: Filters): string {
  const p = new URLSearchParams();
  if (filters.origin !== 'all') p.set('origin', filters.origin);
  if (filters.severities.length > 0) p.set('sev', filters.severities.join(','));
  if (filters.levels.length > 0) p.set('level', filters.levels.join(','));
  if (filters.assignee !== '') p.set('who', filters.assignee);
  if (filters.text !== '') p.set('q', filters.text);
  if (filters.closedShown) p.set('closed', '1');
  const text = p.toString();
  return text === '' ? '' : `?${text}`;
}

export function isReal(card: { readonly origin: string }): boolean {
  return card.origin !== 'drill';
}

/** Whether the card passes; `but` leaves one filter out, for the counts beside its choices. */
export function passes(card: IncidentCard, f: Filters, but: '' | 'origin' = ''): boolean {
  if (but !== 'origin' && f.origin !== 'all' && isReal(card) !== (f.origin === 'real')) return false;
  if (f.severities.length > 0 && !f.severities.includes(severityRank(card.severity))) return false;
  if (f.levels.length > 0 && !f.levels.includes(card.systemLevel)) return false;
  if (f.assignee === '-' && card.assignee !== '') return false;
  if (f.assignee !== '' && f.assignee !== '-' && card.assignee !== f.assignee) return false;
  if (f.text === '') return true;
  const hay = plain(
    [card.code, card.title, card.titleVi, card.orgName, card.systemName, card.entity, ...card.hosts].join(' '),
  );
  return plain(f.text)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

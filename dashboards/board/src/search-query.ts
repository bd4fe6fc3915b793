/** The search page's address and the small edits of its query text. */

/** Quick ranges, by name in the address; the rest are two moments. */
export const ranges = {
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
} as const;
export type RangeName = keyof typeof ranges;

export interface SearchView {
  readonly q: string;
  /** A quick range counts back from now; null when two moments were chosen. */
  readonly last: RangeName | null;
  readonly fromMs: number;
  readonly toMs: number;
}

function isRange(name: string | null): name is RangeName {
  return name !== null && Object.hasOwn(ranges, name);
}

function moment(text: string | null): number | null {
  if (text === null || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
}

/** What it does not understand means the last hour. */
export function searchOf(query: string, nowMs: number): SearchView {
  const p = new URLSearchParams(query);
  const q = p.get('q') ?? '';
  const from = moment(p.get('from'));
  const to = moment(p.get('to'));
  if (from !== null && to !== null && from < to) return { q, last: null, fromMs: from, toMs: to };
  const asked = p.get('last');
  const last = isRange(asked) ? asked : '1h';
  return { q, last, fromMs: nowMs - ranges[last], toMs: nowMs };
}

export function queryOfSearch(view: SearchView): string {
  const p = new URLSearchParams();
  if (view.q !== '') p.set('q', view.q);
  if (view.last === null) {
    p.set('from', String(view.fromMs));
    p.set('to', String(view.toMs));
  } else if (view.last !== '1h') {
    p.set('last', view.last);
  }
  const text = p.toString();
  return text === '' ? '' : `?${text}`;
}

/** Field names the query language can say; a stranger one has no term. */
export function isSayable(field: string): boolean {
  return /^[\p{L}_@][\p{L}\p{N}_.@-]*$/u.test(field);
}

/** A `field:"value"` term; inside quotes `\\`, `"` and the wildcards are escaped, so it means exactly this value. */
export function term(field: string, value: string): string {
  return `${field}:"${value.replace(/[\\"*?]/g, '\\$&')}"`;
}

function without(q: string, part: string): string {
  const at = q.indexOf(part);
  return at < 0 ? q : `${q.slice(0, at).trimEnd()} ${q.slice(at + part.length).trimStart()}`.trim();
}

/** Adds a term, or its negation, to all of the query; takes its opposite out; a term that is there is not said twice. */
export function withTerm(q: string, field: string, value: string, how: 'keep' | 'exclude'): string {
  const yes = term(field, value);
  const no = `NOT ${yes}`;
  const negated = q.includes(no);
  const plainly = q.replaceAll(no, '').includes(yes);
  const rest = (how === 'keep' ? (negated ? without(q, no) : q) : plainly ? without(q, yes) : q).trim();
  if (how === 'keep' ? plainly : negated) return rest;
  const want = how === 'keep' ? yes : no;
  if (rest === '') return want;
  // "Beside" binds tighter than OR: an alternative has to be bracketed before something is required of all of it.
  return /\bor\b/i.test(rest) && !/^\([^()]*\)$/.test(rest) ? `(${rest}) ${want}` : `${rest} ${want}`;
}

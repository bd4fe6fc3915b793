import { fold } from '../fold.ts';
import { inNetwork } from '../lower/cidr.ts';
import type { Item, Pattern, Value } from '../lower/ir.ts';
import { meetsParts } from '../match/reference.ts';
import { plainTest } from '../match/text-test.ts';
import { anyDash, anyText, oneChar, type TextPart } from '../parse/text-parts.ts';

/**
 * What can be said of two patterns without an event. Both answers are sound, neither is complete: true is certain,
 * false means "not known".
 */

type TextPattern = Extract<Pattern, { kind: 'text' }>;

/** Whether every text that meets `b` meets `a`. */
function covers(a: Pattern, b: Pattern): boolean {
  if (a.kind === 'text' && isAny(a)) return b.kind !== 'null' && b.kind !== 'exists' && b.kind !== 'field';
  if (a.kind === 'cidr' && b.kind === 'cidr') return a.prefix <= b.prefix && inNetwork(b.bytes, a.bytes, a.prefix);
  if (a.kind !== 'text' || b.kind !== 'text') return JSON.stringify(a) === JSON.stringify(b);
  if (a.cased && !b.cased) return false;
  const only = plainOf(b);
  if (only !== null) return meetsParts(a.parts, only, a.cased);
  const [wide, narrow] = [runsOf(a, a.cased), runsOf(b, a.cased)];
  const literal = wide.runs.join('');
  if (wide.runs.length !== 1 || wide.wild) return false;
  if (wide.openStart && wide.openEnd) return narrow.runs.some((run) => run.includes(literal));
  if (wide.openEnd) return !narrow.openStart && (narrow.runs[0] ?? '').startsWith(literal);
  return wide.openStart && !narrow.openEnd && (narrow.runs[narrow.runs.length - 1] ?? '').endsWith(literal);
}

/** Whether no single text meets both. */
export function disjoint(a: Pattern, b: Pattern): boolean {
  if (a.kind === 'null') return b.kind !== 'null' && b.kind !== 'exists';
  if (b.kind === 'null') return disjoint(b, a);
  const [testA, testB] = [plainOf(a), plainOf(b)];
  if (testA !== null) return !mayMeet(b, testA);
  if (testB !== null) return !mayMeet(a, testB);
  if (a.kind === 'compare' && b.kind === 'compare') return rangesApart(a, b);
  if (a.kind !== 'text' || b.kind !== 'text') return false;
  const cased = a.cased && b.cased;
  const [left, right] = [runsOf(a, cased), runsOf(b, cased)];
  const [s, t] = [startOf(left), startOf(right)];
  const [e, f] = [endOf(left), endOf(right)];
  return !(s.startsWith(t) || t.startsWith(s)) || !(e.endsWith(f) || f.endsWith(e));
}

/** The letters every text of the pattern begins with; what a dash of `windash` stands for is not known. */
function startOf({ runs, openStart }: Runs): string {
  return openStart ? '' : ((runs[0] ?? '').split(dash)[0] ?? '');
}

function endOf({ runs, openEnd }: Runs): string {
  return openEnd ? '' : ((runs.at(-1) ?? '').split(dash).at(-1) ?? '');
}

/** Whether every event that meets item `a` meets item `b`. */
export function implies(a: Item, b: Item): boolean {
  if (a.field !== b.field) return false;
  if (a.negated || b.negated) {
    return a.link === b.link && a.negated === b.negated && JSON.stringify(a.values) === JSON.stringify(b.values);
  }
  const met = (by: Value) =>
    b.link === 'any'
      ? b.values.some((value) => valueCovers(value, by))
      : b.values.every((value) => valueCovers(value, by));
  if (a.values.length * b.values.length > pairsMax) return false;
  if (a.link === 'any') return a.values.every(met);
  if (b.link === 'any') return a.values.some(met);
  return b.values.every((value) => a.values.some((by) => valueCovers(value, by)));
}

/** Whether no event with one value in the field meets both items. */
export function contradict(a: Item, b: Item): boolean {
  if (a.field === null || a.field !== b.field || a.negated || b.negated) return false;
  const apart = (x: readonly Pattern[], y: readonly Pattern[]) => x.every((p) => y.every((q) => disjoint(p, q)));
  const groups = (item: Item) => (item.link === 'all' ? item.values : [item.values.flat()]);
  return groups(a).some((x) => groups(b).some((y) => x.length * y.length <= pairsMax && apart(x, y)));
}

/** Pairs of values compared for one question; of longer lists nothing is said. */
const pairsMax = 40_000;

/** Whether every text that meets one value meets the other. */
export function valueCovers(a: Value, b: Value): boolean {
  return b.every((narrow) => a.some((wide) => covers(wide, narrow)));
}

interface Runs {
  /** Literal text between wildcards; a dash of `windash` is a character of its own. */
  readonly runs: readonly string[];
  readonly openStart: boolean;
  readonly openEnd: boolean;
  /** Holds `?`. */
  readonly wild: boolean;
}

/** Stands for `anyDash` inside runs; no text may hold a noncharacter. */
const dash = '\uFFFF';

/** Runs that were worked out before: the values of a list are compared with each other many times. */
const known: Readonly<Record<'cased' | 'folded', WeakMap<TextPattern, Runs>>> = {
  cased: new WeakMap(),
  folded: new WeakMap(),
};

function runsOf(pattern: TextPattern, cased: boolean): Runs {
  const cache = known[cased ? 'cased' : 'folded'];
  const cached = cache.get(pattern);
  if (cached !== undefined) return cached;
  const made = makeRuns(pattern, cased);
  cache.set(pattern, made);
  return made;
}

function makeRuns(pattern: TextPattern, cased: boolean): Runs {
  const runs = [''];
  for (const part of pattern.parts) {
    if (part === anyText || part === oneChar) runs.push('');
    else runs[runs.length - 1] += part === anyDash ? dash : cased ? part : fold(part);
  }
  const open = (part: TextPart | undefined) => part === anyText || part === oneChar;
  const { parts } = pattern;
  return {
    runs: runs.filter((run, i) => run !== '' || (runs.length === 1 && i === 0)),
    openStart: open(parts[0]),
    openEnd: open(parts[parts.length - 1]),
    wild: parts.includes(oneChar),
  };
}

function isAny(pattern: TextPattern): boolean {
  return pattern.parts.length === 1 && pattern.parts[0] === anyText;
}

/** The only text that meets the pattern (in any case unless cased), or null when there are several. */
function plainOf(pattern: Pattern): string | null {
  if (pattern.kind !== 'text' || pattern.parts.length > 1) return null;
  const [part = ''] = pattern.parts;
  return typeof part === 'string' ? part : null;
}

/** Whether a text, in some case, may meet a pattern. */
function mayMeet(pattern: Pattern, text: string): boolean {
  switch (pattern.kind) {
    case 'text':
      return meetsParts(pattern.parts, text, false);
    case 'cidr':
    case 'compare':
      return plainTest(pattern)(text);
    default:
      return true;
  }
}

function rangesApart(a: Extract<Pattern, { kind: 'compare' }>, b: Extract<Pattern, { kind: 'compare' }>): boolean {
  if (a.part !== b.part) return false;
  const from = Math.max(lowest(a), lowest(b));
  const to = Math.min(highest(a), highest(b));
  const open = [a, b].some(
    ({ operator, number }) => (operator === 'gt' && number === from) || (operator === 'lt' && number === to),
  );
  return from > to || (from === to && open);
}

function lowest({ operator, number }: Extract<Pattern, { kind: 'compare' }>): number {
  return operator === 'lt' || operator === 'lte' ? Number.NEGATIVE_INFINITY : number;
}

function highest({ operator, number }: Extract<Pattern, { kind: 'compare' }>): number {
  return operator === 'gt' || operator === 'gte' ? Number.POSITIVE_INFINITY : number;
}

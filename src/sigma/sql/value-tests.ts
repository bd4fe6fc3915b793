import type { Pattern, TimePart } from '../lower/ir.ts';
import { sqlLiteral } from './params.ts';
import type { Scope } from './scope.ts';

/** A condition on a text `v`, as it is, for the patterns that look at one value and are no plain text. */
export function valueTest(pattern: Extract<Pattern, { kind: 'regex' | 'cidr' }>, scope: Scope): string {
  switch (pattern.kind) {
    case 'regex':
      return `match(v, ${scope.params.text(regexText(pattern.source, pattern.flags))})`;
    case 'cidr':
      return cidrTest(pattern.bytes, pattern.prefix, scope);
  }
}

type Compare = Extract<Pattern, { kind: 'compare' }>;

/** A condition on `v`, a member of the list that `comparedList` names. */
export function compareTest(pattern: Compare, scope: Scope): string {
  const compared = `v ${operators[pattern.operator]} ${scope.params.number(pattern.number)}`;
  return `ifNull(${pattern.part === null ? 'isFinite(v) AND ' : ''}${compared}, 0)`;
}

/** The texts of a list as what is compared: numbers, or parts of dates; NULL for texts that are neither. */
export function comparedList(texts: string, part: TimePart | null, scope: Scope): string {
  if (part === null) {
    return scope.define(`${texts}_number`, `arrayMap(v -> ${numberFunction(scope)}(v), ${texts})`);
  }
  return scope.define(`${texts}_${part}`, `arrayMap(v -> ${datePart(part, scope)}, ${texts})`);
}

const operators = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** Matches nothing, and no text must be there for it. */
const never = String.raw`[^\x00-\x{10FFFF}]`;

/**
 * The expression as match() must have it. `.` would take a newline unless told otherwise. And before RE2 sees a text,
 * ClickHouse looks for what it believes every match must hold; it reads bytes, so that to it `é?` wants the first half of
 * an é, and it does not know \Q…\E. An alternative without any such text keeps it from doing so.
 */
function regexText(source: string, flags: string): string {
  const off = flags.includes('s') ? '' : '(?-s)';
  const on = flags === '' ? '' : `(?${flags})`;
  // RE2 reads bytes too, and \B holds in the middle of an é: the match must begin between two characters.
  if (source.includes('\\B')) return `${never}|\\A(?s:.)*?(?:${off}${on}${closed(source)})`;
  const plain = /^[\x20-\x7e]*$/.test(source) && !/\\(?![dDsSwW])[0-9A-Za-z]|\(\?[^:]/.test(source);
  return `${off}${on}${plain ? '' : `${never}|`}${source}`;
}

/** With an \E for a \Q that runs to the end. */
function closed(source: string): string {
  const last = [...source.matchAll(/\\Q.*?(?:\\E|$)|\\./gs)].at(-1)?.[0] ?? '';
  return last.startsWith('\\Q') && !last.endsWith('\\E') ? `${source}\\E` : source;
}

/** Addresses only: isIPAddressInRange throws on any other text, and knows IPv4 inside IPv6, which is not ours. */
function cidrTest(bytes: readonly number[], prefix: number, scope: Scope): string {
  const network = scope.params.text(`${addressText(bytes)}/${prefix}`);
  if (bytes.length === 4) {
    return `(isIPv4String(v) AND isIPAddressInRange(if(isIPv4String(v), v, '0.0.0.0'), ${network}))`;
  }
  // isIPv6String lets `:::` pass, and zeros before the octets of an IPv4 tail.
  const isV6 = scope.define(
    'is_ipv6',
    "v -> isIPv6String(v) AND position(v, ':::') = 0 AND (position(v, '.') = 0 OR isIPv4String(substringIndex(v, ':', -1)))",
  );
  return `(${isV6}(v) AND isIPAddressInRange(if(${isV6}(v), v, '::'), ${network}))`;
}

function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return groups.join(':');
}

const decimal = String.raw`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z`;

/** Function: decimal text → Float64, NULL for other texts: ClickHouse alone would also take blanks, inf, hexadecimal. */
export function numberFunction(scope: Scope): string {
  const isDecimal = `length(v) <= 400 AND match(v, ${sqlLiteral(decimal)})`;
  return scope.define('number_of', `v -> toFloat64OrNull(if(${isDecimal}, v, ''))`);
}

const isoDate = String.raw`^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\s?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?)?\z`;

/**
 * A part of the ISO 8601 date text `v` in UTC, NULL when it is no date. The calendar repeats every 400 years (146,097
 * days, whole weeks), so any year is looked up among 1900 … 2299, which Date32 holds.
 */
function datePart(part: TimePart, scope: Scope): string {
  const groups = scope.define('date_groups', `v -> extractGroups(v, ${sqlLiteral(isoDate)})`);
  const number = scope.define('date_number', `(g, i) -> toInt64OrZero(g[i])`);
  const day = scope.define(
    'date_day',
    `g -> makeDate32(1900 + (${number}(g, 1) + 100) % 400, ${number}(g, 2), ${number}(g, 3))`,
  );
  const valid = scope.define(
    'is_date',
    `g -> notEmpty(g) AND ${number}(g, 2) BETWEEN 1 AND 12 AND ${number}(g, 3) BETWEEN 1 AND 31 ` +
      `AND ${number}(g, 4) <= 23 AND ${number}(g, 5) <= 59 AND ${number}(g, 6) <= 60 ` +
      `AND toDayOfMonth(${day}(g)) = ${number}(g, 3)`,
  );
  const minutes = scope.define(
    'date_minutes',
    `g -> ${number}(g, 4) * 60 + ${number}(g, 5) - if(g[8] = '-', -1, 1) * (${number}(g, 9) * 60 + ${number}(g, 10))`,
  );
  const floorDiv = '(a, b) -> intDiv(a - positiveModulo(a, b), b)';
  const days = `${scope.define('floor_div', floorDiv)}(${minutes}(g), 1440)`;
  // Days since 1900-01-01 within the 400 years, and the 400 years themselves.
  const dayNumber = scope.define('day_number', `g -> dateDiff('day', toDate32('1900-01-01'), ${day}(g)) + ${days}`);
  const date = scope.define('date_of', `g -> addDays(toDate32('1900-01-01'), positiveModulo(${dayNumber}(g), 146097))`);
  const year = `toYear(${date}(g)) + 400 * (floor_div(${number}(g, 1) - 1900, 400) + floor_div(${dayNumber}(g), 146097))`;
  const value: Readonly<Record<TimePart, string>> = {
    minute: `positiveModulo(${minutes}(g), 60)`,
    hour: `intDiv(positiveModulo(${minutes}(g), 1440), 60)`,
    day: `toDayOfMonth(${date}(g))`,
    week: `toISOWeek(${date}(g))`,
    month: `toMonth(${date}(g))`,
    year,
  };
  const answer = scope.define(`utc_${part}`, `g -> if(${valid}(g), ${value[part]}, NULL)`);
  return `${answer}(${groups}(v))`;
}

import type { TimePart } from './ir.ts';
import { type Modifier, type ModifierContext, nameOf, type Operand } from './modifier.ts';

/** lt, lte, gt, gte: numbers and numeric texts; anything else is not less and not greater. */
function comparison(operator: 'lt' | 'lte' | 'gt' | 'gte'): Modifier {
  return (operand, context) => {
    const before = comparisonBefore(operand, context);
    if (before !== null) {
      const advice = `A range is two items: field|${before} and field|${operator}.`;
      context.report('modifier-conflict', `${operator} stands after ${before}`, advice);
      return null;
    }
    const part = operand.kind === 'time' ? operand.part : null;
    const number = needNumber(operand.kind === 'time' ? operand.number : operand, context);
    return number === null ? null : { kind: 'pattern', pattern: { kind: 'compare', operator, number, part } };
  };
}

export const lt: Modifier = comparison('lt');
export const lte: Modifier = comparison('lte');
export const gt: Modifier = comparison('gt');
export const gte: Modifier = comparison('gte');

/** minute … year: that part of a date (UTC, ISO week) equals the number, or compares with it when lt … gte follows. */
export function timePart(part: TimePart): Modifier {
  return (operand, context) => {
    const before = comparisonBefore(operand, context);
    if (before !== null) {
      context.report('modifier-order', `${part} stands after ${before}`, `Write ${part}|${before}.`);
      return null;
    }
    if (needNumber(operand, context) === null) return null;
    return { kind: 'time', part, number: operand };
  };
}

/** The lt … gte that the operand went through already, or null. */
function comparisonBefore(operand: Operand, { earlier }: ModifierContext): string | null {
  const isCompared = operand.kind === 'pattern' && operand.pattern.kind === 'compare';
  return isCompared ? (earlier.at(-1) ?? null) : null;
}

/** For the values that stay a bare `time` after the last modifier. */
export function numberOf(operand: Operand): number | null {
  if (operand.kind === 'number') return Number(operand.text);
  if (operand.kind === 'text' && typeof operand.parts[0] === 'string' && operand.parts.length === 1) {
    return parseNumber(operand.parts[0]);
  }
  return null;
}

function needNumber(operand: Operand, context: ModifierContext): number | null {
  const number = numberOf(operand);
  if (number === null) context.report('modifier-type', `${context.modifier} takes a number, not ${nameOf(operand)}`);
  return number;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A number written in decimal, or null; no spaces, no hexadecimal, no Infinity. */
export function parseNumber(text: string): number | null {
  if (text.length > 400 || !decimal.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

const isoDate = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A part of an ISO 8601 date text in UTC (a text without a zone is UTC); null when the text is no date. */
export function partOfDate(text: string, part: TimePart): number | null {
  const match = isoDate.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  if (Number(month) < 1 || Number(month) > 12 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return null;
  const midnightMs = utcMidnight(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnightMs).getUTCDate() !== Number(day)) return null;
  const local = midnightMs + Number(hour) * 3_600_000 + Number(minute) * 60_000;
  const date = new Date(local - zoneMs(zone));
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

/** Date.UTC, which takes the years 0 to 99 for those of the last century, put right. */
function utcMidnight(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** ISO 8601: weeks begin on Monday; week 1 holds the year's first Thursday. */
function isoWeek(date: Date): number {
  const dayMs = 86_400_000;
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(Math.floor(date.getTime() / dayMs) * dayMs + (3 - weekday) * dayMs);
  const firstOfYear = utcMidnight(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - firstOfYear) / (7 * dayMs));
}

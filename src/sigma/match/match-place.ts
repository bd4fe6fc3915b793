import type { RE2JS } from 're2js';
import { fold } from '../fold.ts';
import { explainLimits } from '../limits.ts';
import type { Pattern } from '../lower/ir.ts';
import { compileRegex } from '../lower/regex.ts';
import { anyText, printText } from '../parse/text-parts.ts';
import { contentOf, type EventFields } from './field-content.ts';

/** equals, contains, startswith, endswith, wildcard, re, cidr, lt … gte, fieldref, exists, null. */
export function howOf(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'text': {
      const open = [pattern.parts[0] === anyText, pattern.parts[pattern.parts.length - 1] === anyText];
      const inner = pattern.parts.slice(open[0] ? 1 : 0, open[1] ? -1 : undefined);
      if (inner.some((part) => part === anyText) || inner.length === 0)
        return inner.length === 0 ? 'exists' : 'wildcard';
      if (open[0]) return open[1] ? 'contains' : 'endswith';
      return open[1] ? 'startswith' : 'equals';
    }
    case 'regex':
      return 're';
    case 'compare':
      return pattern.part === null ? pattern.operator : `${pattern.part} ${pattern.operator}`;
    case 'field':
      return 'fieldref';
    default:
      return pattern.kind;
  }
}

export type Spans = readonly (readonly [number, number])[];

/** Gives a regex pattern's expression, compiled once. */
export type RegexOf = (pattern: Extract<Pattern, { kind: 'regex' }>) => RE2JS;

export function createRegexOf(): RegexOf {
  const compiled = new WeakMap<Pattern, RE2JS>();
  return (pattern) => {
    const regex = compiled.get(pattern) ?? compileRegex(pattern.source, pattern.flags);
    compiled.set(pattern, regex);
    return regex;
  };
}

/** Where in a text that meets the pattern the match lies; [] when it has no place. */
export function spansOf(pattern: Pattern, text: string, fields: EventFields, regexOf: RegexOf): Spans {
  if (pattern.kind === 'regex') {
    const matcher = regexOf(pattern).matcher(text);
    return matcher.find() ? [[matcher.start(), matcher.end() - matcher.start()]] : [];
  }
  if (pattern.kind === 'field') {
    const other = contentOf(fields, pattern.name).texts.find((o) => fold(text).includes(fold(o)));
    return other === undefined ? [] : spanOfLiteral(text, other, pattern.how === 'endswith', pattern.cased);
  }
  if (pattern.kind === 'cidr' || pattern.kind === 'compare') return [[0, text.length]];
  if (pattern.kind !== 'text') return [];
  const spans: [number, number][] = [];
  const whole = pattern.cased ? text : fold(text);
  let at = 0;
  for (const [i, part] of pattern.parts.entries()) {
    if (typeof part !== 'string' || spans.length >= explainLimits.spans) continue;
    const wanted = pattern.cased ? part : fold(part);
    const last = i === pattern.parts.length - 1 && i > 0;
    const found = last ? whole.length - wanted.length : whole.indexOf(wanted, at);
    if (found < 0) continue;
    spans.push([found, wanted.length]);
    at = found + wanted.length;
  }
  return spans;
}

function spanOfLiteral(text: string, literal: string, last: boolean, cased: boolean): Spans {
  const whole = cased ? text : fold(text);
  const wanted = cased ? literal : fold(literal);
  const found = last ? whole.lastIndexOf(wanted) : whole.indexOf(wanted);
  return found < 0 ? [] : [[found, wanted.length]];
}

/** Cuts a long value to a window that begins a little before the first match. */
export function windowOf(text: string, spans: Spans): { value: string; spans: Spans } {
  const max = explainLimits.valueChars;
  if (text.length <= max) return { value: text, spans };
  const first = spans[0]?.[0] ?? 0;
  const from = first + 64 < max ? 0 : Math.max(0, first - 64);
  const value = text.slice(from, from + max);
  const shifted = spans.flatMap(([start, length]): [number, number][] => {
    const moved = start - from;
    return moved < 0 || moved >= max ? [] : [[moved, Math.min(length, max - moved)]];
  });
  return { value, spans: shifted };
}

/** What a pattern looks for, as a person reads it; `howOf` says how. */
export function wantedOf(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'text': {
      const { parts } = pattern;
      const [start, end] = [parts[0] === anyText, parts[parts.length - 1] === anyText];
      const inner = parts.slice(start ? 1 : 0, end ? -1 : undefined);
      // Without wildcards inside, `how` says it all and the text needs no escapes.
      if (inner.length <= 1 && typeof inner[0] !== 'number') return inner[0] ?? '';
      return printText(howOf(pattern) === 'wildcard' ? parts : inner);
    }
    case 'regex':
      return pattern.flags === '' ? pattern.source : `(?${pattern.flags})${pattern.source}`;
    case 'cidr':
      return pattern.network;
    case 'compare':
      return String(pattern.number);
    case 'field':
      return pattern.how === 'equals' ? pattern.name : `${pattern.how} ${pattern.name}`;
    case 'exists':
      return String(pattern.expected);
    case 'null':
      return 'null';
  }
}

import { fold } from '../fold.ts';
import { explainLimits } from '../limits.ts';
import type { Condition, Detection, Item, Pattern, RuleIr } from '../lower/ir.ts';
import { compileRegex } from '../lower/regex.ts';
import { anyText } from '../parse/text-parts.ts';
import { contentOf, type EventFields } from './field-content.ts';
import { compileGlob } from './glob.ts';
import { itemContent, meetsPattern } from './reference.ts';
import { plainTest, type TextTest } from './text-test.ts';

/** Which part of a rule was met by which text of which field (same shape as model/finding.ts MatchedField). */
export interface MatchDetail {
  /** '' for a keyword found in a value whose field is not looked at. */
  readonly field: string;
  /** The value as text, cut to a window around the match. */
  readonly value: string;
  readonly selection: string;
  /** equals, contains, startswith, endswith, wildcard, re, cidr, lt … gte, fieldref, exists, null. */
  readonly how: string;
  /** [start, length] inside `value`, in UTF-16 units; [] when the match has no place. */
  readonly spans: readonly (readonly [number, number])[];
}

/** Tests one text against a pattern of text, regex, cidr or compare; the text comes as it is and folded. */
type OneTextTest = (text: string, folded: string) => boolean;

export interface Explainer {
  /** The positive items an event meets, in the rule's order; [] when the event does not meet the rule. */
  explain(rule: RuleIr, fields: EventFields): MatchDetail[];
}

/**
 * `meetsItem` answers for the event that is explained; a hit is explained in the time of a few matches, since floods of
 * hits are what a bad day looks like. Tests of single patterns are made once.
 */
export function createExplainer(meetsItem: (item: Item) => boolean): Explainer {
  const tests = new WeakMap<Pattern, OneTextTest>();
  return { explain: (rule, fields) => explainMatch(rule, fields, meetsItem, testOf) };

  function testOf(pattern: Pattern): OneTextTest | null {
    const known = tests.get(pattern);
    if (known !== undefined) return known;
    const test = oneTextTest(pattern);
    if (test !== null) tests.set(pattern, test);
    return test;
  }
}

/** null for patterns that ask more than one text: presence, absence, another field. */
function oneTextTest(pattern: Pattern): OneTextTest | null {
  switch (pattern.kind) {
    case 'null':
    case 'exists':
    case 'field':
      return null;
    case 'text': {
      if (pattern.parts.length === 1 && pattern.parts[0] === anyText) return null;
      const glob: TextTest = compileGlob(pattern.parts, pattern.cased);
      return pattern.cased ? glob : (_, folded) => glob(folded);
    }
    default:
      return plainTest(pattern);
  }
}

function explainMatch(
  rule: RuleIr,
  fields: EventFields,
  meetsItem: (item: Item) => boolean,
  testOf: (pattern: Pattern) => OneTextTest | null,
): MatchDetail[] {
  const details: MatchDetail[] = [];
  const told = new Set<string>();
  walkCondition(rule.condition);
  return details;

  function meetsCondition(condition: Condition): boolean {
    switch (condition.kind) {
      case 'and':
        return condition.of.every(meetsCondition);
      case 'or':
        return condition.of.some(meetsCondition);
      case 'not':
        return !meetsCondition(condition.of);
      case 'selections':
        return condition.link === 'all' ? condition.names.every(meetsSelection) : condition.names.some(meetsSelection);
    }
  }

  function meetsSelection(name: string): boolean {
    const detection = rule.selections.get(name);
    return detection !== undefined && meetsDetection(detection);
  }

  function meetsDetection(detection: Detection): boolean {
    if (detection.kind === 'item') return meetsItem(detection.item);
    return detection.kind === 'all' ? detection.of.every(meetsDetection) : detection.of.some(meetsDetection);
  }

  function walkCondition(condition: Condition): void {
    if (!meetsCondition(condition)) return;
    if (condition.kind === 'and' || condition.kind === 'or') condition.of.forEach(walkCondition);
    else if (condition.kind === 'selections') {
      for (const name of condition.names) {
        const detection = rule.selections.get(name);
        if (told.has(name) || detection === undefined) continue;
        told.add(name);
        walkDetection(detection, name);
      }
    }
  }

  /** Tells of the detection when it is met as a whole; true if so. */
  function walkDetection(detection: Detection, selection: string): boolean {
    if (detection.kind === 'item') {
      const met = meetsItem(detection.item);
      if (met && !detection.item.negated) tellItem(detection.item, selection);
      return met;
    }
    const before = details.length;
    const met = detection.of.map((part) => walkDetection(part, selection));
    const whole = detection.kind === 'all' ? !met.includes(false) : met.includes(true);
    if (!whole) details.length = before;
    return whole;
  }

  function tellItem(item: Item, selection: string): void {
    const content = itemContent(item, fields);
    const folded = content.texts.map(fold);
    for (const pattern of item.values.flat()) {
      if (details.length >= explainLimits.details) return;
      const test = testOf(pattern);
      let text: string | undefined;
      if (test !== null) {
        text = content.texts.find((raw, i) => test(raw, folded[i] ?? ''));
        if (text === undefined) continue;
      } else {
        if (!meetsPattern(pattern, content, fields)) continue;
        const one = (single: string) => meetsPattern(pattern, { exists: true, present: true, texts: [single] }, fields);
        text = content.texts.find(one) ?? '';
      }
      const place = item.field ?? keywordPlace(fields, text);
      details.push({ field: place, selection, how: howOf(pattern), ...window(text, spansOf(pattern, text, fields)) });
    }
  }
}

/** The first top-level field that holds a keyword's text. */
function keywordPlace(fields: EventFields, text: string): string {
  return Object.keys(fields).find((name) => contentOf(fields, name).texts.includes(text)) ?? '';
}

function howOf(pattern: Pattern): string {
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

type Spans = readonly (readonly [number, number])[];

function spansOf(pattern: Pattern, text: string, fields: EventFields): Spans {
  if (pattern.kind === 'regex') {
    const matcher = compileRegex(pattern.source, pattern.flags).matcher(text);
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
function window(text: string, spans: Spans): { value: string; spans: Spans } {
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

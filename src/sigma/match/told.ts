import { fold } from '../fold.ts';
import type { Condition, Detection, Item, Pattern, RuleIr } from '../lower/ir.ts';
import { anyText, type TextPart } from '../parse/text-parts.ts';
import type { AnsweredCondition, AnsweredDetection, AnsweredItem, AnsweredSelection } from './answered.ts';
import type { EventFields, FieldContent } from './field-content.ts';
import { compileGlob } from './glob.ts';
import { itemContent, meetsParts, meetsPattern } from './reference.ts';
import { shapeOf } from './text-shape.ts';
import { plainTest, type TextTest } from './text-test.ts';

/** A rule's condition with the answer of one event at every step. */
export type ToldCondition = AnsweredCondition<ToldItem>;

type ToldSelection = AnsweredSelection<ToldItem>;

export type ToldDetection = AnsweredDetection<ToldItem>;

export interface ToldItem extends AnsweredItem {
  readonly item: Item;
  readonly content: FieldContent;
  /** Pattern by pattern, as `item.values`; found out when asked for, since most of a rule need only be met or not. */
  readonly values: () => readonly (readonly ToldPattern[])[];
}

export interface ToldPattern {
  readonly pattern: Pattern;
  readonly met: boolean;
  /** The first text that meets it; null when none does or none is asked for. */
  readonly by: string | null;
}

/** Tests one text against a pattern of text, regex, cidr or compare; the text comes as it is and folded. */
type OneTextTest = (text: string, folded: string) => boolean;

/** Answers every step of a rule for an event. */
export type Teller = (rule: RuleIr, fields: EventFields) => ToldCondition;

/**
 * Tests of single patterns are made once, so a hit is told in the time of a few matches: floods of hits are what a bad
 * day looks like.
 */
export function createTeller(): Teller {
  const tests = new WeakMap<Pattern, OneTextTest>();
  return (rule, fields) => tell(rule, fields, testOf);

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
      const { parts, cased } = pattern;
      // Half of a surrogate pair is no text of its own to startsWith and its like.
      if (parts.some((part) => typeof part === 'string' && halfPair.test(part))) {
        return (text) => meetsParts(parts, text, cased);
      }
      return cased ? compileGlob(parts, true) : foldedTest(parts);
    }
    default:
      return plainTest(pattern);
  }
}

const halfPair = /\p{Surrogate}/u;

function foldedTest(parts: readonly TextPart[]): OneTextTest {
  const shape = shapeOf(parts);
  switch (shape.kind) {
    case 'exact':
      return (_, folded) => folded === shape.text;
    case 'prefix':
      return (_, folded) => folded.startsWith(shape.text);
    case 'suffix':
      return (_, folded) => folded.endsWith(shape.text);
    case 'contains':
      return (_, folded) => folded.includes(shape.text);
    default: {
      const glob: TextTest = compileGlob(parts, false);
      return (_, folded) => glob(folded);
    }
  }
}

function tell(rule: RuleIr, fields: EventFields, testOf: (pattern: Pattern) => OneTextTest | null): ToldCondition {
  const contents = new Map<string | null, { readonly content: FieldContent; readonly folded: readonly string[] }>();
  const selections = new Map<string, ToldSelection>();
  return tellCondition(rule.condition);

  function tellCondition(condition: Condition): ToldCondition {
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const of = condition.of.map(tellCondition);
        return { kind: condition.kind, met: isMet(of, condition.kind === 'and'), of };
      }
      case 'not': {
        const of = tellCondition(condition.of);
        return { kind: 'not', met: !of.met, of };
      }
      case 'selections': {
        const of = condition.names.map(tellSelection);
        return { kind: 'selections', link: condition.link, met: isMet(of, condition.link === 'all'), of };
      }
    }
  }

  function tellSelection(name: string): ToldSelection {
    const known = selections.get(name);
    if (known !== undefined) return known;
    const detection = tellDetection(rule.selections.get(name) ?? { kind: 'any', of: [] });
    const told = { name, met: detection.met, detection };
    selections.set(name, told);
    return told;
  }

  function tellDetection(detection: Detection): ToldDetection {
    if (detection.kind === 'item') return tellItem(detection.item);
    const of = detection.of.map(tellDetection);
    return { kind: detection.kind, met: isMet(of, detection.kind === 'all'), of };
  }

  function tellItem(item: Item): ToldItem {
    const { content, folded } = contentOfItem(item);
    const meetsValue = (patterns: readonly Pattern[]) =>
      patterns.some((pattern) => {
        const test = testOf(pattern);
        if (test === null) return meetsPattern(pattern, content, fields);
        return content.texts.some((text, i) => test(text, folded[i] ?? ''));
      });
    const met = (item.link === 'all' ? item.values.every(meetsValue) : item.values.some(meetsValue)) !== item.negated;
    const values = () =>
      item.values.map((patterns) => patterns.map((pattern) => tellPattern(pattern, content, folded)));
    return { kind: 'item', met, item, content, values };
  }

  function contentOfItem(item: Item): { readonly content: FieldContent; readonly folded: readonly string[] } {
    const known = contents.get(item.field);
    if (known !== undefined) return known;
    const content = itemContent(item, fields);
    const read = { content, folded: content.texts.map(fold) };
    contents.set(item.field, read);
    return read;
  }

  function tellPattern(pattern: Pattern, content: FieldContent, folded: readonly string[]): ToldPattern {
    const test = testOf(pattern);
    if (test !== null) {
      const by = content.texts.find((text, i) => test(text, folded[i] ?? ''));
      return { pattern, met: by !== undefined, by: by ?? null };
    }
    const met = meetsPattern(pattern, content, fields);
    const one = (text: string) => meetsPattern(pattern, { exists: true, present: true, texts: [text] }, fields);
    return { pattern, met, by: met ? (content.texts.find(one) ?? null) : null };
  }
}

function isMet(parts: readonly { readonly met: boolean }[], all: boolean): boolean {
  return all ? parts.every((part) => part.met) : parts.some((part) => part.met);
}

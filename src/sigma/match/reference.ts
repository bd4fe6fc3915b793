import { fold } from '../fold.ts';
import type { Condition, Detection, FieldComparison, Item, Pattern, RuleIr } from '../lower/ir.ts';
import { anyDash, anyText, dashes, oneChar, type TextPart } from '../parse/text-parts.ts';
import { contentOf, type EventFields, type FieldContent, leafTexts } from './field-content.ts';
import { plainTest } from './text-test.ts';

/**
 * The reference evaluator: what a rule means, written for the reader. No cache, no index, no order of evaluation that
 * matters. The fast evaluator (and the SQL to come) is right when it agrees with this one.
 */
export function meets(rule: RuleIr, fields: EventFields): boolean {
  return meetsCondition(rule.condition);

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
    if (detection.kind === 'item') return meetsItem(detection.item, fields);
    return detection.kind === 'all' ? detection.of.every(meetsDetection) : detection.of.some(meetsDetection);
  }
}

/** An item: any or all of its values, each met by whichever member of the field; `neq` turns the whole round. */
function meetsItem(item: Item, fields: EventFields): boolean {
  const content = itemContent(item, fields);
  const meetsValue = (value: readonly Pattern[]) => value.some((pattern) => meetsPattern(pattern, content, fields));
  const met = item.link === 'all' ? item.values.every(meetsValue) : item.values.some(meetsValue);
  return met !== item.negated;
}

/** The field of an item, or for keywords all values of the event. */
export function itemContent(item: Item, fields: EventFields): FieldContent {
  if (item.field !== null) return contentOf(fields, item.field);
  const texts: string[] = [];
  leafTexts(fields, texts);
  return { exists: true, present: texts.length > 0, texts };
}

export function meetsPattern(pattern: Pattern, content: FieldContent, fields: EventFields): boolean {
  switch (pattern.kind) {
    case 'null':
      return !content.present;
    case 'exists':
      return content.exists === pattern.expected;
    case 'field': {
      const other = contentOf(fields, pattern.name);
      const form = (text: string) => (pattern.cased ? text : fold(text));
      return content.texts.some((a) => other.texts.some((b) => compareTexts(form(a), pattern.how, form(b))));
    }
    case 'text': {
      if (pattern.parts.length === 1 && pattern.parts[0] === anyText) return content.present;
      return content.texts.some((text) => meetsParts(pattern.parts, text, pattern.cased));
    }
    default:
      return content.texts.some(plainTest(pattern));
  }
}

export function compareTexts(text: string, how: FieldComparison, other: string): boolean {
  switch (how) {
    case 'equals':
      return text === other;
    case 'contains':
      return text.includes(other);
    case 'startswith':
      return text.startsWith(other);
    case 'endswith':
      return text.endsWith(other);
  }
}

/** Parts against the code points of a text: `reached` holds every place the parts so far can end at. */
export function meetsParts(parts: readonly TextPart[], text: string, cased: boolean): boolean {
  const form = (whole: string) => [...(cased ? whole : fold(whole))];
  const points = form(text);
  let reached = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of reached) {
      if (part === anyText) for (let to = at; to <= points.length; to++) next.add(to);
      else if (part === oneChar) {
        if (at < points.length) next.add(at + 1);
      } else if (part === anyDash) {
        if (dashes.includes(points[at] ?? '')) next.add(at + 1);
      } else {
        const wanted = form(part);
        if (wanted.every((point, i) => points[at + i] === point)) next.add(at + wanted.length);
      }
    }
    reached = next;
  }
  return reached.has(points.length);
}

import { explainLimits } from '../limits.ts';
import type { RuleIr } from '../lower/ir.ts';
import { contentOf, type EventFields } from './field-content.ts';
import { createRegexOf, howOf, type RegexOf, spansOf, windowOf } from './match-place.ts';
import { createTeller, type ToldCondition, type ToldDetection, type ToldItem } from './told.ts';

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

/** The positive items an event meets, in the rule's order; [] when the event does not meet the rule. */
export type Explainer = (rule: RuleIr, fields: EventFields) => MatchDetail[];

export function createExplainer(): Explainer {
  const tell = createTeller();
  const regexOf = createRegexOf();
  return (rule, fields) => detailsOf(tell(rule, fields), fields, regexOf);
}

function detailsOf(told: ToldCondition, fields: EventFields, regexOf: RegexOf): MatchDetail[] {
  const details: MatchDetail[] = [];
  const named = new Set<string>();
  fromCondition(told);
  return details;

  function fromCondition(condition: ToldCondition): void {
    if (!condition.met) return;
    if (condition.kind === 'and' || condition.kind === 'or') condition.of.forEach(fromCondition);
    else if (condition.kind === 'selections') {
      for (const { name, detection } of condition.of) {
        if (named.has(name)) continue;
        named.add(name);
        fromDetection(detection, name);
      }
    }
  }

  function fromDetection(detection: ToldDetection, selection: string): void {
    if (!detection.met) return;
    if (detection.kind !== 'item') for (const part of detection.of) fromDetection(part, selection);
    else if (!detection.item.negated) fromItem(detection, selection);
  }

  function fromItem({ item, values }: ToldItem, selection: string): void {
    for (const { pattern, met, by } of values().flat()) {
      if (!met) continue;
      if (details.length >= explainLimits.details) return;
      const text = by ?? '';
      const field = item.field ?? keywordPlace(fields, text);
      details.push({
        field,
        selection,
        how: howOf(pattern),
        ...windowOf(text, spansOf(pattern, text, fields, regexOf)),
      });
    }
  }
}

/** The first top-level field that holds a keyword's text. */
function keywordPlace(fields: EventFields, text: string): string {
  return Object.keys(fields).find((name) => contentOf(fields, name).texts.includes(text)) ?? '';
}

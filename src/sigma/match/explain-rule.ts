import { explainLimits } from '../limits.ts';
import type { RuleIr } from '../lower/ir.ts';
import { anyDash } from '../parse/text-parts.ts';
import type { ExplainedCondition, ExplainedDetection, ExplainedPattern, ExplainedRule } from './explained.ts';
import { contentOf, type EventFields } from './field-content.ts';
import { createRegexOf, howOf, spansOf, wantedOf, windowOf } from './match-place.ts';
import { createTeller, type ToldCondition, type ToldDetection, type ToldPattern } from './told.ts';

/** Why an event meets a rule or does not, item by item. */
export function explainRule(rule: RuleIr, fields: EventFields): ExplainedRule {
  const told = createTeller()(rule, fields);
  const regexOf = createRegexOf();
  return { met: told.met, condition: conditionOf(told) };

  function conditionOf(condition: ToldCondition): ExplainedCondition {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return { kind: condition.kind, met: condition.met, of: condition.of.map(conditionOf) };
      case 'not':
        return { kind: 'not', met: condition.met, of: conditionOf(condition.of) };
      case 'selections': {
        const { link, met } = condition;
        const of = condition.of.map(({ name, detection }) => ({
          name,
          met: detection.met,
          detection: detectionOf(detection),
        }));
        return { kind: 'selections', link, met, of };
      }
    }
  }

  function detectionOf(detection: ToldDetection): ExplainedDetection {
    if (detection.kind !== 'item') {
      return { kind: detection.kind, met: detection.met, of: detection.of.map(detectionOf) };
    }
    const { met, item, content } = detection;
    const { field, link, negated } = item;
    return {
      kind: 'item',
      met,
      field,
      link,
      negated,
      line: item.at.line,
      column: item.at.column,
      exists: content.exists,
      present: content.present,
      values: firstOf(content.texts),
      valueCount: content.texts.length,
      wanted: detection.values().map((patterns) => patterns.map(patternOf)),
    };
  }

  function patternOf({ pattern, met, by }: ToldPattern): ExplainedPattern {
    return {
      met,
      how: howOf(pattern),
      text: wantedOf(pattern),
      cased: 'cased' in pattern ? pattern.cased : false,
      dashes: pattern.kind === 'text' && pattern.parts.includes(anyDash),
      other: pattern.kind === 'field' ? firstOf(contentOf(fields, pattern.name).texts) : null,
      by: by === null ? null : windowOf(by, spansOf(pattern, by, fields, regexOf)),
    };
  }
}

function firstOf(texts: readonly string[]): string[] {
  return texts.slice(0, explainLimits.values).map((text) => windowOf(text, []).value);
}

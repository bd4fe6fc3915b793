import { parseNumber } from '../lower/compare.ts';
import { contentOf, type EventFields } from '../match/field-content.ts';
import type { CorrelationField, CorrelationIr } from './ir.ts';
import { tupleText } from './tuple.ts';

/** What one matching event contributes to a correlation. Small and plain, so that it can be kept in a store. */
export interface Member {
  readonly timeMs: number;
  /**
   * Orders events of equal time (by UTF-16 units) and names the event: two members of equal time and order are the same
   * event, which counts once however often it is given.
   */
  readonly order: string;
  /** Index into `references` of the correlation: which rule the event met. */
  readonly reference: number;
  /** Texts of the group-by fields, in their order. Compared with case. */
  readonly group: readonly string[];
  /** The value that value_count tells apart (of several fields their tuple); '' for other kinds. */
  readonly value: string;
  /** What value_sum, _avg, _percentile and _median reckon with; 0 for other kinds. */
  readonly number: number;
  /** Values of `carries`, in their order; null where the event has none. */
  readonly carried: readonly (string | null)[];
}

export type MemberOutcome =
  | { readonly kind: 'member'; readonly member: Member }
  /** The correlation does not refer to the rule. */
  | { readonly kind: 'no-reference' }
  /** A group-by field is missing or null: the event takes no part. Worth counting. */
  | { readonly kind: 'no-group'; readonly field: string }
  /** The field of the condition is missing, or is no number where one is needed: the event takes no part. */
  | { readonly kind: 'no-value'; readonly field: string };

/** Larger ones are no measure of anything, and sums of them would overflow. */
const largestNumber = 1e290;

/** What value_sum and its like reckon with: a decimal number of sensible size, or null. */
export function measuredNumber(text: string): number | null {
  const number = parseNumber(text);
  return number === null || Math.abs(number) > largestNumber ? null : number;
}

/**
 * What an event that met a rule (or a hit of a correlation below) contributes to a correlation.
 *
 * @param id of the rule or correlation that was met; @param order see Member.order
 */
export function memberOf(
  ir: CorrelationIr,
  id: string,
  fields: EventFields,
  timeMs: number,
  order: string,
): MemberOutcome {
  const reference = ir.references.findIndex((candidate) => candidate.id === id);
  if (reference < 0) return { kind: 'no-reference' };
  const group: string[] = [];
  for (const field of ir.groupBy) {
    const text = valueText(fields, field, reference);
    if (text === null) return { kind: 'no-group', field: field.name };
    group.push(text);
  }
  const values: string[] = [];
  for (const field of ir.fields) {
    const text = valueText(fields, field, reference);
    if (text === null) return { kind: 'no-value', field: field.name };
    values.push(text);
  }
  let number = 0;
  const [numeric] = ir.fields;
  if (ir.kind !== 'value_count' && numeric !== undefined) {
    const parsed = measuredNumber(values[0] ?? '');
    if (parsed === null) return { kind: 'no-value', field: numeric.name };
    number = parsed;
  }
  const value = ir.kind === 'value_count' ? tupleText(values) : '';
  const carried = ir.carries.map((field) => valueText(fields, field, reference));
  return { kind: 'member', member: { timeMs, order, reference, group, value, number, carried } };
}

function valueText(fields: EventFields, field: CorrelationField, reference: number): string | null {
  return fieldText(fields, field.fields[reference] ?? field.name);
}

/** A field as one text: its value's canonical text; of a list with several members the JSON text of their texts. */
export function fieldText(fields: EventFields, name: string): string | null {
  // Nearly every field is a text or a number of its own name; the rest is contentOf's to know.
  if (Object.hasOwn(fields, name)) {
    const value = fields[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  } else if (!name.includes('.')) return null;
  const { texts } = contentOf(fields, name);
  return texts.length > 1 ? JSON.stringify(texts) : (texts[0] ?? null);
}

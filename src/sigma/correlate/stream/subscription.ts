import type { EventFields } from '../../match/field-content.ts';
import type { Correlation, CorrelationField } from '../ir.ts';
import { fieldText, measuredNumber } from '../member.ts';
import { tupleText } from '../tuple.ts';
import { none } from './waiting.ts';

/** What one correlation reads of the events of one of its references. */
export interface Subscription {
  readonly index: number;
  readonly correlation: number;
  readonly reference: number;
  /** Which of the handle's lists of group-by fields it groups by. */
  readonly grouping: number;
  /** Fields of the value; one of them is a number when `numeric`. */
  readonly values: readonly string[];
  readonly numeric: boolean;
  readonly carries: readonly string[];
}

/** All that is to do with an event of one rule. */
export interface Handle {
  readonly subscriptions: readonly Subscription[];
  /** Different lists of group-by fields. */
  readonly groupings: readonly (readonly string[])[];
}

/** Handles of every rule and correlation that something refers to, by id. */
export function handlesOf(correlations: readonly Correlation[]): {
  readonly handles: ReadonlyMap<string, Handle>;
  /** All subscriptions by their index. */
  readonly subscriptions: readonly Subscription[];
} {
  const handles = new Map<string, { subscriptions: Subscription[]; groupings: (readonly string[])[] }>();
  const subscriptions: Subscription[] = [];
  for (const [correlation, { ir }] of correlations.entries()) {
    for (const [reference, { id }] of ir.references.entries()) {
      const handle = handles.get(id) ?? { subscriptions: [], groupings: [] };
      handles.set(id, handle);
      const names = (fields: readonly CorrelationField[]) =>
        fields.map((field) => field.fields[reference] ?? field.name);
      const fields = names(ir.groupBy);
      const key = JSON.stringify(fields);
      let grouping = handle.groupings.findIndex((other) => JSON.stringify(other) === key);
      if (grouping < 0) grouping = handle.groupings.push(fields) - 1;
      const subscription: Subscription = {
        index: subscriptions.length,
        correlation,
        reference,
        grouping,
        values: names(ir.fields),
        numeric: ir.fields.length > 0 && ir.kind !== 'value_count',
        carries: names(ir.carries),
      };
      handle.subscriptions.push(subscription);
      subscriptions.push(subscription);
    }
  }
  return { handles, subscriptions };
}

/** The fields' values as the text of their tuple; null when one is missing. */
export function tupleOf(fields: EventFields, names: readonly string[]): string | null {
  if (names.length === 1) return fieldText(fields, names[0] ?? '');
  const values: string[] = [];
  for (const name of names) {
    const text = fieldText(fields, name);
    if (text === null) return null;
    values.push(text);
  }
  return tupleText(values);
}

/** The number of the subscription's field, without making a text of one that is a number already; null for no number. */
export function numberOf(fields: EventFields, name: string): number | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const text = fieldText(fields, name);
  return text === null ? null : measuredNumber(text);
}

export function carriedOf(fields: EventFields, names: readonly string[]): readonly (string | null)[] {
  return names.length === 0 ? none : names.map((name) => fieldText(fields, name));
}

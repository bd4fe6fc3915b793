import type { FieldValue } from '../model/event.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { setField } from './record.ts';

type Scalar = string | number | boolean | null;

export type FlatOutcome =
  | { readonly fields: Record<string, FieldValue>; readonly reason: '' }
  | { readonly fields: null; readonly reason: string };

/** Whether every value is a scalar already, within the bounds; then the object is its own flat form. */
function isFlat(object: JsonObject, limits: ParseLimits): object is Record<string, Scalar> {
  let keys = 0;
  for (const name in object) {
    const value = object[name];
    if (typeof value === 'object' && value !== null) return false;
    if (++keys > limits.keysMax || name.length > limits.keyCharsMax) return false;
  }
  return true;
}

/**
 * Objects become dotted names; a list of objects becomes a list per dotted name; lists of lists become one list.
 * A name written with dots wins over a nested path that spells the same (design/sigma.md edge 24). An empty object
 * or list keeps its name, as null and as [], since presence is meaningful. A list of one stays a list.
 */
export function flatten(object: JsonObject, limits: ParseLimits): FlatOutcome {
  if (isFlat(object, limits)) return { fields: object, reason: '' };
  const fields: Record<string, FieldValue> = {};
  const nested = new Set<string>();
  let count = 0;
  let reason = '';

  /** One more value under a name, from inside a list: the name's values become a list. */
  function append(name: string, value: FieldValue): void {
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (before !== undefined && !nested.has(name)) return;
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) setField(fields, name, [before, value]);
    else put(name, [value], true);
  }

  function put(name: string, value: FieldValue, isNested: boolean): void {
    if (Object.hasOwn(fields, name)) {
      if (isNested) return;
    } else if (++count > limits.keysMax) {
      reason = 'too-many-fields';
      return;
    }
    if (name.length > limits.keyCharsMax) {
      reason = 'field-name-too-long';
      return;
    }
    if (isNested) nested.add(name);
    else nested.delete(name);
    setField(fields, name, value);
  }

  function visitList(name: string, list: readonly unknown[], depth: number): void {
    if (depth > limits.depthMax) {
      reason = 'nested-too-deep';
      return;
    }
    for (const member of list) {
      if (reason !== '') return;
      if (Array.isArray(member)) visitList(name, member, depth + 1);
      else if (typeof member === 'object' && member !== null) visit(`${name}.`, member as JsonObject, depth + 1, true);
      else append(name, member as Scalar);
    }
  }

  function visit(prefix: string, node: JsonObject, depth: number, inList: boolean): void {
    if (depth > limits.depthMax) {
      reason = 'nested-too-deep';
      return;
    }
    for (const key in node) {
      if (reason !== '') return;
      const value = node[key];
      const name = prefix + key;
      const isNested = prefix !== '';
      if (Array.isArray(value)) {
        if (value.length === 0) put(name, [], isNested);
        else if (value.some((member) => typeof member === 'object' && member !== null))
          visitList(name, value, depth + 1);
        else if (inList) for (const member of value) append(name, member as Scalar);
        else put(name, value as Scalar[], isNested);
      } else if (typeof value === 'object' && value !== null) {
        const inner = value as JsonObject;
        let isEmpty = true;
        for (const _ in inner) {
          isEmpty = false;
          break;
        }
        if (isEmpty) put(name, null, isNested);
        else visit(`${name}.`, inner, depth + 1, inList);
      } else if (inList) append(name, value as Scalar);
      else put(name, value as Scalar, isNested);
    }
  }

  visit('', object, 1, false);
  return reason === '' ? { fields, reason: '' } : { fields: null, reason };
}

import type { JsonObject } from '../json.ts';
import type { Element, Fragment, Part } from './bin-xml.ts';
import { EvtxDamage } from './cursor.ts';
import type { EvtxScalar, EvtxValue } from './value.ts';

/**
 * A record as JSON in the way of evtx_dump: attributes under `#attributes`, text beside them under `#text`,
 * `<Data Name="x">` under `x`, empty elements null, repeated names as a list.
 */
export function jsonOf(fragment: Fragment): JsonObject {
  return objectOf(fragment.parts, fragment, { elements: elementsMax });
}

/**
 * Elements of one record. A template may show a value many times, and the value may be such a template again, so a few
 * hundred bytes could ask for more than any machine holds.
 */
const elementsMax = 10_000;

interface Budget {
  elements: number;
}

type Json = EvtxValue | JsonObject | (EvtxScalar | JsonObject)[];

function objectOf(parts: readonly Part[], fragment: Fragment, budget: Budget): JsonObject {
  const object: Record<string, unknown> = {};
  for (const part of parts) {
    if (typeof part === 'string') continue;
    if ('place' in part) {
      const inner = fragment.values[part.place];
      if (isFragment(inner))
        for (const [name, value] of Object.entries(objectOf(inner.parts, inner, budget))) add(object, name, value);
    } else addElement(object, part, fragment, budget);
  }
  return object;
}

function addElement(object: Record<string, unknown>, element: Element, fragment: Fragment, budget: Budget): void {
  budget.elements -= 1;
  if (budget.elements < 0) throw new EvtxDamage('elements-too-many');
  const attributes: Record<string, unknown> = {};
  for (const { name, content } of element.attributes) {
    const value = textOrValue(content, fragment);
    if (value !== null && value !== '') attributes[name] = value;
  }
  const content = contentOf(element, fragment, budget);
  const { Name } = attributes;
  if (element.name === 'Data' && typeof Name === 'string') add(object, Name, content);
  else if (Object.keys(attributes).length === 0) add(object, element.name, content);
  else if (isObject(content)) add(object, element.name, { '#attributes': attributes, ...content });
  else
    add(
      object,
      element.name,
      content === null ? { '#attributes': attributes } : { '#attributes': attributes, '#text': content },
    );
}

/** Own keys only: an element may be called `__proto__`. */
function add(object: Record<string, unknown>, name: string, value: unknown): void {
  const before = Object.hasOwn(object, name) ? object[name] : undefined;
  const both = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value].flat();
  Object.defineProperty(object, name, { value: both, enumerable: true, configurable: true, writable: true });
}

function contentOf(element: Element, fragment: Fragment, budget: Budget): Json {
  const isTree = element.content.some((part) => {
    if (typeof part === 'string') return false;
    return 'place' in part ? isFragment(fragment.values[part.place]) : true;
  });
  return isTree ? objectOf(element.content, fragment, budget) : textOrValue(element.content, fragment);
}

/** A single value keeps its type; several pieces are one text. Nothing at all is null. */
function textOrValue(content: readonly Part[], fragment: Fragment): EvtxValue {
  const pieces = content.map((part): EvtxValue => {
    if (typeof part === 'string') return part;
    const value = 'place' in part ? fragment.values[part.place] : null;
    return value === undefined || isFragment(value) ? null : value;
  });
  const [only = null] = pieces;
  if (pieces.length < 2) return only;
  return pieces.map((piece) => (Array.isArray(piece) ? piece.join(' ') : String(piece ?? ''))).join('');
}

function isFragment(value: EvtxValue | Fragment | undefined): value is Fragment {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { canonicalText } from '../canonical.ts';

/** An event's fields: a flat record of dotted names, or nested objects; lists hold several values of one field. */
export type EventFields = Readonly<Record<string, unknown>>;

/** What an event holds under a name. */
export interface FieldContent {
  /** The key is there, whatever it holds. */
  exists: boolean;
  /** It holds something other than null, an empty list or a list of nulls. */
  present: boolean;
  /** Its scalar values, members of lists one by one. */
  readonly texts: string[];
}

/**
 * Lists and objects at this depth are not looked into (the event itself is at depth 0), for fields and keywords alike;
 * ingest keeps such events out.
 */
export const eventDepthMax = 64;

/** The content of a field. A key with dots wins over nested objects of the same path; lists of objects fan out. */
export function contentOf(fields: EventFields, name: string): FieldContent {
  const content: FieldContent = { exists: false, present: false, texts: [] };
  collect(fields, name, content, 0);
  return content;
}

function collect(object: EventFields, name: string, content: FieldContent, depth: number): boolean {
  if (Object.hasOwn(object, name)) {
    content.exists = true;
    addValues(object[name], content, depth + 1);
    return true;
  }
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = name.slice(0, dot);
    if (!Object.hasOwn(object, head)) continue;
    if (collectBelow(object[head], name.slice(dot + 1), content, depth + 1)) return true;
  }
  return false;
}

/** The path goes on through an object, or through those in a list. */
function collectBelow(value: unknown, name: string, content: FieldContent, depth: number): boolean {
  if (depth >= eventDepthMax) return false;
  if (isObject(value)) return collect(value, name, content, depth);
  let found = false;
  if (Array.isArray(value)) {
    for (const member of value) found = collectBelow(member, name, content, depth + 1) || found;
  }
  return found;
}

/** Adds the scalars of a value; an object counts as present but has no text. */
function addValues(value: unknown, content: FieldContent, depth: number): void {
  if (Array.isArray(value)) {
    if (depth < eventDepthMax) for (const member of value) addValues(member, content, depth + 1);
    return;
  }
  const text = canonicalText(value);
  if (text !== null) content.texts.push(text);
  if (text !== null || isObject(value)) content.present = true;
}

/** Every scalar anywhere in the event as text: what keywords are looked for in. Keys are not looked at. */
export function leafTexts(value: unknown, into: string[], depth = 0): void {
  const text = canonicalText(value);
  if (text !== null) into.push(text);
  else if (depth >= eventDepthMax) return;
  else if (Array.isArray(value)) for (const member of value) leafTexts(member, into, depth + 1);
  else if (isObject(value)) for (const key of Object.keys(value)) leafTexts(value[key], into, depth + 1);
}

function isObject(value: unknown): value is EventFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

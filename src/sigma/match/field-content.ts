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

/** Values nested deeper than this are not seen; ingest keeps such events out. */
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
    addValues(object[name], content, depth);
    return true;
  }
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const head = name.slice(0, dot);
    if (!Object.hasOwn(object, head) || depth >= eventDepthMax) continue;
    let found = false;
    for (const member of membersOf(object[head], depth)) {
      found = collect(member, name.slice(dot + 1), content, depth + 1) || found;
    }
    if (found) return true;
  }
  return false;
}

/** The objects a path goes on through: the value itself, or those in a list. */
function membersOf(value: unknown, depth: number): EventFields[] {
  if (Array.isArray(value)) return depth < eventDepthMax ? value.flatMap((member) => membersOf(member, depth + 1)) : [];
  return isObject(value) ? [value] : [];
}

/** Adds the scalars of a value; an object counts as present but has no text. */
export function addValues(value: unknown, content: FieldContent, depth: number): void {
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

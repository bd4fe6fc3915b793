/** A parsed JSON object; own properties only. */
export type JsonObject = Record<string, unknown>;

export type JsonOutcome =
  | { readonly object: JsonObject; readonly reason: '' }
  | { readonly object: null; readonly reason: string };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const numberToken = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Put quotes around numbers that would not come back as they were written: integers beyond 2^53 and numbers outside
 * a double's range. JSON.parse on Node 20 gives no access to the source text, so the text is changed before it.
 */
function quoteUnsafeNumbers(text: string): string {
  let out = '';
  let kept = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      // To the closing quote: the first one with an even number of backslashes before it.
      for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92) i++;
      continue;
    }
    if (code !== 45 && (code < 48 || code > 57)) continue;
    numberToken.lastIndex = i;
    const token = numberToken.exec(text)?.[0];
    if (token === undefined) continue;
    const value = Number(token);
    const unsafe = /[.eE]/.test(token) ? !Number.isFinite(value) : !Number.isSafeInteger(value);
    if (unsafe) {
      out += `${text.slice(kept, i)}"${token}"`;
      kept = i + token.length;
    }
    i += token.length - 1;
  }
  return kept === 0 ? text : out + text.slice(kept);
}

/** Whether a value holds a number that a double cannot, to a nesting no record may pass anyway. */
function hasUnsafeNumber(value: unknown, depth: number): boolean {
  if (typeof value === 'number')
    return !Number.isSafeInteger(value) && (Number.isInteger(value) || !Number.isFinite(value));
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  if (Array.isArray(value)) return value.some((member) => hasUnsafeNumber(member, depth - 1));
  const object = value as JsonObject;
  for (const name in object) {
    const inner = object[name];
    if (typeof inner !== 'string' && hasUnsafeNumber(inner, depth - 1)) return true;
  }
  return false;
}

/**
 * One JSON object (RFC 8259). Duplicate names: the last wins. Integers beyond 2^53 and numbers
 * beyond a double become the text they are written in: a store would keep null of Infinity.
 * Anything but an object is refused, so a bare word or number is never taken for a record.
 */
export function parseJsonObject(text: string, depthMax: number): JsonOutcome {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return { object: null, reason: 'json-not-an-object' };
    const exact: unknown = hasUnsafeNumber(value, depthMax) ? JSON.parse(quoteUnsafeNumbers(text)) : value;
    return isObject(exact) ? { object: exact, reason: '' } : { object: null, reason: 'json-not-an-object' };
  } catch {
    return { object: null, reason: 'json-broken' };
  }
}

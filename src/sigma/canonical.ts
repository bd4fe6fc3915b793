/**
 * A field's scalar as the text that rules are compared with: numbers as JavaScript prints them (`11`, never `11.0`),
 * booleans as `true` and `false`. Null, objects and lists have no text.
 */
export function canonicalText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return null;
  }
}

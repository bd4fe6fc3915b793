import type { Position } from '../problem.ts';
import type { YamlScalar } from './yaml.ts';

/**
 * Where the character at `offset` of a scalar's value stands in the file; the scalar's own place when that is not
 * certain (block texts, texts over several lines, escapes other than `\\` and `\"`).
 */
export function placeInScalar(scalar: YamlScalar, offset: number): Position {
  const { at, textColumn, quote } = scalar;
  const value = String(scalar.value);
  const before = value.slice(0, offset);
  if (textColumn === 0 || value.includes('\n') || (quote === '"' && /\p{Cc}/u.test(before))) return at;
  // In quotes these characters take two.
  const doubled = quote === "'" ? /'/g : quote === '"' ? /["\\]/g : null;
  const extra = doubled === null ? 0 : (before.match(doubled)?.length ?? 0);
  return { line: at.line, column: textColumn + offset + extra };
}

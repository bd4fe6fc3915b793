import { sqlLiteral } from './params.ts';
import type { Scope } from './scope.ts';

/**
 * Reading an event's fields from its JSON text, as JSON.stringify writes it (no blanks, no needless escapes), inside
 * ClickHouse and to the letter. Its JSON functions cannot: they print 1e+21 as 1e21, know no number beyond 64 bits and
 * lose what stands beside a lone surrogate. So the text is cut into tokens; only a string's escapes are left to them.
 *
 * A token is a string, a key (a string with its colon), a bracket, or a bare number, true, false, null. No string ends
 * in `":`, so keys are told apart at any depth.
 */

const token = String.raw`"(?:[^"\\]|\\.)*":?|[{}\[\]]|[^\[\]{},:"]+`;
const loneSurrogate = String.raw`\\ud[89a-f][0-9a-f]{2}`;
const mark = String.raw`'\x01'`;

/** Tokens of the JSON text in `column`. */
export function tokensOf(column: string, scope: Scope): string {
  // A lone surrogate is written as an escape that is no text to ClickHouse; the stored columns hold U+FFFD for it.
  // Escaped backslashes are put aside as U+0001 (which JSON text never holds), so that \\ud800 stays what it is.
  const aside = `replaceAll(${column}, ${sqlLiteral('\\\\')}, ${mark})`;
  const mended = `replaceRegexpAll(${aside}, ${sqlLiteral(loneSurrogate)}, ${sqlLiteral(String.raw`\\ufffd`)})`;
  const whole = `replaceAll(${mended}, ${mark}, ${sqlLiteral('\\\\')})`;
  const json = scope.define('json', `if(position(${column}, ${sqlLiteral('\\ud')}) = 0, ${column}, ${whole})`);
  return scope.define('tokens', `extractAll(${json}, ${sqlLiteral(token)})`);
}

/** A field's key as a token. */
export function keyToken(name: string): string {
  return `${JSON.stringify(name)}:`;
}

/** A string token becomes its text; numbers, true and false are their own. */
function textOf(scope: Scope): string {
  return scope.define('text_of', `t -> if(startsWith(t, '"'), JSONExtractString(t), t)`);
}

/** All values anywhere in the event, no keys: what keywords are looked for in. */
export function leavesOf(column: string, scope: Scope): string {
  const tokens = tokensOf(column, scope);
  const kept = `t -> NOT (endsWith(t, '":') OR t IN ('{', '}', '[', ']', 'null'))`;
  return scope.define('leaves', `arrayMap(t -> ${textOf(scope)}(t), arrayFilter(${kept}, ${tokens}))`, 'every value');
}

/** Function: tokens of a value → its texts: members of lists one by one, nothing of objects, no nulls. */
export function textsFunction(scope: Scope): string {
  const kept = "(t, d) -> d = 0 AND t NOT IN ('[', ']', '}', 'null')";
  return scope.define(
    'texts_of',
    `v -> arrayMap(t -> ${textOf(scope)}(t), arrayFilter(${kept}, v, ${objectDepth(scope)}(v)))`,
  );
}

/** Function: tokens → how many objects are open after each. */
function objectDepth(scope: Scope): string {
  return scope.define('object_depth', "v -> arrayCumSum(t -> (t = '{') - (t = '}'), v)");
}

/** Function: tokens of an object, a key → tokens of its value; none when the object has no such key. */
export function ownFunction(scope: Scope): string {
  const sign = "t -> multiIf(t IN ('{', '['), 1, t IN ('}', ']'), -1, 0)";
  const depth = scope.define('depth', `o -> arrayCumSum(${sign}, o)`);
  const isKey = `d = 1 AND endsWith(t, '":')`;
  // Every token stands under the last key of the object before it.
  const keys = scope.define('key_of', `o -> arrayFill((t, d) -> ${isKey}, o, ${depth}(o))`);
  const kept = `(t, c, d) -> c = k AND d > 0 AND NOT (${isKey})`;
  return scope.define('own', `(o, k) -> arrayFilter(${kept}, o, ${keys}(o), ${depth}(o))`);
}

/** Function: tokens of a value → tokens of each object that a path goes on through: itself, or those in its lists. */
export function membersFunction(scope: Scope): string {
  const depth = objectDepth(scope);
  const objects = scope.define('objects', `v -> arrayFilter((t, d) -> d > 0 OR t = '}', v, ${depth}(v))`);
  const starts = "(t, d) -> t = '{' AND d = 1";
  return scope.define('members', `v -> arraySplit(${starts}, ${objects}(v), ${depth}(${objects}(v)))`);
}

/** Texts of a field of a flat event: its key is a token, and what follows up to the next key is its value. */
export function flatTexts(column: string, field: string, scope: Scope): string {
  const tokens = tokensOf(column, scope);
  const keys = scope.define('keys', `arrayFill(t -> endsWith(t, '":'), ${tokens})`);
  const kept = "(t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null')";
  const texts = scope.define(
    'flat_texts',
    `k -> arrayMap(t -> ${textOf(scope)}(t), arrayFilter(${kept}, ${tokens}, ${keys}))`,
  );
  return `${texts}(${scope.params.text(keyToken(field))})`;
}

import type { Random } from './sigma-case-random.ts';

/** What a rule document holds. Maps, because a rule may name a field `__proto__`. */
export type Plain = string | number | bigint | boolean | null | readonly Plain[] | ReadonlyMap<string, Plain>;

/** A node as YAML in block style, indented; inner nodes now and then in flow style, texts quoted in any way that holds them. */
export function yamlOf(random: Random, node: Plain, indent: number): string {
  const pad = '  '.repeat(indent);
  if (node instanceof Map) {
    return [...node]
      .map(([key, value]) => `${pad}${quoted(random, key)}:${nodeAfterKey(random, value, indent)}`)
      .join('');
  }
  if (Array.isArray(node)) return node.map((member) => `${pad}-${nodeAfterKey(random, member, indent)}`).join('');
  return `${pad}${flowOf(random, node)}\n`;
}

function nodeAfterKey(random: Random, value: Plain, indent: number): string {
  const block = (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0);
  if (block && random.chance(0.7)) return `\n${yamlOf(random, value, indent + 1)}`;
  return ` ${flowOf(random, value)}\n`;
}

function flowOf(random: Random, node: Plain): string {
  if (node instanceof Map) {
    return `{ ${[...node].map(([key, value]) => `${quoted(random, key)}: ${flowOf(random, value)}`).join(', ')} }`;
  }
  if (Array.isArray(node)) return `[${node.map((member) => flowOf(random, member)).join(', ')}]`;
  return typeof node === 'string' ? quoted(random, node) : String(node);
}

const plainText = /^[A-Za-z][A-Za-z0-9 ._\\*?%|-]*[A-Za-z0-9*?\\]$/;
const otherMeaning = /^(true|false|null|yes|no|on|off|nan|inf)$/i;

function quoted(random: Random, text: string): string {
  if (plainText.test(text) && !otherMeaning.test(text) && random.chance(0.5)) return text;
  // Single quotes fold line ends and cannot hold control characters.
  if (!/[\p{Cc}\u2028\u2029\ufeff]/u.test(text) && !/\p{Surrogate}/u.test(text) && random.chance(0.5))
    return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replaceAll('\u007f', '\\x7f');
}

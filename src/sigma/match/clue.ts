import { fold } from '../fold.ts';
import type { Item, Pattern } from '../lower/ir.ts';
import { anyDash, dashes, normaliseParts, type TextPart } from '../parse/text-parts.ts';
import type { LiteralKind } from './literal-index.ts';
import type { Node } from './node.ts';
import { regexLiteral } from './regex-literal.ts';
import { shapeOf } from './text-shape.ts';

/**
 * A clue is something every matching event must show: a folded literal in a field (null: anywhere), or a field's mere
 * being there. A rule is looked at only when one of its clues turned up, so clues decide speed, never the answer.
 */
export type Clue =
  | { readonly kind: LiteralKind; readonly field: string | null; readonly text: string }
  | { readonly kind: 'there'; readonly field: string | null };

/** Clues of which any match must show at least one; null when a match may show nothing at all. */
export type Clues = { readonly any: readonly Clue[]; readonly cost: number } | null;

/** Expansions of dashes beyond this are left to the longest literal. */
const dashVariantsMax = 25;

export function cluesOf(node: Node): Clues {
  switch (node.kind) {
    case 'item':
      return cluesOfItem(node.item);
    case 'not':
      return null;
    case 'all':
      return cheapest(node.of.map(cluesOf));
    case 'any':
      return union(node.of.map(cluesOf));
  }
}

function cluesOfItem(item: Item): Clues {
  if (item.negated) return null;
  const values = item.values.map((value) => union(value.map((pattern) => cluesOfPattern(pattern, item.field))));
  return item.link === 'all' ? cheapest(values) : union(values);
}

function cheapest(all: readonly Clues[]): Clues {
  let best: Clues = null;
  for (const clues of all) if (clues !== null && (best === null || clues.cost < best.cost)) best = clues;
  return best;
}

function union(all: readonly Clues[]): Clues {
  const any: Clue[] = [];
  let cost = 0;
  for (const clues of all) {
    if (clues === null) return null;
    for (const clue of clues.any) any.push(clue);
    cost += clues.cost;
  }
  return { any, cost };
}

function cluesOfPattern(pattern: Pattern, field: string | null): Clues {
  switch (pattern.kind) {
    case 'null':
      return null;
    case 'exists':
      return pattern.expected ? there(field) : null;
    case 'text':
      return cluesOfText(pattern.parts, field);
    case 'regex': {
      const text = regexLiteral(pattern.source, pattern.flags);
      return text === '' ? there(field) : literal('contains', field, fold(text));
    }
    default:
      return there(field);
  }
}

function cluesOfText(parts: readonly TextPart[], field: string | null): Clues {
  const count = parts.filter((part) => part === anyDash).length;
  if (count > 0 && dashes.length ** count <= dashVariantsMax) {
    return union(expandDashes(parts).map((variant) => cluesOfText(variant, field)));
  }
  const shape = shapeOf(parts, false);
  if (shape.kind === 'present') return there(field);
  if (shape.kind !== 'glob') return literal(shape.kind, field, shape.text);
  const texts = parts.filter((part) => typeof part === 'string');
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), '');
  return longest === '' ? there(field) : literal('contains', field, fold(longest));
}

function expandDashes(parts: readonly TextPart[]): TextPart[][] {
  let variants: TextPart[][] = [[]];
  for (const part of parts) {
    const choices = part === anyDash ? dashes : [part];
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, choice]));
  }
  return variants.map(normaliseParts);
}

/** Half a surrogate pair folds differently alone than in its pair, so it is no clue. */
const halfPair = /\p{Surrogate}/u;

function literal(kind: LiteralKind, field: string | null, text: string): Clues {
  if (halfPair.test(text) || (text === '' && kind !== 'exact')) return there(field);
  return { any: [{ kind, field, text }], cost: likelihood(kind, text) };
}

function there(field: string | null): Clues {
  return { any: [{ kind: 'there', field }], cost: 1 };
}

/** Words that stand in so many events that they tell little. */
const commonWords = [
  '.exe',
  '.dll',
  '\\windows\\',
  'system32',
  'c:\\',
  'users\\',
  'software\\',
  'microsoft',
  'http',
  '://',
];

/** How often a literal is likely to turn up; only the order matters. */
function likelihood(kind: LiteralKind, text: string): number {
  let bits = text.length * 1.5;
  for (const word of commonWords) if (text.includes(word)) bits -= word.length * 1.2;
  if (/^[\d\s./\\-]*$/.test(text)) bits /= 2;
  const places = kind === 'contains' ? 8 : kind === 'exact' ? 1 : 2;
  return Math.min(0.9, places * 2 ** -Math.max(1, Math.min(bits, 24)));
}

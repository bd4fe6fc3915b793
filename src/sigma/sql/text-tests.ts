import { fold } from '../fold.ts';
import type { Pattern } from '../lower/ir.ts';
import { anyDash, anyText, dashes, normaliseParts, type TextPart } from '../parse/text-parts.ts';
import { foldPairsFor } from './fold-pairs.ts';
import type { Scope } from './scope.ts';

/** ClickHouse takes at most 255 needles in one search over a column. */
const needlesMax = 250;

type TextPattern = Extract<Pattern, { kind: 'text' }>;

/**
 * Conditions on a text, `v` or another expression, any of which meets one of the patterns. Without `cased`, it has its
 * ASCII letters folded already; other letters are folded here, as far as the patterns hold some.
 */
export function textTests(patterns: readonly TextPattern[], cased: boolean, scope: Scope, v = 'v'): string[] {
  const exact: string[] = [];
  const contained: string[] = [];
  const tests: string[] = [];
  for (const parts of patterns.flatMap((pattern) => expandDash(pattern.parts))) {
    const literals = parts.filter((part) => typeof part === 'string');
    const text = cased ? literals.join('') : fold(literals.join(''));
    switch (parts.map((part) => (part === anyText ? '*' : part === literals[0] ? 'x' : '?')).join('')) {
      case '':
      case 'x':
        exact.push(text);
        break;
      case '*x*':
        contained.push(text);
        break;
      case 'x*':
        tests.push(`startsWith(${side([text])}, ${scope.params.text(text)})`);
        break;
      case '*x':
        tests.push(`endsWith(${side([text])}, ${scope.params.text(text)})`);
        break;
      default:
        tests.push(glob(parts));
    }
  }
  return [...exactTests(exact), ...containsTests(contained), ...tests];

  /** The text, folded for comparing with these. */
  function side(folded: readonly string[]): string {
    const pairs = cased ? null : foldPairsFor(folded);
    if (pairs === null) return v;
    return `translateUTF8(${v}, ${scope.params.text(pairs.from)}, ${scope.params.text(pairs.to)})`;
  }

  function exactTests(texts: readonly string[]): string[] {
    return bySide(texts).map(([text, group]) => {
      const [only = ''] = group;
      return group.length === 1 ? `${text} = ${scope.params.text(only)}` : `${text} IN ${scope.params.texts(group)}`;
    });
  }

  function containsTests(texts: readonly string[]): string[] {
    return bySide(texts).flatMap(([text, group]) =>
      chunksOf(group, needlesMax).map((chunk) => {
        const [only = ''] = chunk;
        if (chunk.length === 1) return `position(${text}, ${scope.params.text(only)}) > 0`;
        return `multiSearchAny(${text}, ${scope.params.texts(chunk)})`;
      }),
    );
  }

  /** Texts that ASCII folding is enough for, and the others. */
  function bySide(texts: readonly string[]): [text: string, group: string[]][] {
    const needsMore = (text: string): boolean => !cased && foldPairsFor([text]) !== null;
    const distinct = [...new Set(texts)];
    const plain = distinct.filter((text) => !needsMore(text));
    const others = distinct.filter(needsMore);
    return [plain, others].flatMap((group): [string, string[]][] => (group.length === 0 ? [] : [[side(group), group]]));
  }

  /** LIKE has Sigma's two wildcards (`_` is a code point, `%` spans newlines); a dash of any kind needs a regex. */
  function glob(parts: readonly TextPart[]): string {
    const folded = parts.map((part) => (typeof part === 'string' && !cased ? fold(part) : part));
    const text = side(folded.filter((part) => typeof part === 'string'));
    if (!folded.includes(anyDash)) return `${text} LIKE ${scope.params.text(folded.map(likePart).join(''))}`;
    return `match(${text}, ${scope.params.text(`(?s)^${folded.map(regexPart).join('')}\\z`)})`;
  }
}

/** One dash of any kind as its five texts, which are searched for faster than a regex; more stay as they are. */
function expandDash(parts: readonly TextPart[]): (readonly TextPart[])[] {
  if (parts.filter((part) => part === anyDash).length !== 1) return [parts];
  return dashes.map((dash) => normaliseParts(parts.map((part) => (part === anyDash ? dash : part))));
}

function likePart(part: TextPart): string {
  if (typeof part === 'string') return part.replace(/[\\%_]/g, '\\$&');
  return part === anyText ? '%' : '_';
}

function regexPart(part: TextPart): string {
  if (typeof part === 'string') return part.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
  if (part === anyDash) return `[${dashes.join('').replace('-', '\\-')}]`;
  return part === anyText ? '.*' : '.';
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

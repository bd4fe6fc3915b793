import { foldCodePoint } from '../fold.ts';

/** Characters to replace, one by one: the n-th of `from` becomes the n-th of `to`. */
export interface FoldPairs {
  readonly from: string;
  readonly to: string;
}

/** Nothing above this folds (held by a test over all code points). */
export const lastFoldingPoint = 0x1ffff;

let known: ReadonlyMap<string, string> | null = null;

/** Folded non-ASCII character → the characters that fold into it, read off fold.ts so that there is one table. */
function unfolded(): ReadonlyMap<string, string> {
  if (known !== null) return known;
  const map = new Map<string, string>();
  for (let point = 128; point <= lastFoldingPoint; point++) {
    const folded = foldCodePoint(point);
    if (folded === point) continue;
    const to = String.fromCodePoint(folded);
    map.set(to, (map.get(to) ?? '') + String.fromCodePoint(point));
  }
  known = map;
  return map;
}

/**
 * What must be replaced in a text, beside ASCII letters, so that comparing it with these folded texts says what
 * comparing the two folds says: only characters that fold into one of theirs can make a difference. null: nothing,
 * `lower` (which touches ASCII alone) is enough. ClickHouse's own case-insensitive functions fold each in its own way
 * (design/sigma.md 5.2), and `translateUTF8` with these pairs in ours.
 */
export function foldPairsFor(foldedTexts: readonly string[]): FoldPairs | null {
  const letters = new Set<string>();
  for (const text of foldedTexts) for (const c of text) if (c > '\u007f') letters.add(c);
  return pairsOf([...letters].toSorted());
}

/** All pairs, for comparing two values of one event. */
export function allFoldPairs(): FoldPairs {
  return pairsOf([...unfolded().keys()]) ?? { from: '', to: '' };
}

function pairsOf(letters: readonly string[]): FoldPairs | null {
  let from = '';
  let to = '';
  for (const letter of letters) {
    for (const c of unfolded().get(letter) ?? '') {
      from += c;
      to += letter;
    }
  }
  return from === '' ? null : { from, to };
}

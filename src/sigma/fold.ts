/**
 * The one case fold of the platform (design/sigma.md 5.2): simple lower case per code point, over all planes, with
 * two exceptions, so that nothing outside ASCII ever folds into ASCII: U+212A (Kelvin sign) and U+0130 (İ) stay as
 * they are. Σ becomes σ wherever it stands, because a fold that looks at its neighbours cannot be cut into pieces.
 *
 * The result has exactly as many UTF-16 units as the input, so a position in one is a position in the other.
 */

/** True when every unit is below 128: such text folds by plain lower-casing. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

const exceptions = /[Σİ\u{212A}]/u;
const exceptionRuns = /([İ\u{212A}]+)/u;

/** Folds a whole text. */
export function fold(text: string): string {
  if (isAscii(text) || !exceptions.test(text)) return text.toLowerCase();
  return text
    .replaceAll('Σ', 'σ')
    .split(exceptionRuns)
    .map((piece, i) => (i % 2 === 1 ? piece : piece.toLowerCase()))
    .join('');
}

/** The definition, one code point at a time; `fold` is held against it by a property test. */
export function foldCodePoint(codePoint: number): number {
  if (codePoint === 0x212a || codePoint === 0x0130) return codePoint;
  const lower = String.fromCodePoint(codePoint).toLowerCase();
  const folded = lower.codePointAt(0) ?? codePoint;
  const units = codePoint > 0xffff ? 2 : 1;
  return lower.length === units ? folded : codePoint;
}

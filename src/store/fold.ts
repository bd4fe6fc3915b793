/**
 * Search fold: lower case, no marks, đ → d, so that `su co` finds "Sự cố". NFD does not take đ apart, hence by hand.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}

const beyondAscii = /[\u0080-\uffff]/;

/** True when every UTF-16 unit is below 128. */
export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

// Stand-ins for the two letters whose lower case is ASCII or begins with it; nothing non-ASCII may fold into ASCII.
const kelvin = '\u212a';
const dottedI = '\u0130';

/**
 * The one case fold of string comparison (design/sigma.md 5.2): per code point simple lower case, K and İ stay as they
 * are, Σ becomes σ wherever it stands.
 */
export function foldCase(text: string): string {
  let folded = '';
  for (const c of text) folded += c === kelvin || c === dottedI ? c : c === 'Σ' ? 'σ' : c.toLowerCase();
  return folded;
}

/**
 * SQL of a text expression folded the same way, for comparing with `needle`. ASCII needles compare over `lower`, which
 * folds ASCII only and is the faster; a non-ASCII needle needs lowerUTF8, with the exceptions held aside as
 * noncharacters (which no text may carry) in the few texts that have one.
 */
export function foldedSql(expression: string, needle: string): string {
  if (isAscii(needle)) return `lower(${expression})`;
  const aside = replaced(expression, [
    ['Σ', 'σ'],
    [kelvin, '\ufdd0'],
    [dottedI, '\ufdd1'],
  ]);
  const back = replaced(`lowerUTF8(${aside})`, [
    ['\ufdd0', kelvin],
    ['\ufdd1', dottedI],
  ]);
  const exceptions = `multiSearchAny(${expression}, ['Σ', '${kelvin}', '${dottedI}'])`;
  return `if(${exceptions}, ${back}, lowerUTF8(${expression}))`;
}

function replaced(expression: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  return pairs.reduce((sql, [from, to]) => `replaceAll(${sql}, '${from}', '${to}')`, expression);
}

/** Called with each pair; `quote` is the quote character around the value, '' for a bare one. */
type OnPair = (name: string, value: string, quote: string) => void;

const nameEnd = /[= ]/g;

/**
 * `name=value name="a value" name='a value'` from an offset to the end. Words without `=` are passed over. In a quoted
 * value `\"` and `\\` are the characters themselves; a quote that is never closed runs to the end. Returns how many pairs
 * there were, at most `pairsMax`.
 */
export function readPairs(text: string, from: number, pairsMax: number, onPair: OnPair): number {
  let pairs = 0;
  let i = from;
  while (i < text.length && pairs < pairsMax) {
    if (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 44) {
      i++;
      continue;
    }
    nameEnd.lastIndex = i;
    const end = nameEnd.exec(text)?.index ?? text.length;
    if (text[end] !== '=' || end === i) {
      i = end + 1;
      continue;
    }
    const name = text.slice(i, end);
    const quote = text[end + 1];
    i = end + 1;
    if (quote === '"' || quote === "'") {
      const close = closing(text, i + 1, quote);
      const value = text.slice(i + 1, close);
      onPair(name, value.includes('\\') ? value.replace(/\\(["\\])/g, '$1') : value, quote);
      i = close + 1;
    } else {
      const blank = text.indexOf(' ', i);
      onPair(name, text.slice(i, blank < 0 ? text.length : blank), '');
      i = blank < 0 ? text.length : blank;
    }
    pairs++;
  }
  return pairs;
}

function closing(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

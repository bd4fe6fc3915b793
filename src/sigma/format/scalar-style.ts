import { Scalar } from 'yaml';

/** Columns after which a text outside `detection` is folded. */
export const widthMax = 116;

/** What YAML 1.1, which other tools read, takes for something else than text. */
const ambiguous =
  /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?[0-9][0-9_,]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|[-+]?\.[0-9_]+|[-+]?0[xob][0-9a-f_]+|[-+]?\.(?:inf|nan)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d{1,2}-\d{1,2}.*)$/i;
/** What an editor does not show; it is written as an escape, so that a reader sees it. */
const invisible = /[\p{Cc}\p{Bidi_Control}\u00AD\u180E\u200B\u200C\u2028\u2029\u2060-\u2064\uFEFF]/u;
/** What stands plain in YAML whatever is around it: no indicator at the start, no `: ` or ` #` inside. */
const plain = /^[^\s\-?:,[\]{}#&*!|>'"%@`=<~](?:(?!: |:$| #)[^\p{Cc}\uFEFF\u2028\u2029])*$/u;

export function needsQuotes(text: string): boolean {
  return ambiguous.test(text) || !plain.test(text) || text.trim() !== text || /[,[\]{}]/.test(text.charAt(0));
}

/** How a text is written: plain, in single quotes, in double ones where others cannot, or as a block of lines. */
export function styleOf(text: string, room: number, quoted: boolean, folds: boolean): Scalar.Type {
  if (invisible.test(text.replaceAll('\n', ''))) return Scalar.QUOTE_DOUBLE;
  if (text.includes('\n')) return /^\s|[ ]\n|\n\n$|^\n/.test(text) ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
  if (folds && text.length > room && text.lastIndexOf(' ', room) > 0 && !/^\s|\s$|\s\s/.test(text))
    return Scalar.BLOCK_FOLDED;
  if (!quoted && !needsQuotes(text)) return Scalar.PLAIN;
  return text.includes("'") && !/["\\]/.test(text) ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
}

/** Escapes in a text in double quotes what YAML's own writer leaves as it is. */
export function escapeInvisible(quoted: string): string {
  const all = new RegExp(invisible, 'gu');
  return quoted.replace(all, (character) =>
    character === '\n' ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

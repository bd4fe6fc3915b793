import type { FieldValue } from '../../model/event.ts';

/** What makes a text look like another one; the values of the field `vonggac.text_flags`. */
export type TextFlag = 'bidi' | 'homoglyph' | 'zero-width';

/** Letters of Greek and Cyrillic that look like Latin ones, and the two that look like Đ. */
const lookAlike =
  '\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3' +
  '\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0433\u0435\u043a\u043e\u043f\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04ae\u04af\u04bb\u04c0\u04cf\u0501\u051b\u051d';
const eth = '\u00d0\u00f0\u0189\u0256';
const latin = 'A-Za-z\u00c0-\u00cf\u00d1-\u00d6\u00d8-\u00ef\u00f1-\u00f6\u00f8-\u0188\u018a-\u024f\u1e00-\u1eff';

const homoglyph = new RegExp(
  `[${latin}][\\u0300-\\u036f]{0,4}[${lookAlike}${eth}]|[${lookAlike}${eth}][\\u0300-\\u036f]{0,4}[${latin}]`,
);
const zeroWidth = /[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]/;
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** All of them in one class: asked of every line, so one look at each character. */
const any = new RegExp(`[${zeroWidth.source.slice(1, -1)}${bidi.source.slice(1, -1)}${lookAlike}${eth}]`);

/** Whether a text has characters that may earn a flag; cheap. */
export function mayHaveFlags(text: string): boolean {
  return any.test(text);
}

/** How much of one text is looked at. */
const charsMax = 65_536;

function addFlags(flags: Set<TextFlag>, value: FieldValue): void {
  if (Array.isArray(value)) {
    for (const member of value) addFlags(flags, member);
    return;
  }
  if (typeof value !== 'string') return;
  const text = value.length > charsMax ? value.slice(0, charsMax) : value;
  if (!any.test(text)) return;
  if (bidi.test(text)) flags.add('bidi');
  if (homoglyph.test(text)) flags.add('homoglyph');
  // A joiner between two emoji is how they are written.
  if (zeroWidth.test(text.replace(/(\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/gu, '$1')))
    flags.add('zero-width');
}

/** Flags of an event's fields, names and values, in order; none for nearly every event. */
export function textFlags(fields: Readonly<Record<string, FieldValue>>): readonly TextFlag[] {
  const flags = new Set<TextFlag>();
  for (const name in fields) {
    addFlags(flags, name);
    addFlags(flags, fields[name] ?? null);
  }
  return [...flags].sort();
}

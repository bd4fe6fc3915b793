const tones: readonly (readonly [mark: string, tone: string])[] = [
  ['\u00f9', '\u0301'],
  ['\u00f8', '\u0300'],
  ['\u00fb', '\u0309'],
  ['\u00f5', '\u0303'],
  ['\u00ef', '\u0323'],
];
/** Marks behind `a` that are a breve and a tone in one; behind a, e, o those that are a circumflex and a tone. */
const breves: readonly (readonly [mark: string, tone: string])[] = [
  ['\u00ea', ''],
  ['\u00e9', '\u0301'],
  ['\u00e8', '\u0300'],
  ['\u00fa', '\u0309'],
  ['\u00fc', '\u0303'],
  ['\u00eb', '\u0323'],
];
const circumflexes: readonly (readonly [mark: string, tone: string])[] = [
  ['\u00e2', ''],
  ['\u00e1', '\u0301'],
  ['\u00e0', '\u0300'],
  ['\u00e5', '\u0309'],
  ['\u00e3', '\u0303'],
  ['\u00e4', '\u0323'],
];
/** Letters of one byte. */
const alone: readonly (readonly [mark: string, letter: string])[] = [
  ['\u00f1', 'đ'],
  ['\u00f4', 'ơ'],
  ['\u00f6', 'ư'],
  ['\u00ee', 'ỵ'],
  ['\u00ed', 'í'],
  ['\u00ec', 'ì'],
  ['\u00e6', 'ỉ'],
  ['\u00f3', 'ĩ'],
  ['\u00f2', 'ị'],
];

/**
 * VNI for Windows: a letter is one byte, or a base letter and a byte for its marks. Letters by their one or two bytes as
 * Latin-1; the capital of a letter has the capitals' bytes.
 */
export const vni: ReadonlyMap<string, string> = (() => {
  const out = new Map<string, string>();
  const add = (bytes: string, letter: string): void => {
    out.set(bytes, letter.normalize('NFC'));
    out.set(bytes.toUpperCase(), letter.normalize('NFC').toUpperCase());
  };
  for (const [mark, letter] of alone) add(mark, letter);
  for (const [mark, tone] of tones) {
    for (const base of 'aeouy') add(base + mark, base + tone);
    add(`\u00f4${mark}`, `ơ${tone}`);
    add(`\u00f6${mark}`, `ư${tone}`);
  }
  for (const [mark, tone] of breves) add(`a${mark}`, `ă${tone}`);
  for (const [mark, tone] of circumflexes) {
    add(`a${mark}`, `â${tone}`);
    add(`e${mark}`, `ê${tone}`);
    add(`o${mark}`, `ô${tone}`);
  }
  return out;
})();

/** Text of bytes in VNI; a mark without a letter to stand on becomes U+FFFD. */
export function decodeVni(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) {
    const one = String.fromCharCode(bytes[i] ?? 0);
    const next = bytes[i + 1];
    const two = next === undefined || next < 0x80 ? undefined : vni.get(one + String.fromCharCode(next));
    if (two !== undefined) {
      out += two;
      i++;
    } else out += vni.get(one) ?? ((bytes[i] ?? 0) < 0x80 ? one : '\ufffd');
  }
  return out;
}

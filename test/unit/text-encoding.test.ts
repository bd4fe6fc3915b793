import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextEncoding } from '../../src/model/source.ts';
import { decodeAs, decodeBytes, mayHaveFlags, repairText, textFlags } from '../../src/parse/text/index.ts';
import { tcvn3, viscii } from '../../src/parse/text/single-byte.ts';
import { isSyllable } from '../../src/parse/text/syllable.ts';
import { vni } from '../../src/parse/text/vni.ts';

const small = [...'aăâeêioôơuưy'].flatMap((vowel) =>
  ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'].map((tone) => (vowel + tone).normalize('NFC')),
);
const smallLetters = [...small, 'đ'];
const capitals = smallLetters.map((letter) => letter.toUpperCase());
const letters = [...smallLetters, ...capitals];

/** The way back, made of the tables and of nothing the decoder does. */
function encoder(table: Iterable<readonly [string | number, string]>): (text: string) => Uint8Array {
  const codes = new Map<string, number[]>();
  for (const [code, letter] of table) {
    codes.set(letter, typeof code === 'number' ? [code] : [...code].map((char) => char.charCodeAt(0)));
  }
  return (text) => Uint8Array.from([...text].flatMap((letter) => codes.get(letter) ?? [letter.charCodeAt(0)]));
}

const single1258 = new Map<string, number>();
for (let byte = 0x80; byte < 0x100; byte++)
  single1258.set(new TextDecoder('windows-1258').decode(Uint8Array.of(byte)), byte);
/** As Windows keyboards write it: the letter with its circumflex, breve or horn, and the tone behind it. */
function encode1258(text: string): Uint8Array {
  const out: number[] = [];
  for (const letter of text) {
    const parts = letter.normalize('NFD');
    const tone = /[\u0300\u0301\u0303\u0309\u0323]/.exec(parts)?.[0] ?? '';
    const base = parts.replace(tone, '').normalize('NFC');
    for (const char of base + tone) out.push(single1258.get(char) ?? char.charCodeAt(0));
  }
  return Uint8Array.from(out);
}

const encode: Readonly<Record<Exclude<TextEncoding, 'utf-8'>, (text: string) => Uint8Array>> = {
  'windows-1258': encode1258,
  tcvn3: encoder(tcvn3),
  viscii: encoder(viscii),
  vni: encoder(vni),
};
const encodings = Object.keys(encode) as (keyof typeof encode)[];
const has = (encoding: string): readonly string[] => (encoding === 'tcvn3' ? [...smallLetters, ...'ĂÂÊÔƠƯĐ'] : letters);

describe.each(encodings)('%s', (encoding) => {
  it('every Vietnamese letter comes back', () => {
    expect(letters).toHaveLength(146);
    for (const letter of has(encoding)) expect(decodeAs(encode[encoding](letter), encoding)).toBe(letter);
  });
  it('so does every text of them', () => {
    const text = fc.array(fc.constantFrom(...has(encoding), ...'bcdghklmnpqrstvx 0:/='), { maxLength: 60 });
    fc.assert(
      fc.property(text, (parts) => {
        const whole = parts.join('');
        // VNI writes marks behind their letter: `a` and `ô` are never read as one, since ô is a letter and a mark.
        expect(decodeAs(encode[encoding](whole), encoding)).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
  const sentences = [
    'đăng nhập thất bại: người dùng Nguyễn Thị Hạnh từ máy trạm xã Phước Thiện',
    '<13>Nov 22 12:00:00 may-01 iOffice: Công văn số 15 đã được chuyển tới Sở Tài chính',
    'msg="Tài khoản bị khoá do nhập sai mật khẩu quá nhiều lần"',
    'Đã xoá tệp tin "Báo cáo quý 3.docx"',
  ];
  it.each(sentences)('is recognised: %s', (sentence) => {
    const bytes = encode[encoding](sentence);
    expect(decodeBytes(bytes)).toMatchObject({ encoding, text: sentence });
  });
});

describe('bytes of unknown encoding', () => {
  it('UTF-8 is UTF-8', () => {
    const text = 'Nguyễn Thị Hạnh';
    expect(decodeBytes(new TextEncoder().encode(text))).toEqual({ text, encoding: 'utf-8', confidence: 1 });
  });
  it.each([
    ['no text', [0xff, 0xfe, 0x41, 0x80]],
    [
      'Latin-1 of another language',
      [...'r\u00e9sum\u00e9 d\u00e9j\u00e0 envoy\u00e9'].map((char) => char.charCodeAt(0)),
    ],
    ['half a letter of UTF-8', [0x41, 0xe1, 0xbb]],
  ])('%s is left open', (_name, bytes) => {
    const { encoding, text } = decodeBytes(Uint8Array.from(bytes));
    expect(encoding).toBeNull();
    expect(text).toContain('\ufffd');
  });
  it('never throws, and a long line of noise costs its length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof decodeBytes(bytes).text).toBe('string');
      }),
    );
    for (const byte of [0x80, 0xb5, 0xe1, 0xf9, 0x00]) {
      expect(decodeBytes(new Uint8Array(1_000_000).fill(byte)).text).toHaveLength(1_000_000);
    }
  });
});

describe('UTF-8 that was read as another encoding', () => {
  const latin1 = (text: string): string =>
    [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('');
  const windows1252 = (text: string): string => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
  it('is repaired for every letter', () => {
    for (const letter of letters.filter((each) => each > '\x7f')) {
      expect(repairText(`a ${latin1(letter)}b`)).toBe(`a ${letter}b`);
      expect(repairText(`a ${windows1252(letter)}b`)).toBe(`a ${letter}b`);
    }
  });
  it('beside text that is right already', () => {
    expect(repairText(`người dùng ${windows1252('Nguyễn Thị Hạnh')}`)).toBe('người dùng Nguyễn Thị Hạnh');
  });
  it.each([...letters, 'Nguyễn Thị Hạnh đã đăng nhập', '«à»', '© 2026 ÔÂ', '50 °C ± 1', 'naïve café'])(
    'text that is right stays: %s',
    (text) => {
      expect(repairText(text)).toBe(text);
    },
  );
  it('Vietnamese text never changes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters, ' ', 'n', 'g', '"')), (parts) => {
        const text = parts.join('');
        // Two letters of Latin-1 may by chance be the bytes of one; no Vietnamese word has such a pair.
        fc.pre(!/[\u00c0-\u00ff][\u0080-\u00bf]/.test(text));
        expect(repairText(text)).toBe(text);
      }),
    );
  });
});

describe('syllables', () => {
  it.each(['nghiêng', 'Nguyễn', 'khuỷu', 'quốc', 'yêu', 'gì', 'tuyển', 'hoà', 'hòa', 'thuở', 'ươm', 'ĐƯỜNG'])(
    '%s',
    (word) => {
      expect(isSyllable(word)).toBe(true);
    },
  );
  it.each(['tôt̀', 'các̉', 'bcd', 'ắắ', 'résumé', 'Õ½', 'strắng', 'hảc'])('not %s', (word) => {
    expect(isSyllable(word)).toBe(false);
  });
});

describe('flags', () => {
  const rows: readonly (readonly [text: string, flags: readonly string[]])[] = [
    ['Nguyễn Thị Hạnh đăng nhập', []],
    ['p\u0430ypal.example', ['homoglyph']],
    ['vietc\u03bfmbank', ['homoglyph']],
    ['\u00d0ăng nhập', ['homoglyph']],
    ['admin\u200b', ['zero-width']],
    ['anh\u202egpj.exe', ['bidi']],
    ['p\u0430y\u200bpal\u202e', ['bidi', 'homoglyph', 'zero-width']],
    ['Привет мир', []],
    ['10 kΩ, 5 μs, Δt', []],
    ['👩\u200d💻', []],
  ];
  it.each(rows)('%j', (text, flags) => {
    expect(textFlags({ a: [text], b: 1 })).toEqual(flags);
    expect(textFlags({ [text]: null })).toEqual(flags);
    if (flags.length > 0) expect(mayHaveFlags(text)).toBe(true);
  });
});

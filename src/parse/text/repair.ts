/** Bytes that windows-1252 reads as characters beyond U+00FF. */
const beyond: ReadonlyMap<number, number> = new Map(
  [
    ...'\u20ac\0\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\0\u017d\0\0\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\0\u017e\u0178',
  ]
    .map((char, i) => [char.charCodeAt(0), 0x80 + i] as const)
    .filter(([code]) => code !== 0),
);

/** A first byte of two or more in UTF-8, as Latin-1 shows it, and what its second byte looks like. */
const sign =
  /[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]/;
const run =
  /[\u0080-\u00ff\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]{2,}/g;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether a text may hold UTF-8 that was read as Latin-1 or windows-1252 (`Nguyá»…n`); cheap. */
export function mayNeedRepair(text: string): boolean {
  return sign.test(text);
}

/**
 * Undo the reading of UTF-8 as Latin-1 or windows-1252, run by run: only runs whose characters are, as bytes, UTF-8
 * through and through. The same string when there are none.
 */
export function repairText(text: string): string {
  if (!mayNeedRepair(text)) return text;
  return text.replace(run, (found) => {
    const bytes = new Uint8Array(found.length);
    for (let i = 0; i < found.length; i++) {
      const code = found.charCodeAt(i);
      bytes[i] = code < 0x100 ? code : (beyond.get(code) ?? 0);
    }
    try {
      return utf8.decode(bytes);
    } catch {
      return found;
    }
  });
}

/** Letters by byte; what is not here is ASCII, or nothing the encoding has. */
export type ByteTable = ReadonlyMap<number, string>;

function table(from: number, letters: string, into: Map<number, string>): void {
  for (const [i, letter] of [...letters].entries()) if (letter !== '·') into.set(from + i, letter);
}

/**
 * TCVN3, also called ABC (TCVN 5712:1993, table VN3). Capital letters with a tone have no byte of their own: they are
 * written with the small letter's and a font of capitals, so their case is lost.
 */
export const tcvn3: ByteTable = (() => {
  const out = new Map<number, string>();
  table(0xa1, 'ĂÂÊÔƠƯĐăâêôơưđ', out);
  table(0xb5, 'àảãáạ·ằẳẵắ', out);
  table(0xc6, 'ặầẩẫấậè·ẻẽéẹềểễếệìỉ', out);
  table(0xdc, 'ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ', out);
  return out;
})();

/** VISCII 1.1 (RFC 1456); six capitals stand where ASCII has control characters. */
export const viscii: ByteTable = (() => {
  const out = new Map<number, string>();
  for (const [byte, letter] of [
    [0x02, 'Ẳ'],
    [0x05, 'Ẵ'],
    [0x06, 'Ẫ'],
    [0x14, 'Ỷ'],
    [0x19, 'Ỹ'],
    [0x1e, 'Ỵ'],
  ] as const)
    out.set(byte, letter);
  table(0x80, 'ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ', out);
  table(0x90, 'ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ', out);
  table(0xa0, 'Õắằặấầẩậẽẹếềểễệố', out);
  table(0xb0, 'ồổỗỠƠộờởịỰỨỪỬơớƯ', out);
  table(0xc0, 'ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ', out);
  table(0xd0, 'ĐứÒÓÔạỷừửÙÚỹỵÝỡư', out);
  table(0xe0, 'àáâãảăữẫèéêẻìíĩỉ', out);
  table(0xf0, 'đựòóôõỏọụùúũủýợỮ', out);
  return out;
})();

/** Text of bytes by a table; what the table does not have becomes U+FFFD. */
export function decodeSingleByte(bytes: Uint8Array, letters: ByteTable): string {
  let out = '';
  for (const byte of bytes) {
    out += letters.get(byte) ?? (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd');
  }
  return out;
}

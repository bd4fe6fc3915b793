import { type Modifier, type ModifierContext, needPlainText, type Operand } from './modifier.ts';

/** wide (utf16le), utf16be, utf16 (byte order mark + utf16le): the text as the bytes that Windows programs hold. */
function encoded(encode: (text: string) => Uint8Array): Modifier {
  return (operand, context) => {
    const text = needPlainText(operand, context);
    return text === null ? null : { kind: 'bytes', bytes: encode(text) };
  };
}

function utf16(text: string, mark: readonly number[], bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(mark.length + text.length * 2);
  bytes.set(mark);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[mark.length + i * 2] = bigEndian ? unit >> 8 : unit & 0xff;
    bytes[mark.length + i * 2 + 1] = bigEndian ? unit & 0xff : unit >> 8;
  }
  return bytes;
}

export const wide: Modifier = encoded((text) => utf16(text, [], false));
export const utf16be: Modifier = encoded((text) => utf16(text, [], true));
export const utf16WithMark: Modifier = encoded((text) => utf16(text, [0xff, 0xfe], false));

/** Bytes as the characters of the same number. */
export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function bytesOf(operand: Operand, context: ModifierContext): Uint8Array | null {
  if (operand.kind === 'bytes') return operand.bytes;
  const text = needPlainText(operand, context);
  return text === null ? null : new TextEncoder().encode(text);
}

function asText(text: string): Operand {
  return { kind: 'text', raw: text, parts: text === '' ? [] : [text] };
}

/** base64: of the UTF-8 bytes, or of what a byte encoding before it made. */
export const base64: Modifier = (operand, context) => {
  const bytes = bytesOf(operand, context);
  return bytes === null ? null : asText(encodeBase64(bytes));
};

/**
 * base64offset: how the bytes look inside a longer Base64 text, for the three places they can begin at. Characters
 * that also depend on the bytes before or after are left out, counted in bytes, not in characters.
 */
export const base64offset: Modifier = (operand, context) => {
  const bytes = bytesOf(operand, context);
  if (bytes === null) return null;
  const variants = [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const undetermined = [0, 3, 2][shifted.length % 3] ?? 0;
    const text = encodeBase64(shifted);
    return text.slice([0, 2, 3][offset], text.length - undetermined);
  });
  if (variants.every((text) => text !== '')) return variants.map(asText);
  context.report('base64-too-short', `base64offset of ${bytes.length} byte leaves nothing to look for`);
  return null;
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 section 4, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const triple = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += alphabet.charAt(triple >> 18) + alphabet.charAt((triple >> 12) & 63);
    text += b === undefined ? '=' : alphabet.charAt((triple >> 6) & 63);
    text += c === undefined ? '=' : alphabet.charAt(triple & 63);
  }
  return text;
}

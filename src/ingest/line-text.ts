import type { FieldValue } from '../model/event.ts';
import type { RawLine, TextEncoding } from '../model/source.ts';
import { decodeAs, decodeBytes } from '../parse/text/index.ts';

/** A line's text as it is read, and what there is to say of how it came to it. */
export interface LineText {
  readonly text: string;
  /** `vonggac.text_encoding`, `vonggac.text_confidence`, `vonggac.raw_base64`; null for UTF-8. */
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  /** Bytes that no encoding made sense of: U+FFFD stands in their place. */
  readonly isOpen: boolean;
}

/**
 * The text of a line of a source. UTF-8 is taken as it is, unless the source is pinned to another encoding; other bytes are
 * decoded by that or by the look of them. The bytes are always kept beside a text that is not theirs.
 */
export function lineText(line: RawLine, pinned: TextEncoding | undefined): LineText {
  const { text, base64 } = line;
  const isPinned = pinned !== undefined && pinned !== 'utf-8';
  if (base64 === undefined && (!isPinned || !/[\u0080-\uffff]/.test(text)))
    return { text, fields: null, isOpen: line.flaw?.reason === 'not-utf8' };
  const bytes = base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
  const kept = { 'vonggac.raw_base64': base64 ?? bytes.toString('base64') };
  if (isPinned) {
    const fields = { ...kept, 'vonggac.text_encoding': pinned };
    return { text: decodeAs(bytes, pinned), fields, isOpen: false };
  }
  const decoded = decodeBytes(bytes);
  if (decoded.encoding === null) return { text, fields: kept, isOpen: true };
  const confidence = Math.round(decoded.confidence * 100) / 100;
  const fields = { ...kept, 'vonggac.text_encoding': decoded.encoding, 'vonggac.text_confidence': confidence };
  return { text: decoded.text, fields, isOpen: false };
}

import type { LineText } from './line-text.ts';
import type { MaskLine } from './ports.ts';

/**
 * A line's text without the personal data it holds: masked before it is parsed, so that what is stored, evaluated,
 * searched and shown is one and the same. `vonggac.pii` names the kinds there were.
 */
export function maskedText(said: LineText, mask: MaskLine | null): LineText {
  if (mask === null) return said;
  const { text, kinds } = mask.text(said.text);
  if (kinds.length === 0) return said;
  const bytes = said.fields?.['vonggac.raw_base64'];
  const kept = typeof bytes === 'string' ? { 'vonggac.raw_base64': mask.bytes(bytes) } : {};
  return { ...said, text, fields: { ...said.fields, ...kept, 'vonggac.pii': kinds } };
}

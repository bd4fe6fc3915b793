import { readCsv } from './csv.ts';
import type { IndicatorLimits } from './limits.ts';
import { DocumentRefused, type Reading } from './reading.ts';

export const documentFormats = ['auto', 'csv', 'stix', 'misp'] as const;
export type DocumentFormat = (typeof documentFormats)[number];

/** Reads a document of indicators; `auto` tells the format by what stands in it. @throws DocumentRefused */
export function readDocument(bytes: Uint8Array, format: DocumentFormat, limits: IndicatorLimits): Reading {
  if (bytes.length > limits.uploadBytesMax)
    throw new DocumentRefused(
      `more than ${limits.uploadBytesMax} bytes; split the list`,
      `lớn hơn ${limits.uploadBytesMax} byte; hãy chia nhỏ danh sách`,
    );
  const text = textOf(bytes);
  if (format !== 'auto' && format !== 'csv') throw new DocumentRefused('not read yet', 'chưa đọc được');
  return readCsv(text, limits);
}

/** UTF-8, or UTF-16 with a byte order mark as spreadsheets save it. */
function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentRefused('the document is no UTF-8 text', 'tệp không phải văn bản UTF-8');
  }
}

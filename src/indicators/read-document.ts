import { readCsv } from './csv.ts';
import { isObject } from './json-object.ts';
import type { IndicatorLimits } from './limits.ts';
import { isMisp, readMisp } from './misp.ts';
import { DocumentRefused, type Reading } from './reading.ts';
import { isStix, readStix } from './stix.ts';

export type DocumentFormat = 'auto' | 'csv' | 'stix' | 'misp';

/** Reads a document of indicators; `auto` tells the format by what stands in it. @throws DocumentRefused */
export function readDocument(bytes: Uint8Array, format: DocumentFormat, limits: IndicatorLimits): Reading {
  if (bytes.length > limits.uploadBytesMax)
    throw new DocumentRefused(
      `more than ${limits.uploadBytesMax} bytes; split the list`,
      `lớn hơn ${limits.uploadBytesMax} byte; hãy chia nhỏ danh sách`,
    );
  const text = textOf(bytes);
  const json = format === 'csv' ? undefined : jsonOf(text, format);
  if (format !== 'misp' && isObject(json) && isStix(json)) return readStix(json, limits);
  if (format !== 'stix' && json !== undefined && isMisp(json)) return readMisp(json, limits);
  if (json !== undefined)
    throw new DocumentRefused(
      'JSON, but neither a STIX bundle nor a MISP export',
      'JSON nhưng không phải gói STIX hay bản xuất MISP',
    );
  return readCsv(text, limits);
}

/** undefined for what is no JSON and need not be. */
function jsonOf(text: string, format: DocumentFormat): unknown {
  if (format === 'auto' && !/^[\s\ufeff]*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    // `[` also begins a CSV of addresses in brackets.
    if (format === 'auto' && /^\s*\[/.test(text)) return undefined;
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new DocumentRefused(`not JSON: ${why}`, `không phải JSON: ${why}`);
  }
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

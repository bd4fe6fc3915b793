import { createHash } from 'node:crypto';

/** A line of JSON behind its checksum, so that damage is seen. */
export function sealed(value: object): Buffer {
  const text = JSON.stringify(value);
  return Buffer.from(`${hashOf(Buffer.from(text))} ${text}\n`);
}

/** What was sealed, with the bytes it took; null when it is damaged. */
export function unsealed(bytes: Buffer): { readonly value: unknown; readonly length: number } | null {
  const end = bytes.indexOf(10);
  if (end < hashChars + 1) return null;
  const text = bytes.subarray(hashChars + 1, end);
  if (bytes.toString('latin1', 0, hashChars) !== hashOf(text)) return null;
  return { value: JSON.parse(text.toString('utf8')), length: end + 1 };
}

const hashChars = 32;

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, hashChars);
}

import { type LineTokens, token } from './line-tokens.ts';

// Lines come as bytes that may be broken UTF-8: each broken piece reads as U+FFFD, as for Buffer.toString.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The canonical text of token `i` (canonical.ts); null when it has none: null, objects, lists. */
export function tokenText(line: LineTokens, i: number): string | null {
  const start = line.starts[i] ?? 0;
  const end = line.ends[i] ?? 0;
  switch (line.kinds[i]) {
    case token.plain:
    case token.integer:
      return asciiText(line.bytes, start, end);
    case token.escaped:
    case token.wide:
      return JSON.parse(`"${decode(line.bytes, start, end)}"`) as string;
    case token.number:
      return numberText(asciiText(line.bytes, start, end));
    case token.true:
      return 'true';
    case token.false:
      return 'false';
    default:
      return null;
  }
}

function decode({ buffer, byteOffset }: Uint8Array, start: number, end: number): string {
  // A Buffer would give a Buffer for its part, which takes longer to make.
  return utf8.decode(new Uint8Array(buffer, byteOffset + start, end - start));
}

/** Short texts are put together unit by unit: a decoder takes longer to be called than they to be read. */
const shortBytes = 24;

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > shortBytes) return decode(bytes, start, end);
  let text = '';
  for (let p = start; p < end; p++) text += String.fromCharCode(bytes[p] ?? 0);
  return text;
}

/**
 * A JSON number as canonical text, as live ingest reads it (parse/json.ts): what a double holds exactly enough is
 * printed from the double (1.0 → 1, 1e3 → 1000, -0 → 0); integers beyond 2^53 and what no double reaches stay as
 * written.
 */
function numberText(written: string): string {
  const number = Number(written);
  const exact = /[.eE]/.test(written) ? Number.isFinite(number) : Number.isSafeInteger(number);
  return exact ? String(number) : written;
}

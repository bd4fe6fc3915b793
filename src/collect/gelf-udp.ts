import { gunzipSync, inflateSync } from 'node:zlib';
import type { RawLine } from '../model/source.ts';
import { createGelfParts, type GelfPartsLimits, isGelfPart } from './gelf-parts.ts';
import { headBytes, tooLong, toRawLine } from './line-text.ts';
import type { DatagramReader } from './udp-server.ts';

/** GELF over UDP: a JSON object, plain, zlib or gzip, in one datagram or in parts. */
export function gelfDatagrams(limits: GelfPartsLimits & { readonly lineBytesMax: number }): DatagramReader {
  const parts = createGelfParts(limits);
  return {
    read(bytes, peer, index, nowMs) {
      if (!isGelfPart(bytes)) return { line: unpacked(bytes, index, limits.lineBytesMax), dropped: 0 };
      const { whole, dropped } = parts.add(bytes, peer, nowMs);
      return { line: whole === null ? null : unpacked(whole, index, limits.lineBytesMax), dropped };
    },
  };
}

/** The text of a message. What cannot be unpacked becomes a dead letter with its first bytes, so that it is seen. */
function unpacked(bytes: Buffer, index: number, lineBytesMax: number): RawLine | null {
  const [first = 0, second = 0] = bytes;
  const isGzip = first === 0x1f && second === 0x8b;
  // A zlib header: method 8, and divisible by 31 (RFC 1950).
  const isZlib = (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
  if (!isGzip && !isZlib) return toRawLine(bytes, index, { lineBytesMax });
  try {
    // The bound holds while it unpacks, so a bomb costs no more than a line.
    const content = (isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: lineBytesMax });
    return toRawLine(content, index, { lineBytesMax });
  } catch (error) {
    const isBomb = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (isBomb) return tooLong(Buffer.alloc(0), bytes.length, index);
    const text = bytes.toString('base64', 0, headBytes);
    return { text, line: index, flaw: { reason: 'unpack-failed', fatal: true, bytes: bytes.length } };
  }
}

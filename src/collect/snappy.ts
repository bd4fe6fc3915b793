import { HttpProblem } from './http-problem.ts';

function broken(what: string): HttpProblem {
  return new HttpProblem('bad-body', 0, `snappy: ${what}`);
}

/**
 * Unpacks one block of Snappy (github.com/google/snappy, format_description.txt). The size it claims is held against the
 * bound before anything is made of it, every literal and copy against that size. Throws `body-too-large`, `bad-body`.
 */
export function unpackSnappy(packed: Buffer, bytesMax: number): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packed[at++];
    if (byte === undefined || shift > 28) throw broken('no size');
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (size > bytesMax) throw new HttpProblem('body-too-large');
  // A literal costs its own bytes, a copy of at most 64 bytes costs two: what claims more lies.
  if (size > packed.length * 64) throw broken('a size that cannot be');
  const out = Buffer.allocUnsafe(size);
  let end = 0;

  function little(bytes: number): number {
    if (at + bytes > packed.length) throw broken('cut');
    at += bytes;
    return packed.readUIntLE(at - bytes, bytes);
  }

  function literal(length: number): void {
    if (length > packed.length - at || length > size - end) throw broken('a literal beyond the end');
    packed.copy(out, end, at, at + length);
    at += length;
    end += length;
  }

  function copy(offset: number, length: number): void {
    if (offset === 0 || offset > end || length > size - end) throw broken('a copy from nowhere');
    // What is copied may reach into what it writes: a run.
    if (offset >= length) out.copy(out, end, end - offset, end - offset + length);
    else for (let i = 0; i < length; i++) out[end + i] = out[end + i - offset] ?? 0;
    end += length;
  }

  while (at < packed.length) {
    const tag = little(1);
    const upper = tag >> 2;
    if ((tag & 3) === 0) literal(upper < 60 ? upper + 1 : little(upper - 59) + 1);
    else if ((tag & 3) === 1) copy(((tag >> 5) << 8) | little(1), ((tag >> 2) & 7) + 4);
    else copy(little((tag & 3) === 2 ? 2 : 4), upper + 1);
  }
  if (end !== size) throw broken('shorter than it says');
  return out;
}

import { HttpProblem } from './http-problem.ts';

/**
 * Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), read field by field. Every length is held
 * against what is really there; groups, which nobody sends any more, are refused.
 */
export type WireField =
  | { readonly number: number; readonly wire: 'bytes'; readonly bytes: Buffer }
  /** Varints, and fixed 32 and 64 bits, as unsigned. */
  | { readonly number: number; readonly wire: 'varint' | 'fixed32' | 'fixed64'; readonly bits: bigint };

function broken(what: string): HttpProblem {
  return new HttpProblem('bad-body', 0, `protobuf: ${what}`);
}

/** Calls back with each field of a message in the order they come. Throws `bad-body`. */
export function eachField(message: Buffer, visit: (field: WireField) => void): void {
  let at = 0;

  function varint(): bigint {
    let low = 0;
    // Up to 28 bits in plain numbers: tags and lengths, which are nearly all there is.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw broken('cut');
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let bits = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw broken('cut');
      bits |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, bits);
    }
    throw broken('a varint too long');
  }

  function take(length: number): Buffer {
    if (length > message.length - at) throw broken('a length beyond the end');
    at += length;
    return message.subarray(at - length, at);
  }

  while (at < message.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number === 0 || number > 536_870_911) throw broken('a field number that is none');
    const wire = tag % 8;
    if (wire === 2) visit({ number, wire: 'bytes', bytes: take(Number(varint())) });
    else if (wire === 0) visit({ number, wire: 'varint', bits: varint() });
    else if (wire === 1) visit({ number, wire: 'fixed64', bits: take(8).readBigUInt64LE(0) });
    else if (wire === 5) visit({ number, wire: 'fixed32', bits: BigInt(take(4).readUInt32LE(0)) });
    else throw broken('a wire type that is none');
  }
}

/** A string as bytes of which each is one character, see LineMaker. */
export function byteText(field: WireField): string {
  return field.wire === 'bytes' ? field.bytes.toString('latin1') : '';
}

/** Field `number` of a message as a nested message; nothing when it is of another type. */
export function nested(field: WireField): Buffer {
  return field.wire === 'bytes' ? field.bytes : Buffer.alloc(0);
}

export function bitsOf(field: WireField): bigint {
  return field.wire === 'bytes' ? 0n : field.bits;
}

function varintBytes(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  return [...out, rest];
}

/** A message of varints (numbers) and strings or messages by field number; for the few answers there are. */
export function writeMessage(fields: Readonly<Record<number, number | string | Buffer>>): Buffer {
  const parts = Object.entries(fields).map(([number, value]) => {
    if (typeof value === 'number') return Buffer.from([...varintBytes(Number(number) * 8), ...varintBytes(value)]);
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([...varintBytes(Number(number) * 8 + 2), ...varintBytes(bytes.length)]), bytes]);
  });
  return Buffer.concat(parts);
}

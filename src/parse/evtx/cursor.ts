/** What is wrong with bytes of an event log: a reason code, for the record or chunk it was found in. */
export class EvtxDamage extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.name = 'EvtxDamage';
    this.code = code;
  }
}

/** A place in bytes that moves on as it reads, little-endian; reading beyond `end` is damage `cut-off`. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end: number = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }

  /** Moves on by some bytes and returns where they begin. */
  take(length: number): number {
    const from = this.at;
    if (length < 0 || from + length > this.end) throw new EvtxDamage('cut-off');
    this.at = from + length;
    return from;
  }

  peek(): number {
    if (this.at >= this.end) throw new EvtxDamage('cut-off');
    return this.#view.getUint8(this.at);
  }

  u8(): number {
    return this.#view.getUint8(this.take(1));
  }

  i8(): number {
    return this.#view.getInt8(this.take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.take(2), true);
  }

  i16(): number {
    return this.#view.getInt16(this.take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.take(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.take(8), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.take(8), true);
  }

  /** Text of some UTF-16LE units; a lone surrogate becomes U+FFFD. */
  utf16(units: number): string {
    const from = this.take(units * 2);
    return utf16le.decode(this.bytes.subarray(from, from + units * 2));
  }
}

const utf16le = new TextDecoder('utf-16le');

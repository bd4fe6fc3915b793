/** Bytes that grow: what a column of a block is made of. */
export class Bytes {
  buffer: Buffer;
  length = 0;

  constructor(expected: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(16, expected));
  }

  /** Room for `more` bytes behind those that are there. */
  #reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + more));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.buffer[this.length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.length = this.buffer.writeUInt16LE(value, this.length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  /** A whole number from 0 to 2^53 in eight bytes. */
  uint64(value: number): void {
    this.#reserve(8);
    this.buffer.writeUInt32LE(value % 0x1_0000_0000, this.length);
    this.length = this.buffer.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.length + 4);
  }

  /** LEB128, as ClickHouse writes lengths. */
  varint(value: number): void {
    this.#reserve(5);
    this.length = writeVarint(this.buffer, value, this.length);
  }

  /** UTF-8 with its length in front; lone surrogates become U+FFFD. */
  text(text: string): void {
    const chars = text.length;
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.#reserve(5 + chars * 3);
    const { buffer, length: at } = this;
    // Short texts are mostly ASCII and done by hand in less time than a call into the engine takes.
    if (chars <= shortChars) {
      let i = 0;
      for (; i < chars; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f) break;
        buffer[at + 1 + i] = unit;
      }
      if (i === chars) {
        buffer[at] = chars;
        this.length = at + 1 + chars;
        return;
      }
    }
    // Written where it lies if it is ASCII, and moved when its length turns out to need another width.
    const width = varintWidth(chars);
    const bytes = buffer.write(text, at + width);
    const needed = varintWidth(bytes);
    if (needed !== width) buffer.copyWithin(at + needed, at + width, at + width + bytes);
    this.length = writeVarint(buffer, bytes, at) + bytes;
  }

  append(other: Bytes): void {
    this.#reserve(other.length);
    other.buffer.copy(this.buffer, this.length, 0, other.length);
    this.length += other.length;
  }

  /** Begins a text that is written piece by piece; to be given to `endText`. */
  beginText(): number {
    this.#reserve(openWidth);
    this.length += openWidth;
    return this.length;
  }

  /** The text that began there ends here: what was written since is its bytes. */
  endText(begin: number): void {
    let rest = this.length - begin;
    let at = begin - openWidth;
    // Of a fixed width, since the length was not known when it began: a LEB128 may end in zeros.
    for (; at < begin - 1; at++) {
      this.buffer[at] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[at] = rest;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#reserve(length);
    const { buffer, length: at } = this;
    for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] ?? 0;
    this.length = at + length;
  }

  /** UTF-8 without a length. */
  utf8(text: string): void {
    this.#reserve(text.length * 3);
    this.length += this.buffer.write(text, this.length);
  }

  /**
   * A text in JSON's quotes if it is short and needs no escapes; false when nothing was written. Most values of log
   * lines do, and are done by hand in less time than JSON.stringify takes to be called.
   */
  plainJsonText(text: string): boolean {
    const chars = text.length;
    if (chars > plainChars) return false;
    this.#reserve(chars + 2);
    const { buffer, length: at } = this;
    buffer[at] = 0x22;
    for (let i = 0; i < chars; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false;
      buffer[at + 1 + i] = unit;
    }
    buffer[at + 1 + chars] = 0x22;
    this.length = at + chars + 2;
    return true;
  }

  /** Empty again, with the room it has, unless that was made for something uncommon. */
  clear(): void {
    this.length = 0;
    if (this.buffer.length > keptBytesMax) this.buffer = Buffer.allocUnsafe(keptBytesMax / 16);
  }

  /** What was written, without a copy: good until it is cleared. */
  taken(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/** Under 128, so that the length in front is one byte. */
const shortChars = 24;
/** Longer ones are quicker by a call into the engine. */
const plainChars = 96;
/** A column of 10,000 lines of 1,500 characters. */
const keptBytesMax = 16 * 1024 * 1024;
/** Bytes of the length of a text begun before it is known: four hold 2^28. */
const openWidth = 4;

function varintWidth(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

function writeVarint(buffer: Buffer, value: number, at: number): number {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    buffer[end++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buffer[end++] = rest;
  return end;
}

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

  zeros(count: number): void {
    this.#reserve(count);
    this.buffer.fill(0, this.length, this.length + count);
    this.length += count;
  }

  /** Empty again, with the room it has, less of it when little was used: what was uncommon is given back in time. */
  clear(): void {
    const room = this.buffer.length;
    if (room > keptBytesMax) this.buffer = Buffer.allocUnsafe(keptBytesMax / 16);
    else if (room > keptBytesMin && this.length < room / 4) this.buffer = Buffer.allocUnsafe(room / 2);
    this.length = 0;
  }

  /** What was written, without a copy: good until it is cleared. */
  taken(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/** Under 128, so that the length in front is one byte. */
const shortChars = 24;
/** A column of 10,000 lines of 1,500 characters. */
const keptBytesMax = 16 * 1024 * 1024;
const keptBytesMin = 64 * 1024;

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

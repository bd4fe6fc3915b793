import { Bytes } from './bytes.ts';

/** A column of a block in ClickHouse's Native format, filled row by row. */
export interface NativeColumn<T> {
  /** The type as ClickHouse spells it. */
  readonly type: string;
  add(value: T): void;
  /** The column's bytes after all rows, behind `into`. */
  writeTo(into: Bytes): void;
}

export function textColumn(rows: number, expectedChars: number): NativeColumn<string> {
  const bytes = new Bytes(rows * (expectedChars + 1));
  return { type: 'String', add: (value) => bytes.text(value), writeTo: (into) => into.append(bytes) };
}

/** JSON documents as text: ClickHouse parses them as it would in a row of text (serialization version 1). */
export function jsonColumn(rows: number, type: string): NativeColumn<string> {
  const bytes = new Bytes(rows * 512);
  return {
    type,
    add: (value) => bytes.text(value),
    writeTo: (into) => {
      into.uint64(1);
      into.append(bytes);
    },
  };
}

/** Whole numbers of one byte; also for Enum8 by its values. */
export function byteColumn(rows: number, type: string): NativeColumn<number> {
  const bytes = new Bytes(rows);
  return { type, add: (value) => bytes.uint8(value), writeTo: (into) => into.append(bytes) };
}

/** Days since 1970. */
export function dateColumn(rows: number): NativeColumn<number> {
  const bytes = new Bytes(rows * 2);
  return { type: 'Date', add: (value) => bytes.uint16(value), writeTo: (into) => into.append(bytes) };
}

/** Milliseconds since 1970, not before. */
export function timeColumn(rows: number): NativeColumn<number> {
  const bytes = new Bytes(rows * 8);
  return { type: "DateTime64(3, 'UTC')", add: (value) => bytes.uint64(value), writeTo: (into) => into.append(bytes) };
}

/** Texts of which there are few: each is written once, the rows hold numbers. */
export function wordColumn(rows: number): NativeColumn<string> {
  const words = new Words(rows);
  return {
    type: 'LowCardinality(String)',
    add: (value) => words.add(value),
    writeTo: (into) => {
      into.uint64(sharedDictionaries);
      words.writeTo(into);
    },
  };
}

/** Lists of such texts. */
export function wordsColumn(rows: number): NativeColumn<readonly string[]> {
  const words = new Words(rows);
  const ends = new Bytes(rows * 8);
  let end = 0;
  return {
    type: 'Array(LowCardinality(String))',
    add: (values) => {
      for (const value of values) words.add(value);
      end += values.length;
      ends.uint64(end);
    },
    writeTo: (into) => {
      into.uint64(sharedDictionaries);
      into.append(ends);
      // Of no words at all nothing is written, not even that there are none.
      if (end > 0) words.writeTo(into);
    },
  };
}

/** Version of a LowCardinality column's serialization. */
const sharedDictionaries = 1;
/** The block brings its own dictionary and no other is needed. */
const ownDictionary = 0x600;

class Words {
  readonly #places = new Map<string, number>();
  readonly #texts = new Bytes(256);
  #rows: Uint32Array;
  #count = 0;
  #last = '';
  #lastPlace = -1;

  constructor(expected: number) {
    this.#rows = new Uint32Array(Math.max(16, expected));
  }

  add(word: string): void {
    if (this.#lastPlace < 0 || word !== this.#last) {
      let place = this.#places.get(word);
      if (place === undefined) {
        place = this.#places.size;
        this.#places.set(word, place);
        this.#texts.text(word);
      }
      this.#last = word;
      this.#lastPlace = place;
    }
    if (this.#count === this.#rows.length) {
      const grown = new Uint32Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.#count++] = this.#lastPlace;
  }

  writeTo(into: Bytes): void {
    const words = this.#places.size;
    // Places in the least bytes that hold them all: the format knows 1, 2, 4 (and 8) under the numbers 0, 1, 2.
    const kind = words <= 0x100 ? 0 : words <= 0x1_0000 ? 1 : 2;
    into.uint64(ownDictionary + kind);
    into.uint64(words);
    into.append(this.#texts);
    into.uint64(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const place = this.#rows[i] ?? 0;
      if (kind === 0) into.uint8(place);
      else if (kind === 1) into.uint16(place);
      else into.uint32(place);
    }
  }
}

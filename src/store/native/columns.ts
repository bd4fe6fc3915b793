import type { BlockParts } from './block.ts';
import { Bytes } from './bytes.ts';

/** A column of a block in ClickHouse's Native format, filled row by row. */
export interface NativeColumn<T> {
  /** The type as ClickHouse spells it. */
  readonly type: string;
  add(value: T): void;
  /** The column's bytes after all rows, behind what is there. */
  writeTo(into: BlockParts): void;
  /** Empty again, with the room it has. */
  clear(): void;
}

/** A column of texts of which most rows have none. */
export interface SparseColumn extends NativeColumn<string> {
  /** Rows that were not added until there are so many have ''. */
  fillTo(rows: number): void;
}

function columnOf<T>(type: string, bytes: Bytes, add: (value: T) => void): NativeColumn<T> {
  return {
    type,
    add,
    writeTo: (into) => into.add(bytes),
    clear: () => bytes.clear(),
  };
}

export function textColumn(rows: number, expectedChars: number): SparseColumn {
  const bytes = new Bytes(rows * (expectedChars + 1));
  let count = 0;
  return {
    type: 'String',
    add: (value) => {
      bytes.text(value);
      count += 1;
    },
    fillTo: (wanted) => {
      // A text of no length is a zero.
      if (count < wanted) bytes.zeros(wanted - count);
      count = Math.max(count, wanted);
    },
    writeTo: (into) => into.add(bytes),
    clear: () => {
      bytes.clear();
      count = 0;
    },
  };
}

/** Whole numbers of one byte; also for Enum8 by its values. */
export function byteColumn(rows: number, type: string): NativeColumn<number> {
  const bytes = new Bytes(rows);
  return columnOf(type, bytes, (value) => bytes.uint8(value));
}

/** Days since 1970. */
export function dateColumn(rows: number): NativeColumn<number> {
  const bytes = new Bytes(rows * 2);
  return columnOf('Date', bytes, (value) => bytes.uint16(value));
}

/** Milliseconds since 1970, not before. */
export function timeColumn(rows: number): NativeColumn<number> {
  const bytes = new Bytes(rows * 8);
  return columnOf("DateTime64(3, 'UTC')", bytes, (value) => bytes.uint64(value));
}

/** Texts of which there are few: each is written once, the rows hold numbers. */
export function wordColumn(rows: number): SparseColumn {
  const words = new Words(rows);
  return {
    type: 'LowCardinality(String)',
    add: (value) => words.add(value),
    fillTo: (wanted) => {
      while (words.count < wanted) words.add('');
    },
    writeTo: (into) => {
      into.run.uint64(sharedDictionaries);
      words.writeTo(into);
    },
    clear: () => words.clear(),
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
      into.run.uint64(sharedDictionaries);
      into.add(ends);
      // Of no words at all nothing is written, not even that there are none.
      if (end > 0) words.writeTo(into);
    },
    clear: () => {
      words.clear();
      ends.clear();
      end = 0;
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
  readonly #numbers = new Bytes(256);
  #rows: Uint32Array;
  #count = 0;
  #last = '';
  #lastPlace = -1;

  constructor(expected: number) {
    this.#rows = new Uint32Array(Math.max(16, expected));
  }

  get count(): number {
    return this.#count;
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

  writeTo(into: BlockParts): void {
    const { run } = into;
    const words = this.#places.size;
    // Places in the least bytes that hold them all: the format knows 1, 2, 4 (and 8) under the numbers 0, 1, 2.
    const kind = words <= 0x100 ? 0 : words <= 0x1_0000 ? 1 : 2;
    run.uint64(ownDictionary + kind);
    run.uint64(words);
    run.append(this.#texts);
    run.uint64(this.#count);
    const numbers = this.#numbers;
    numbers.clear();
    for (let i = 0; i < this.#count; i++) {
      const place = this.#rows[i] ?? 0;
      if (kind === 0) numbers.uint8(place);
      else if (kind === 1) numbers.uint16(place);
      else numbers.uint32(place);
    }
    into.add(numbers);
  }

  clear(): void {
    this.#places.clear();
    this.#texts.clear();
    this.#count = 0;
    this.#lastPlace = -1;
  }
}

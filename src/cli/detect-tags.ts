import type { FlatLines } from '../ingest/read-line.ts';
import type { FieldValue, LogsourceTags } from '../model/event.ts';
import { type LineTokens, token, tokenText } from '../sigma/matching.ts';

/** Combinations of tag values that are remembered, a power of two; numbers that one of them may take. */
const memoLimits = { places: 256, numbers: 1_024 } as const;

/** What the names of lines of one shape say. */
interface Shape {
  /** Whether one of them is a sign of another kind of JSON, or would be changed by reading. */
  readonly isOther: boolean;
  /** Tokens with the values that tags depend on, and the place of each in `tagFields`. */
  readonly tokens: readonly number[];
  readonly places: readonly number[];
}

interface Remembered {
  readonly values: Int32Array;
  readonly tags: LogsourceTags | null;
}

/**
 * Whether a line cut into tokens is one that parsing and mapping leave as it is, and if so its tags. It is when it is a
 * flat JSON object without the signs of another shape, and no name or text in it is changed by NFC, repaired or flagged.
 * What its names say is found once for all lines of its shape.
 */
export class FlatLineTags {
  readonly #flat: FlatLines;
  readonly #signs: ReadonlySet<string>;
  #epoch = -1;
  /** By their number. */
  readonly #shapes: (Shape | undefined)[] = [];
  readonly #memo: (Remembered | undefined)[] = [];
  /** Of the line in hand: its shape, then of each tag value the kind, the length and the bytes, four at a time. */
  readonly #values = new Int32Array(memoLimits.numbers);

  constructor(flat: FlatLines) {
    this.#flat = flat;
    this.#signs = new Set(flat.signs);
  }

  /** null: this line must go through `readLine`. */
  of = (line: LineTokens): LogsourceTags | null => {
    if (line.nested) return null;
    if (this.#epoch !== line.tree.epoch) this.#forget(line.tree.epoch);
    const shape = this.#shapes[line.shape] ?? this.#learn(line);
    if (shape.isOther) return null;
    const { count, kinds, starts, ends, bytes, view } = line;
    for (let i = 0; i < count; i++) {
      if (kinds[i] === token.wide && !this.#isPlain(tokenText(line, i))) return null;
    }
    const values = this.#values;
    values[0] = line.shape;
    let length = 1;
    let hash = line.shape;
    for (const i of shape.tokens) {
      let p = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      if (length + end - p + 2 > memoLimits.numbers) return null;
      values[length++] = kinds[i] ?? 0;
      values[length++] = end - p;
      for (; p + 4 <= end; p += 4) {
        const word = view.getInt32(p, true);
        values[length++] = word;
        hash = mixed(hash, word);
      }
      for (; p < end; p++) {
        const byte = bytes[p] ?? 0;
        values[length++] = byte;
        hash = mixed(hash, byte);
      }
    }
    const place = hash & (memoLimits.places - 1);
    const remembered = this.#memo[place];
    if (remembered !== undefined && this.#isSame(remembered.values, length)) return remembered.tags;
    const tags = this.#flat.tagsOf(this.#tagValues(line, shape));
    this.#memo[place] = { values: values.slice(0, length), tags };
    return tags;
  };

  #isSame(values: Int32Array, length: number): boolean {
    if (values.length !== length) return false;
    for (let i = 0; i < length; i++) if (values[i] !== this.#values[i]) return false;
    return true;
  }

  #tagValues(line: LineTokens, { tokens, places }: Shape): (FieldValue | undefined)[] {
    const values: (FieldValue | undefined)[] = this.#flat.tagFields.map(() => undefined);
    for (const [at, i] of tokens.entries()) values[places[at] ?? 0] = fieldValue(line, i);
    return values;
  }

  #learn(line: LineTokens): Shape {
    const { tagFields } = this.#flat;
    const names = Array.from({ length: line.count }, (_, i) => line.nameOf(i));
    const tokens = [...names.keys()].filter((i) => tagFields.includes(names[i] ?? ''));
    const shape = {
      isOther: names.some((name) => this.#signs.has(name) || !this.#isPlain(name)),
      tokens,
      places: tokens.map((i) => tagFields.indexOf(names[i] ?? '')),
    };
    this.#shapes[line.shape] = shape;
    return shape;
  }

  /** The tree began anew: shapes have other numbers. */
  #forget(epoch: number): void {
    this.#epoch = epoch;
    this.#shapes.length = 0;
    this.#memo.length = 0;
  }

  #isPlain(text: string | null): boolean {
    return text === null || this.#flat.isPlain(text);
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** A token as a field's value; numbers as ingest reads them (parse/json.ts). */
function fieldValue(line: LineTokens, i: number): FieldValue {
  const text = tokenText(line, i);
  switch (line.kinds[i]) {
    case token.integer:
    case token.number:
      return text === null || String(Number(text)) !== text ? text : Number(text);
    case token.true:
    case token.false:
      return text === 'true';
    default:
      return text;
  }
}

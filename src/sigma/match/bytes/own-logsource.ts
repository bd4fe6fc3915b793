import type { EventLogsource } from '../routing.ts';
import type { LineTokens } from './line-tokens.ts';
import { token } from './line-tokens.ts';
import { tokenText } from './token-text.ts';
import { type WordText, wordText } from './words.ts';

const dimensions = ['product', 'category', 'service'] as const;

/** Tags that lines of one shape stated lately, and what stood there by dimension; null where nothing did. */
interface Stated {
  readonly texts: readonly (string | null)[];
  /** The same as it stood in the line, with its closing quote. */
  readonly words: readonly (WordText | null)[];
  readonly tags: EventLogsource;
}

/** Where lines of one shape state each dimension, -1 where they do not, and what they stated. */
interface Shape {
  readonly at: Int32Array;
  readonly recent: Stated[];
}

/** Different logsources that lines of one shape state, and tags kept as one object each. */
const limits = { recent: 8, tags: 256 } as const;

/** The logsource that a line states of itself in `product`, `category` and `service`, each a text. */
export class OwnLogsource {
  readonly #line: LineTokens;
  #epoch = -1;
  #namesSeen = 0;
  /** By number of a name: the dimension it names, -1 for the others. */
  #dimensionOf = new Int8Array(256).fill(-1);
  /** By shape of a line that is not nested: lines of one source have few, and of one shape they state few logsources. */
  readonly #shapes: (Shape | undefined)[] = [];
  /** The same for nested ones, whose places must be found each time. */
  readonly #ofNested: Shape = { at: new Int32Array(dimensions.length), recent: [] };
  /** Equal logsources as one object, which is sooner found again than its like. */
  readonly #tags = new Map<string, EventLogsource>();

  constructor(line: LineTokens) {
    this.#line = line;
  }

  /** Of the line's present tokens; the same object for equal ones. */
  read(): EventLogsource {
    const line = this.#line;
    if (line.tree.epoch !== this.#epoch || line.tree.names.length !== this.#namesSeen) this.#learnNames();
    const { at, recent } = this.#shapeOf();
    for (let i = 0; i < recent.length; i++) {
      const stated = recent[i] as Stated;
      if (this.#states(at, stated)) return stated.tags;
    }
    const stated = this.#stated(at);
    if (recent.length === limits.recent) recent.shift();
    recent.push(stated);
    return stated.tags;
  }

  #states(at: Int32Array, { words, texts }: Stated): boolean {
    const line = this.#line;
    const { view } = line;
    const lastWord = view.byteLength - 4;
    for (let dimension = 0; dimension < dimensions.length; dimension++) {
      const i = at[dimension] as number;
      const known = words[dimension] as WordText | null;
      if (i < 0 || (line.kinds[i] as number) > token.wide) {
        if (known !== null) return false;
        continue;
      }
      if (known === null) return false;
      const start = line.starts[i] as number;
      if (start + known.length > lastWord) {
        if (tokenText(line, i) !== texts[dimension]) return false;
        continue;
      }
      let word = 0;
      while (word < known.whole && view.getInt32(start + (word << 2), true) === known.words[word]) word++;
      if (word < known.whole) return false;
      if ((view.getInt32(start + (word << 2), true) & known.restMask) !== known.words[word]) return false;
    }
    return true;
  }

  #stated(at: Int32Array): Stated {
    const line = this.#line;
    const texts = Array.from(at, (i) => (i < 0 || (line.kinds[i] ?? 0) > token.wide ? null : tokenText(line, i)));
    const [product = null, category = null, service = null] = texts;
    const key = JSON.stringify(texts);
    let tags = this.#tags.get(key);
    if (tags === undefined) {
      const list = (text: string | null) => (text === null ? [] : [text]);
      tags = { product, categories: list(category), services: list(service) };
      if (this.#tags.size === limits.tags) this.#tags.clear();
      this.#tags.set(key, tags);
    }
    const words = texts.map((text, dimension) => {
      const i = at[dimension] ?? 0;
      return text === null ? null : wordText(line.bytes.subarray(line.starts[i], (line.ends[i] ?? 0) + 1));
    });
    return { texts, words, tags };
  }

  #shapeOf(): Shape {
    const { nested, shape } = this.#line;
    if (nested) {
      this.#find(this.#ofNested.at);
      return this.#ofNested;
    }
    const { length } = this.#shapes;
    return (shape < length ? this.#shapes[shape] : undefined) ?? this.#learnShape(shape);
  }

  #learnShape(shape: number): Shape {
    while (this.#shapes.length <= shape) this.#shapes.push(undefined);
    const learned: Shape = { at: new Int32Array(dimensions.length), recent: [] };
    this.#find(learned.at);
    this.#shapes[shape] = learned;
    return learned;
  }

  #find(at: Int32Array): void {
    const { names, count } = this.#line;
    at.fill(-1);
    // From behind, so that of a list's members the first stands in the end.
    for (let i = count - 1; i >= 0; i--) {
      const dimension = this.#dimensionOf[names[i] as number] as number;
      if (dimension >= 0) at[dimension] = i;
    }
  }

  #learnNames(): void {
    const { epoch, names } = this.#line.tree;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#namesSeen = 0;
      this.#dimensionOf.fill(-1);
      this.#shapes.length = 0;
    }
    if (names.length > this.#dimensionOf.length) {
      const wider = new Int8Array(names.length * 2).fill(-1);
      wider.set(this.#dimensionOf);
      this.#dimensionOf = wider;
    }
    for (; this.#namesSeen < names.length; this.#namesSeen++) {
      const dimension = (dimensions as readonly (string | undefined)[]).indexOf(names[this.#namesSeen]);
      if (dimension >= 0) this.#dimensionOf[this.#namesSeen] = dimension;
    }
  }
}

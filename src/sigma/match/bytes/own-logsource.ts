import type { EventLogsource } from '../routing.ts';
import type { LineTokens } from './line-tokens.ts';
import { token } from './line-tokens.ts';
import { tokenText } from './token-text.ts';

const dimensions = ['product', 'category', 'service'] as const;

/** The logsource that a line states of itself in `product`, `category` and `service`, each a text. */
export class OwnLogsource {
  readonly #line: LineTokens;
  #epoch = -1;
  #namesSeen = 0;
  /** By number of a name: the dimension it names, -1 for the others. */
  #dimensionOf = new Int8Array(256).fill(-1);
  /** Where each dimension stands among the present tokens, -1 when it does not. */
  readonly #at = new Int32Array(dimensions.length);
  /** Shape of the line that `#at` was found in; -1: of no other line. */
  #shape = -1;
  readonly #texts: (string | null)[] = [null, null, null];
  /** Bytes of the last texts: lines of one source state the same again and again. */
  readonly #bytes: Uint8Array[] = dimensions.map(() => new Uint8Array(0));
  #last: EventLogsource = { product: null, categories: [], services: [] };

  constructor(line: LineTokens) {
    this.#line = line;
  }

  /** Of the line's present tokens; the same object as long as nothing changes. */
  read(): EventLogsource {
    const line = this.#line;
    if (line.tree.epoch !== this.#epoch || line.tree.names.length !== this.#namesSeen) this.#learnNames();
    // Lines of one source have one shape, and then it is known where to look.
    if (line.nested || line.shape !== this.#shape) this.#find();
    const found = this.#at;
    const { kinds } = line;
    let changed = false;
    for (let dimension = 0; dimension < dimensions.length; dimension++) {
      const at = found[dimension] as number;
      if (at < 0 || (kinds[at] as number) > token.wide) {
        changed ||= this.#texts[dimension] !== null;
        this.#texts[dimension] = null;
        continue;
      }
      const start = line.starts[at] as number;
      const end = line.ends[at] as number;
      if (this.#texts[dimension] !== null && isSame(line.bytes, start, end, this.#bytes[dimension])) continue;
      this.#texts[dimension] = tokenText(line, at);
      // A copy even of a Buffer, whose own slice would share memory with lines to come.
      this.#bytes[dimension] = new Uint8Array(line.bytes.subarray(start, end));
      changed = true;
    }
    if (!changed) return this.#last;
    const [product = null, category = null, service = null] = this.#texts;
    this.#last = {
      product,
      categories: category === null ? [] : [category],
      services: service === null ? [] : [service],
    };
    return this.#last;
  }

  #find(): void {
    const { names, count, nested, shape } = this.#line;
    const found = this.#at.fill(-1);
    // From behind, so that of a list's members the first stands in the end.
    for (let i = count - 1; i >= 0; i--) {
      const dimension = this.#dimensionOf[names[i] as number] as number;
      if (dimension >= 0) found[dimension] = i;
    }
    this.#shape = nested ? -1 : shape;
  }

  #learnNames(): void {
    const { epoch, names } = this.#line.tree;
    this.#shape = -1;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#namesSeen = 0;
      this.#dimensionOf.fill(-1);
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

function isSame(bytes: Uint8Array, start: number, end: number, known: Uint8Array | undefined): boolean {
  if (known === undefined || end - start !== known.length) return false;
  for (let i = 0; i < known.length; i++) if (bytes[start + i] !== known[i]) return false;
  return true;
}

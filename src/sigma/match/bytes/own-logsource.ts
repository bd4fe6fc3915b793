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
  /** Number of each dimension's name, -1 while no line had it. */
  readonly #names = [-1, -1, -1];
  readonly #texts: (string | null)[] = [null, null, null];
  /** Bytes of the last texts: lines of one source state the same again and again. */
  readonly #bytes: Uint8Array[] = dimensions.map(() => new Uint8Array(0));
  #last: EventLogsource = { product: null, categories: [], services: [] };

  constructor(line: LineTokens) {
    this.#line = line;
  }

  /** Of the line's present tokens; the same object as long as nothing changes. */
  read(): EventLogsource {
    this.#learnNames();
    const line = this.#line;
    let changed = false;
    for (let dimension = 0; dimension < dimensions.length; dimension++) {
      const name = this.#names[dimension] ?? -1;
      const at = name < 0 ? -1 : line.names.subarray(0, line.count).indexOf(name);
      const isText = at >= 0 && (line.kinds[at] ?? 0) <= token.wide;
      if (!isText) {
        changed ||= this.#texts[dimension] !== null;
        this.#texts[dimension] = null;
        continue;
      }
      const bytes = line.bytes.subarray(line.starts[at], line.ends[at]);
      if (this.#texts[dimension] !== null && areEqual(bytes, this.#bytes[dimension])) continue;
      this.#texts[dimension] = tokenText(line, at);
      this.#bytes[dimension] = bytes.slice();
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

  #learnNames(): void {
    const { epoch, names } = this.#line.tree;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#namesSeen = 0;
      this.#names.fill(-1);
    }
    for (; this.#namesSeen < names.length; this.#namesSeen++) {
      const dimension = (dimensions as readonly (string | undefined)[]).indexOf(names[this.#namesSeen]);
      if (dimension >= 0) this.#names[dimension] = this.#namesSeen;
    }
  }
}

function areEqual(a: Uint8Array, b: Uint8Array | undefined): boolean {
  if (b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

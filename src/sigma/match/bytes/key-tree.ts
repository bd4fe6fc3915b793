import { type WordText, wordText } from './words.ts';

/**
 * The keys of one object in the order of their coming. Lines of one source have the same keys in the same order, so
 * that each key foretells the next: reading a line is comparing with what is foretold, without hashing or making
 * names. A way through the tree names no key twice, which tells duplicate keys for nothing.
 */
export class KeyNode {
  /** `"key":` as it stands in the line; empty for the beginning of an object. */
  readonly text: WordText;
  /** Number of the node in its tree, from 1; 0 for beginnings of objects. */
  readonly number: number;
  /** Number of the whole name, dotted for keys of nested objects; -1 for the beginning of the line's object. */
  readonly name: number;
  readonly before: KeyNode | null;
  /** Whether the key itself has a dot in it. */
  readonly dotted: boolean;
  /** What came after this key last time. */
  next: KeyNode | null = null;
  /** All that ever came after it. */
  readonly after: KeyNode[] = [];
  /** Beginning of the object that is this key's value. */
  inside: KeyNode | null = null;

  constructor(number: number, text: WordText, name: number, before: KeyNode | null, dotted: boolean) {
    this.number = number;
    this.text = text;
    this.name = name;
    this.before = before;
    this.dotted = dotted;
  }
}

/** Bounds of what lines can make the tree hold. */
const treeLimits = { nodes: 16_384, keysOfObject: 256, keyBytes: 256, after: 32 } as const;

const nothing: WordText = wordText(new Uint8Array(0));

/**
 * The keys of all lines read so far. Full, it forgets everything and begins anew: names then have other numbers, which
 * `epoch` tells.
 */
export class KeyTree {
  epoch = 0;
  start: KeyNode = new KeyNode(0, nothing, -1, null, false);
  /** Whole names by number. */
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  #nodes = 0;

  /** Begins anew when the tree is full; to be called between lines. */
  tidy(): void {
    if (this.#nodes < treeLimits.nodes) return;
    this.epoch++;
    this.start = new KeyNode(0, nothing, -1, null, false);
    this.names.length = 0;
    this.#numbers.clear();
    this.#nodes = 0;
  }

  /** Beginning of the object that the key holds. */
  inside(node: KeyNode): KeyNode {
    node.inside ??= new KeyNode(0, nothing, node.name, null, false);
    return node.inside;
  }

  /**
   * The node of a key that comes after `last`; `raw` is the key between its quotes. null when the object has the key
   * already, or when the key is beyond the tree's bounds: such a line is read another way.
   */
  follow(last: KeyNode, raw: Uint8Array, objectName: number): KeyNode | null {
    if (raw.length === 0 || raw.length > treeLimits.keyBytes) return null;
    const key = decodeKey(raw);
    if (key === null || key === '') return null;
    const prefix = objectName < 0 ? '' : `${this.names[objectName]}.`;
    const name = this.#number(prefix + key);
    const text = new Uint8Array(raw.length + 3);
    text.set(raw, 1);
    text[0] = 0x22;
    text[raw.length + 1] = 0x22;
    text[raw.length + 2] = 0x3a;
    const words = wordText(text);
    for (const known of last.after) {
      // One name may be spelled in several ways: only the same spelling is the same node.
      if (known.name !== name || known.text.length !== words.length) continue;
      if (known.text.words.every((word, i) => word === words.words[i])) {
        last.next = known;
        return known;
      }
    }
    let keys = 0;
    for (let earlier: KeyNode | null = last; earlier !== null; earlier = earlier.before) {
      if (earlier.before !== null && earlier.name === name) return null;
      if (++keys > treeLimits.keysOfObject) return null;
    }
    const node = new KeyNode(++this.#nodes, words, name, last, key.includes('.'));
    // Where ever new keys come, an old one is forgotten: searching must stay short.
    if (last.after.length < treeLimits.after) last.after.push(node);
    else last.after[node.number % treeLimits.after] = node;
    last.next = node;
    return node;
  }

  /** The number of a whole name; -1 when no line had it. */
  numberOf(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.length;
    this.names.push(name);
    this.#numbers.set(name, number);
    return number;
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function decodeKey(raw: Uint8Array): string | null {
  try {
    return JSON.parse(`"${utf8.decode(raw)}"`) as string;
  } catch {
    return null;
  }
}

import { type KeyNode, KeyTree } from './key-tree.ts';
import { firstMark, runEnds } from './words.ts';

/** What a token is; text kinds carry their bytes, [start, end) without quotes. */
export const token = {
  /** A text of ASCII characters without escapes. */
  plain: 0,
  /** A text of ASCII characters with escapes, none of them `\u` or `\/`: each character has one spelling only. */
  escaped: 1,
  /** A text with `\u`, `\/` or bytes above 127. */
  wide: 2,
  /** An integer, of whatever size: its bytes are its canonical text. */
  integer: 3,
  /** Any other number: with a fraction or an exponent, or -0. */
  number: 4,
  true: 5,
  false: 6,
  null: 7,
  /**
   * An object, a list: what they hold follows, an object's members under names of their own. Empty ones that are a list's
   * members are among them.
   */
  object: 8,
  list: 9,
  /** The same without anything in them, as the value of a key. */
  emptyObject: 10,
  emptyList: 11,
} as const;

/** Bounds of a line that is read this way; the others are read by JSON.parse. */
const lineLimits = { tokens: 4_096, depth: 32 } as const;

const failed = -1;

/**
 * One line of NDJSON as a list of tokens: for each value the number of its name and where its bytes stand. Nothing is
 * decoded. One of these reads line after line; tokens hold until the next `read`.
 *
 * `read` answers false for whatever it is not sure to read as JSON.parse does: broken JSON, a key twice in an object,
 * one name possibly reached in two ways ("a.b" beside {"a":{"b":…}}), and what is beyond its bounds.
 */
export class LineTokens {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  count = 0;
  readonly names: Int32Array = new Int32Array(lineLimits.tokens);
  readonly kinds: Uint8Array = new Uint8Array(lineLimits.tokens);
  readonly starts: Int32Array = new Int32Array(lineLimits.tokens);
  readonly ends: Int32Array = new Int32Array(lineLimits.tokens);
  /** Whether the line's object holds objects or lists. */
  nested = false;
  /** Whether a text may be wide: false when none is. */
  wide = false;
  /**
   * Number of the last key's node in the tree: lines of one number that are not nested have the same names in the same
   * order.
   */
  shape = 0;
  readonly tree: KeyTree = new KeyTree();
  #to = 0;
  /** Last place a whole word can be read from. */
  #lastWord = 0;
  #kind = 0;
  #dotted = false;
  #objects = false;

  /** Reads the line [from, to) of `bytes`, without its end. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#lastWord = bytes.byteLength - 4;
    }
    this.tree.tidy();
    this.count = 0;
    this.nested = false;
    this.wide = false;
    this.shape = 0;
    this.#to = to;
    this.#dotted = false;
    this.#objects = false;
    const start = bytes[from] === 0x7b ? from : this.#blank(from);
    if (start >= to || bytes[start] !== 0x7b) return false;
    const end = this.#object(start, this.tree.start, 1);
    if (end < 0 || end > to || (end !== to && this.#blank(end) !== to)) return false;
    return !(this.#dotted && this.#objects);
  }

  /** Whole name of token `i`. */
  nameOf(i: number): string {
    return this.tree.names[this.names[i] ?? -1] ?? '';
  }

  /** The object that begins at `p`; the place behind it, or `failed`. */
  #object(at: number, start: KeyNode, depth: number): number {
    const { bytes, view } = this;
    const lastWord = this.#lastWord;
    let node = start;
    let p = at + 1;
    if (bytes[p] !== 0x22) p = this.#blank(p);
    if (bytes[p] === 0x7d) return p + 1;
    for (;;) {
      const foretold = node.next;
      let met = false;
      if (foretold !== null) {
        const { whole, words, restMask, length } = foretold.text;
        if (p + length <= lastWord) {
          let i = 0;
          while (i < whole && view.getInt32(p + (i << 2), true) === words[i]) i++;
          if (i === whole && (view.getInt32(p + (i << 2), true) & restMask) === words[i]) {
            met = true;
            node = foretold;
            p += length;
          }
        }
      }
      if (!met) {
        const known = this.#known(node, p);
        if (known !== null) {
          node.next = known;
          node = known;
          p += known.text.length;
        } else {
          const close = this.#keyEnd(p);
          if (close < 0) return failed;
          const followed = this.tree.follow(node, bytes.subarray(p + 1, close), start.name);
          if (followed === null) return failed;
          node = followed;
          p = this.#blank(close + 1);
          if (bytes[p] !== 0x3a) return failed;
          p++;
        }
      }
      if (node.dotted) this.#dotted = true;
      // The value.
      let c = bytes[p];
      if (c === 0x22) {
        // The commonest by far, and so without a call: a text.
        const i = this.count;
        if (i >= lineLimits.tokens) return failed;
        const end = this.#text(p + 1);
        if (end < 0) return failed;
        this.names[i] = node.name;
        this.kinds[i] = this.#kind;
        this.starts[i] = p + 1;
        this.ends[i] = end;
        this.count = i + 1;
        p = end + 1;
      } else {
        p = this.#value(p, node, depth);
        if (p < 0) return failed;
      }
      c = bytes[p];
      if (c !== 0x2c && c !== 0x7d) {
        p = this.#blank(p);
        c = bytes[p];
      }
      if (c === 0x7d) {
        // Of all objects the outermost ends last.
        this.shape = node.number;
        return p + 1;
      }
      if (c !== 0x2c) return failed;
      p++;
      if (bytes[p] !== 0x22) p = this.#blank(p);
    }
  }

  /** The key at `p`, when it came after `node` before and there are no blanks in it. */
  #known(node: KeyNode, p: number): KeyNode | null {
    const { view } = this;
    for (const candidate of node.after) {
      const { whole, words, restMask, length } = candidate.text;
      if (p + length > this.#lastWord) continue;
      let i = 0;
      while (i < whole && view.getInt32(p + (i << 2), true) === words[i]) i++;
      if (i === whole && (view.getInt32(p + (i << 2), true) & restMask) === words[i]) return candidate;
    }
    return null;
  }

  /** Any value that begins at `p` or after blanks; the place behind it, or `failed`. */
  #value(at: number, node: KeyNode, depth: number): number {
    const { bytes } = this;
    const p = this.#blank(at);
    const c = bytes[p] ?? 0;
    switch (c) {
      case 0x22: {
        const end = this.#text(p + 1);
        return end < 0 ? failed : this.#add(node.name, this.#kind, p + 1, end, end + 1);
      }
      case 0x7b: {
        if (depth >= lineLimits.depth) return failed;
        this.nested = true;
        this.#objects = true;
        const i = this.count;
        if (this.#add(node.name, token.object, p, p, 0) < 0) return failed;
        const end = this.#object(p, this.tree.inside(node), depth + 1);
        if (this.count === i + 1) this.kinds[i] = token.emptyObject;
        return end;
      }
      case 0x5b:
        return depth >= lineLimits.depth ? failed : this.#list(p, node, depth + 1);
      case 0x74:
        return this.#word(p, 'true') ? this.#add(node.name, token.true, p, p + 4, p + 4) : failed;
      case 0x66:
        return this.#word(p, 'false') ? this.#add(node.name, token.false, p, p + 5, p + 5) : failed;
      case 0x6e:
        return this.#word(p, 'null') ? this.#add(node.name, token.null, p, p + 4, p + 4) : failed;
      default: {
        const end = this.#number(p);
        return end < 0 ? failed : this.#add(node.name, this.#kind, p, end, end);
      }
    }
  }

  #list(at: number, node: KeyNode, depth: number): number {
    const { bytes } = this;
    this.nested = true;
    const list = this.count;
    if (this.#add(node.name, token.list, at, at, 0) < 0) return failed;
    let p = this.#blank(at + 1);
    if (bytes[p] === 0x5d) {
      this.kinds[list] = token.emptyList;
      return p + 1;
    }
    for (;;) {
      const i = this.count;
      p = this.#value(p, node, depth);
      if (p < 0) return failed;
      const kind = this.kinds[i];
      if (kind === token.emptyObject) this.kinds[i] = token.object;
      else if (kind === token.emptyList) this.kinds[i] = token.list;
      p = this.#blank(p);
      if (bytes[p] === 0x5d) return p + 1;
      if (bytes[p] !== 0x2c) return failed;
      p++;
    }
  }

  /** Notes a token; `then`, or `failed` when there are too many. */
  #add(name: number, kind: number, start: number, end: number, then: number): number {
    const i = this.count;
    if (i >= lineLimits.tokens) return failed;
    this.names[i] = name;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
    this.count = i + 1;
    return then;
  }

  /** Closing quote of the text whose first byte is at `at`, its kind in #kind; `failed` when it is broken. */
  #text(at: number): number {
    const { bytes, view } = this;
    const lastWord = this.#lastWord;
    let kind: number = token.plain;
    let p = at;
    while (p <= lastWord) {
      let marks = runEnds(view.getInt32(p, true));
      if (marks === 0) {
        p += 4;
        if (p > lastWord) break;
        marks = runEnds(view.getInt32(p, true));
        if (marks === 0) {
          p += 4;
          continue;
        }
      }
      p += firstMark(marks);
      const c = bytes[p] ?? 0;
      if (c === 0x22) {
        this.#kind = kind;
        return p;
      }
      if (c !== 0x5c) break;
      const escaped = escapes[bytes[p + 1] ?? 0] ?? 0;
      if (escaped !== 1) break;
      if (kind === token.plain) kind = token.escaped;
      p += 2;
    }
    return this.#restOfText(p, kind);
  }

  /** The same byte by byte, for what is rarer: bytes above 127, \u, the end of the buffer. */
  #restOfText(at: number, before: number): number {
    const { bytes } = this;
    const to = this.#to;
    let kind = before;
    for (let p = at; p < to; p++) {
      const c = bytes[p] ?? 0;
      if (c === 0x22) {
        this.#kind = kind;
        return p;
      }
      if (c < 0x20) return failed;
      if (c > 0x7f) kind = this.#wide();
      else if (c === 0x5c) {
        const escaped = escapes[bytes[++p] ?? 0] ?? 0;
        if (escaped === 0) return failed;
        if (escaped === 1) {
          if (kind === token.plain) kind = token.escaped;
          continue;
        }
        kind = this.#wide();
        if (escaped === 3) continue;
        for (let i = 1; i <= 4; i++) if (!isHex(bytes[p + i] ?? 0)) return failed;
        p += 4;
      }
    }
    return failed;
  }

  #wide(): number {
    this.wide = true;
    return token.wide;
  }

  /** Closing quote of the key whose opening quote is at `at`. */
  #keyEnd(at: number): number {
    return this.bytes[at] === 0x22 ? this.#restOfText(at + 1, token.plain) : failed;
  }

  /** End of the number at `p`, by the grammar of RFC 8259; its kind in #kind. */
  #number(at: number): number {
    const { bytes } = this;
    let p = bytes[at] === 0x2d ? at + 1 : at;
    const first = p;
    if (bytes[p] === 0x30) p++;
    else p = this.#digits(p);
    const digits = p - first;
    if (digits === 0) return failed;
    const c = bytes[p];
    if (c !== 0x2e && c !== 0x65 && c !== 0x45) {
      const minusZero = bytes[first] === 0x30 && first > at;
      this.#kind = minusZero ? token.number : token.integer;
      return p;
    }
    this.#kind = token.number;
    if (c === 0x2e) {
      const end = this.#digits(p + 1);
      if (end === p + 1) return failed;
      p = end;
    }
    if (bytes[p] === 0x65 || bytes[p] === 0x45) {
      p++;
      if (bytes[p] === 0x2b || bytes[p] === 0x2d) p++;
      const end = this.#digits(p);
      if (end === p) return failed;
      p = end;
    }
    return p;
  }

  #digits(at: number): number {
    const { bytes } = this;
    let p = at;
    for (let c = bytes[p] ?? 0; c >= 0x30 && c <= 0x39; c = bytes[p] ?? 0) p++;
    return p;
  }

  #word(at: number, word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.bytes[at + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  #blank(at: number): number {
    const { bytes } = this;
    let p = at;
    for (let c = bytes[p] ?? 0; c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a; c = bytes[p] ?? 0) {
      if (p >= this.#to) return p;
      p++;
    }
    return p;
  }
}

/** What may follow a backslash: 1 a short escape of what has no other short spelling, 2 `u`, 3 `/`. */
const escapes = new Uint8Array(256);
for (const c of '"\\bfnrt') escapes[c.charCodeAt(0)] = 1;
escapes[0x75] = 2;
escapes[0x2f] = 3;

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

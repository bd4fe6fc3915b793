import { severityOf } from '../model/severity.ts';
import type { Rule } from '../sigma/index.ts';

/** How hits are written down; plain data, so that threads can be given it. */
export interface HitFormat {
  /** By rule: the part of a hit that only depends on it, with the end of the line. */
  readonly tails: readonly string[];
  /** By rule: its place in the order of ids. */
  readonly ranks: Int32Array;
  /** By rule: 1 when it raises no hits of its own. */
  readonly silent: Uint8Array;
}

export function hitFormatOf(rules: readonly Rule[], silent: ReadonlySet<string>): HitFormat {
  const ranks = new Int32Array(rules.length);
  const byId = [...rules.keys()].toSorted((a, b) => compareText(rules[a]?.id ?? '', rules[b]?.id ?? ''));
  for (const [rank, index] of byId.entries()) ranks[index] = rank;
  return {
    tails: rules.map(({ id, title, level }) => {
      return `,${JSON.stringify({ rule: id, title, level: severityOf(level) }).slice(1)}\n`;
    }),
    ranks,
    silent: Uint8Array.from(rules, ({ id }) => (silent.has(id) ? 1 : 0)),
  };
}

/** The beginning of hits in a file. */
export function hitHead(file: string): Uint8Array {
  return encoder.encode(`{"file":${JSON.stringify(file)},"line":`);
}

const encoder = new TextEncoder();

/** Rules of one line that are put in order by hand; lines that meet more are rare. */
const sortedByHand = 16;

/** A hit of one rule in one file, but for the number of its line. */
interface Pattern {
  readonly head: Uint8Array;
  /** Digits there is room for. */
  readonly digits: number;
  readonly bytes: Uint8Array;
}

/**
 * Hits as lines of JSON in UTF-8, each with its end, gathered until they are taken. All of a hit but the number of its
 * line is known before: it is copied, and the number written into the copy.
 */
export class HitLines {
  readonly #format: HitFormat;
  /** By rule, once it was met. */
  readonly #patterns: (Pattern | undefined)[];
  readonly #ordered: number[] = [];
  #bytes = new Uint8Array(2 ** 19);
  /** Bytes gathered. */
  length = 0;
  /** Hits so far, taken ones too. */
  hits = 0;

  constructor(format: HitFormat) {
    this.#format = format;
    this.#patterns = format.tails.map(() => undefined);
  }

  /** All rules that a line met, in the order of their ids. */
  add(head: Uint8Array, line: number, met: readonly number[]): void {
    const { silent } = this.#format;
    const digits = digitsOf(line);
    for (const rule of met.length > 1 ? this.#inOrder(met) : met) {
      if (silent[rule] !== 0) continue;
      let pattern = this.#patterns[rule];
      if (pattern === undefined || pattern.head !== head || pattern.digits !== digits) {
        pattern = this.#patternOf(head, digits, rule);
      }
      const { bytes } = pattern;
      if (this.length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
      const gathered = this.#bytes;
      gathered.set(bytes, this.length);
      let rest = line;
      for (let p = this.length + head.length + digits - 1; rest > 0; p--) {
        const tenth = Math.floor(rest / 10);
        gathered[p] = zero + rest - tenth * 10;
        rest = tenth;
      }
      this.length += bytes.length;
      this.hits++;
    }
  }

  /** One hit that is written already, without its end. */
  addText(hit: string): void {
    this.addBytes(Buffer.from(`${hit}\n`), 1);
  }

  /** Hits that are written already, each with its end. */
  addBytes(lines: Uint8Array, hits: number): void {
    this.#makeRoom(lines.length);
    this.#bytes.set(lines, this.length);
    this.length += lines.length;
    this.hits += hits;
  }

  /** What was gathered; good until the next hit is added. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  #patternOf(head: Uint8Array, digits: number, rule: number): Pattern {
    const tail = encoder.encode(this.#format.tails[rule]);
    const bytes = new Uint8Array(head.length + digits + tail.length);
    bytes.set(head);
    bytes.set(tail, head.length + digits);
    const pattern = { head, digits, bytes };
    this.#patterns[rule] = pattern;
    return pattern;
  }

  #inOrder(met: readonly number[]): readonly number[] {
    const { ranks } = this.#format;
    if (met.length > sortedByHand) return met.toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
    const ordered = this.#ordered;
    ordered.length = 0;
    for (const rule of met) {
      const rank = ranks[rule] ?? 0;
      let at = ordered.length;
      for (; at > 0 && (ranks[ordered[at - 1] ?? 0] ?? 0) > rank; at--) ordered[at] = ordered[at - 1] ?? 0;
      ordered[at] = rule;
    }
    return ordered;
  }

  #makeRoom(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + more));
    wider.set(this.#bytes.subarray(0, this.length));
    this.#bytes = wider;
  }
}

const zero = 48;

/** Decimal digits of a line's number, which is above 0. */
function digitsOf(line: number): number {
  let digits = 1;
  for (let bound = 10; line >= bound; bound *= 10) digits++;
  return digits;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

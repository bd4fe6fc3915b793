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

/** Digits of a line's number at most. */
const digitsMax = 16;

/**
 * Hits as lines of JSON in UTF-8, each with its end, gathered until they are taken. Of every hit but the number is
 * known before, and bytes need not be made of it again.
 */
export class HitLines {
  readonly #format: HitFormat;
  /** By rule, once it was met. */
  readonly #tails: (Uint8Array | undefined)[];
  #bytes = new Uint8Array(131_072);
  /** Bytes gathered. */
  length = 0;
  /** Hits so far, taken ones too. */
  hits = 0;

  constructor(format: HitFormat) {
    this.#format = format;
    this.#tails = format.tails.map(() => undefined);
  }

  /** All rules that a line met, in the order of their ids. */
  add(head: Uint8Array, line: number, met: readonly number[]): void {
    const { ranks, silent } = this.#format;
    const ordered = met.length > 1 ? met.toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0)) : met;
    for (const rule of ordered) {
      if (silent[rule] !== 0) continue;
      const tail = this.#tails[rule] ?? this.#learn(rule);
      this.#makeRoom(head.length + digitsMax + tail.length);
      const bytes = this.#bytes;
      bytes.set(head, this.length);
      const at = writeNumber(bytes, this.length + head.length, line);
      bytes.set(tail, at);
      this.length = at + tail.length;
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

  #learn(rule: number): Uint8Array {
    const tail = encoder.encode(this.#format.tails[rule]);
    this.#tails[rule] = tail;
    return tail;
  }

  #makeRoom(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + more));
    wider.set(this.#bytes.subarray(0, this.length));
    this.#bytes = wider;
  }
}

/** Writes a number from 0 in decimal digits at `at`; where they end. */
function writeNumber(bytes: Uint8Array, at: number, number: number): number {
  let end = at + 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let rest = number;
  for (let p = end - 1; p >= at; p--) {
    const tenth = Math.floor(rest / 10);
    bytes[p] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

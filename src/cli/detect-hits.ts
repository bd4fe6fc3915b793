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

/** The beginning of hits in a file; to be made once for all of them. */
export function hitHead(file: string): Uint8Array {
  return encoder.encode(`{"file":${JSON.stringify(file)},"line":`);
}

const encoder = new TextEncoder();

/** Bytes of hits that are kept to be copied, with what finds them; beyond it they are made anew as they come. */
const keptMax = 8 * 2 ** 20;
/** What a place to find them at takes. */
const placeBytes = 256;

/** What lines that met the same rules say in one file, but for the lowest three digits of their numbers. */
interface Pattern {
  /** All hits, in the order of ids. */
  readonly bytes: Uint8Array;
  /** Where the number ends in each. */
  readonly numberEnds: readonly number[];
  /** What is written in of the number: all but its lowest three digits. */
  thousands: number;
}

/** A list of rules that was met, as the way to it: one rule after the other. */
interface MetList {
  readonly longer: Map<number, MetList>;
  pattern: Pattern | null;
}

/**
 * Hits as lines of JSON in UTF-8, each with its end, gathered until they are taken. Lines meet the same few lists of
 * rules again and again: what they say is kept as one piece for each list, and copied; mostly no more than the lowest
 * digits of the line's number are left to be written.
 */
export class HitLines {
  readonly #format: HitFormat;
  /** Of the file and the number of digits in hand. */
  #lists: MetList = { longer: new Map(), pattern: null };
  #head: Uint8Array = new Uint8Array(0);
  #digits = 0;
  /** The first line number with more digits. */
  #bound = 0;
  #kept = 0;
  #bytes = new Uint8Array(2 ** 19);
  /** Bytes gathered. */
  length = 0;
  /** Hits so far, taken ones too. */
  hits = 0;

  constructor(format: HitFormat) {
    this.#format = format;
  }

  /** All rules that a line met, in the order of their ids. */
  add(head: Uint8Array, line: number, met: readonly number[]): void {
    if (head !== this.#head || line >= this.#bound || line * 10 < this.#bound || this.#kept > keptMax) {
      this.#begin(head, line);
    }
    let list = this.#lists;
    for (let i = 0; i < met.length; i++) {
      const rule = met[i] as number;
      list = list.longer.get(rule) ?? this.#longer(list, rule);
    }
    const pattern = list.pattern ?? this.#patternOf(list, met);
    const { bytes, numberEnds } = pattern;
    const thousands = line < 2 ** 31 ? (line / 1_000) | 0 : Math.floor(line / 1_000);
    if (thousands !== pattern.thousands) this.#writeThousands(pattern, thousands);
    const rest = line - thousands * 1_000;
    const tens = (rest / 10) | 0;
    const hundreds = (rest / 100) | 0;
    const digits = this.#digits;
    if (this.length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    const gathered = this.#bytes;
    gathered.set(bytes, this.length);
    for (let i = 0; i < numberEnds.length; i++) {
      const end = this.length + (numberEnds[i] as number);
      gathered[end - 1] = zero + rest - tens * 10;
      if (digits > 1) gathered[end - 2] = zero + tens - hundreds * 10;
      if (digits > 2) gathered[end - 3] = zero + hundreds;
    }
    this.length += bytes.length;
    this.hits += numberEnds.length;
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

  /** Another file, or numbers of another length. */
  #begin(head: Uint8Array, line: number): void {
    this.#lists = { longer: new Map(), pattern: null };
    this.#kept = 0;
    this.#head = head;
    this.#digits = 1;
    this.#bound = 10;
    for (; line >= this.#bound; this.#bound *= 10) this.#digits++;
  }

  #longer(list: MetList, rule: number): MetList {
    const longer = { longer: new Map<number, MetList>(), pattern: null };
    list.longer.set(rule, longer);
    this.#kept += placeBytes;
    return longer;
  }

  #patternOf(list: MetList, met: readonly number[]): Pattern {
    const { ranks, silent, tails } = this.#format;
    const told = met.filter((rule) => silent[rule] === 0);
    const head = this.#head;
    const digits = this.#digits;
    const parts: Uint8Array[] = [];
    const numberEnds: number[] = [];
    let length = 0;
    for (const rule of told.toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0))) {
      const tail = encoder.encode(tails[rule]);
      const numberEnd = head.length + digits;
      parts.push(head, new Uint8Array(digits), tail);
      numberEnds.push(length + numberEnd);
      length += numberEnd + tail.length;
    }
    const pattern = { bytes: joined(parts, length), numberEnds, thousands: -1 };
    list.pattern = pattern;
    this.#kept += length;
    return pattern;
  }

  #writeThousands(pattern: Pattern, thousands: number): void {
    const higher = this.#digits - 3;
    for (const end of pattern.numberEnds) {
      for (let p = end - 4, rest = thousands; p >= end - 3 - higher; p--) {
        const tenth = Math.floor(rest / 10);
        pattern.bytes[p] = zero + rest - tenth * 10;
        rest = tenth;
      }
    }
    pattern.thousands = thousands;
  }

  #makeRoom(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + more));
    wider.set(this.#bytes.subarray(0, this.length));
    this.#bytes = wider;
  }
}

const zero = 48;

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

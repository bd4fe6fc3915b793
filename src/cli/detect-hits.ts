import { severityOf } from '../model/severity.ts';
import type { Rule } from '../sigma/index.ts';

/** How hits are written down; plain data, so that threads can be given it. */
export interface HitFormat {
  /** By rule: the part of a hit that only depends on it. */
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
      return `,${JSON.stringify({ rule: id, title, level: severityOf(level) }).slice(1)}`;
    }),
    ranks,
    silent: Uint8Array.from(rules, ({ id }) => (silent.has(id) ? 1 : 0)),
  };
}

/** The beginning of hits in a file. */
export function hitHead(file: string): string {
  return `{"file":${JSON.stringify(file)},"line":`;
}

/** Hits as lines of JSON, gathered until they are taken. */
export class HitLines {
  readonly #format: HitFormat;
  #texts: string[] = [];
  /** Characters gathered, without ends of lines. */
  chars = 0;
  /** Hits so far, taken ones too. */
  hits = 0;

  constructor(format: HitFormat) {
    this.#format = format;
  }

  /** All rules that a line met, in the order of their ids. */
  add(head: string, line: number, met: readonly number[]): void {
    const { tails, ranks, silent } = this.#format;
    const ordered = met.length > 1 ? met.toSorted((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0)) : met;
    for (const rule of ordered) if (silent[rule] === 0) this.addText(`${head}${line}${tails[rule]}`, 1);
  }

  /** Hits that are written already. */
  addText(text: string, hits: number): void {
    if (hits === 0) return;
    this.#texts.push(text);
    this.chars += text.length;
    this.hits += hits;
  }

  /** Joined by newlines; '' when there are none. */
  take(): string {
    const text = this.#texts.join('\n');
    this.#texts = [];
    this.chars = 0;
    return text;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { LiteralKind } from './text-shape.ts';

/** The literals looked for in one field (or in all leaves), each with the truths it makes. */
export class Literals {
  readonly #byKind: Readonly<Record<LiteralKind, Map<string, number[]>>> = {
    exact: new Map(),
    prefix: new Map(),
    suffix: new Map(),
    contains: new Map(),
  };

  /** `text` is folded. */
  add(kind: LiteralKind, text: string, truth: number): void {
    const texts = this.#byKind[kind];
    const truths = texts.get(text);
    if (truths === undefined) texts.set(text, [truth]);
    else if (!truths.includes(truth)) truths.push(truth);
  }

  of(kind: LiteralKind): ReadonlyMap<string, readonly number[]> {
    return this.#byKind[kind];
  }
}

import { anchoredAtEnd, anchoredAtStart, type WideImage, wideSlot } from './image.ts';
import { IntBuffer } from './int-buffer.ts';
import type { LiteralKind } from './text-shape.ts';

/** A literal with characters above 127, folded, and the list of truths it makes. */
export interface WideLiteral {
  readonly kind: LiteralKind;
  readonly text: string;
  readonly list: number;
}

const anchors: Readonly<Record<LiteralKind, number>> = {
  contains: 0,
  prefix: anchoredAtStart,
  suffix: anchoredAtEnd,
  exact: anchoredAtStart | anchoredAtEnd,
};

/** Builds the wide automata of an image; see WideImage for the form. */
export class WideAutomataBuilder {
  readonly #roots: number[] = [];
  /** By state; 0 is no state. */
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #own: WideLiteral[][] = [[]];
  #transitions = 0;

  /** Aho-Corasick over the literals; root or 0. */
  add(literals: readonly WideLiteral[]): number {
    if (literals.length === 0) return 0;
    const root = this.#newState();
    this.#roots.push(root);
    for (const literal of literals) {
      let state = root;
      for (let i = 0; i < literal.text.length; i++) state = this.#childOf(state, literal.text.charCodeAt(i));
      this.#own[state]?.push(literal);
    }
    return root;
  }

  #childOf(state: number, unit: number): number {
    const children = this.#children[state];
    const known = children?.get(unit);
    if (known !== undefined) return known;
    const child = this.#newState();
    children?.set(unit, child);
    this.#transitions++;
    return child;
  }

  #newState(): number {
    this.#children.push(new Map());
    this.#own.push([]);
    return this.#children.length - 1;
  }

  /** null when no literal was added. */
  take(): WideImage | null {
    if (this.#roots.length === 0) return null;
    const states = this.#children.length;
    const fail = new Int32Array(states);
    const hitsAt = new Int32Array(states);
    const hits = new IntBuffer();
    hits.push(0);
    const queue = [...this.#roots];
    for (const state of queue) {
      this.#writeHits(state, fail[state] ?? 0, hitsAt, hits);
      for (const [unit, child] of this.#children[state] ?? []) {
        fail[child] = this.#fallBack(fail[state] ?? 0, unit, fail, state);
        queue.push(child);
      }
    }
    return { ...this.#hashed(), fail, hitsAt, hits: hits.take() };
  }

  /** Where the longest proper end of a child's text leads. */
  #fallBack(from: number, unit: number, fail: Int32Array, parent: number): number {
    let last = parent;
    for (let state = from; state !== 0; state = fail[state] ?? 0) {
      const next = this.#children[state]?.get(unit);
      if (next !== undefined) return next;
      last = state;
    }
    return last;
  }

  #writeHits(state: number, fail: number, hitsAt: Int32Array, hits: IntBuffer): void {
    const own = this.#own[state] ?? [];
    const inherited = hitsAt[fail] ?? 0;
    if (own.length === 0) {
      hitsAt[state] = inherited;
      return;
    }
    const behind = inherited === 0 ? 0 : hits.at(inherited);
    hitsAt[state] = hits.length;
    hits.push(own.length + behind);
    for (const { kind, text, list } of own) for (const part of [text.length, anchors[kind], list]) hits.push(part);
    for (let i = 1; i <= behind * 3; i++) hits.push(hits.at(inherited + i));
  }

  #hashed(): Pick<WideImage, 'from' | 'unit' | 'to'> {
    let places = 16;
    while (places < this.#transitions * 2) places *= 2;
    const from = new Int32Array(places);
    const unit = new Uint16Array(places);
    const to = new Int32Array(places);
    for (const [state, children] of this.#children.entries()) {
      for (const [on, child] of children) {
        let slot = wideSlot(state, on, places - 1);
        while (from[slot] !== 0) slot = (slot + 1) & (places - 1);
        from[slot] = state;
        unit[slot] = on;
        to[slot] = child;
      }
    }
    return { from, unit, to };
  }
}

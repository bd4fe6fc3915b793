import { fold } from '../fold.ts';
import {
  anchoredAtEnd,
  anchoredAtStart,
  checkLength,
  checkList,
  checkPlace,
  checkStart,
  checkWidth,
  type EngineImage,
  type WideImage,
  wideSlot,
} from './image.ts';
import type { Marks } from './marks.ts';

/** Units from which on a comparison costs more than asking whether it is still wanted. */
const longLiteral = 16;

/**
 * Runs the automata of an image over strings and marks what they find. Measured hot code: one table lookup a unit, no
 * lower-casing, no allocation; a branch is taken only where a literal's part ends.
 */
export class TextScan {
  readonly #classes: Uint8Array;
  readonly #table: Int32Array;
  readonly #lists: Int32Array;
  readonly #checks: Int32Array;
  readonly #literals: Uint8Array;
  readonly #hitsCell: number;
  readonly #endCell: number;
  readonly #wide: WideImage | null;
  /** By check of a long literal: where in a text it differed last, see #stands. */
  readonly #differedAt: Int32Array;

  constructor(image: EngineImage) {
    this.#classes = image.classes;
    this.#table = image.table;
    this.#lists = image.lists;
    this.#checks = image.checks;
    this.#literals = image.literals;
    this.#hitsCell = image.stride - 2;
    this.#endCell = image.stride - 1;
    this.#wide = image.wide;
    this.#differedAt = new Int32Array(image.checks.length / checkWidth);
  }

  /** Literals anywhere in the text. Returns all units or-ed: above 127 when one of them is. */
  contains(root: number, text: string, marks: Marks): number {
    const table = this.#table;
    const classes = this.#classes;
    const length = text.length;
    let state = root;
    let units = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      units |= unit;
      state = table[state + (classes[unit] as number)] as number;
      if (state < 0) {
        state = ~state;
        this.#containsHits(table[state + this.#hitsCell] as number, text, i + 1, marks);
      }
    }
    return units;
  }

  #containsHits(list: number, text: string, end: number, marks: Marks): void {
    const lists = this.#lists;
    const truths = lists[list] as number;
    marks.markAll(lists, list + 1, truths);
    const checksAt = list + 1 + truths;
    const count = lists[checksAt] as number;
    for (let i = 1; i <= count; i++) {
      const check = (lists[checksAt + i] as number) * checkWidth;
      const start = end - (this.#checks[check + checkPlace] as number);
      // A text that repeats a long literal's part would have it compared at every place.
      if ((this.#checks[check + checkLength] as number) > longLiteral && this.#isMarked(check, marks)) continue;
      if (this.#stands(check, text, start)) this.#markChecked(check, marks);
    }
  }

  /** Whether a literal's only truth holds already. */
  #isMarked(check: number, marks: Marks): boolean {
    const list = this.#checks[check + checkList] as number;
    return this.#lists[list] === 1 && marks.stamps[this.#lists[list + 1] as number] === marks.generation;
  }

  /** Literals that the text begins with or is. */
  forward(root: number, text: string, marks: Marks): void {
    const table = this.#table;
    const classes = this.#classes;
    const length = text.length;
    let state = root;
    for (let i = 0; i < length; i++) {
      const cell = classes[text.charCodeAt(i)] as number;
      state = cell === 0 ? 0 : (table[state + cell] as number);
      if (state === 0) return;
      if (state < 0) {
        state = ~state;
        this.#trieHits(table[state + this.#hitsCell] as number, text, false, marks);
      }
    }
    const list = table[state + this.#endCell] as number;
    if (list !== 0) marks.markAll(this.#lists, list + 1, this.#lists[list] as number);
  }

  /** Literals that the text ends with. */
  backward(root: number, text: string, marks: Marks): void {
    const table = this.#table;
    const classes = this.#classes;
    let state = root;
    for (let i = text.length - 1; i >= 0; i--) {
      const cell = classes[text.charCodeAt(i)] as number;
      state = cell === 0 ? 0 : (table[state + cell] as number);
      if (state === 0) return;
      if (state < 0) {
        state = ~state;
        this.#trieHits(table[state + this.#hitsCell] as number, text, true, marks);
      }
    }
  }

  #trieHits(list: number, text: string, backward: boolean, marks: Marks): void {
    const lists = this.#lists;
    const truths = lists[list] as number;
    marks.markAll(lists, list + 1, truths);
    const checksAt = list + 1 + truths;
    const count = lists[checksAt] as number;
    for (let i = 1; i <= count; i++) {
      const check = (lists[checksAt + i] as number) * checkWidth;
      const start = backward ? text.length - (this.#checks[check + checkLength] as number) : 0;
      const whole = !backward && this.#checks[check + checkPlace] === 1;
      if (whole && text.length !== this.#checks[check + checkLength]) continue;
      if (this.#stands(check, text, start)) this.#markChecked(check, marks);
    }
  }

  #stands(check: number, text: string, start: number): boolean {
    const length = this.#checks[check + checkLength] as number;
    if (start < 0 || start + length > text.length) return false;
    const literals = this.#literals;
    const classes = this.#classes;
    const from = this.#checks[check + checkStart] as number;
    // A text of many beginnings of ninety `a` would have each compared up to where they end: the unit that differed last
    // is looked at first. It is a hint only, so it may come from another text.
    if (length > longLiteral) {
      const at = (this.#differedAt[check / checkWidth] as number) - start;
      if (at >= 0 && at < length && classes[text.charCodeAt(start + at)] !== literals[from + at]) return false;
    }
    for (let i = 0; i < length; i++) {
      if (classes[text.charCodeAt(start + i)] === literals[from + i]) continue;
      if (length > longLiteral) this.#differedAt[check / checkWidth] = start + i;
      return false;
    }
    return true;
  }

  #markChecked(check: number, marks: Marks): void {
    const list = this.#checks[check + checkList] as number;
    marks.markAll(this.#lists, list + 1, this.#lists[list] as number);
  }

  /** Literals with characters above 127; `text` as it came. */
  wide(root: number, text: string, marks: Marks): void {
    const wide = this.#wide;
    if (wide === null) return;
    const folded = fold(text);
    const { fail, hits, hitsAt } = wide;
    let state = root;
    for (let i = 0; i < folded.length; i++) {
      const unit = folded.charCodeAt(i);
      let next = step(wide, state, unit);
      while (next === 0 && state !== root) {
        state = fail[state] as number;
        next = step(wide, state, unit);
      }
      if (next !== 0) state = next;
      const at = hitsAt[state] as number;
      if (at === 0) continue;
      const count = hits[at] as number;
      for (let hit = at + 1; hit < at + 1 + count * 3; hit += 3) {
        const anchors = hits[hit + 1] as number;
        if ((anchors & anchoredAtStart) !== 0 && i + 1 !== hits[hit]) continue;
        if ((anchors & anchoredAtEnd) !== 0 && i + 1 !== folded.length) continue;
        const list = hits[hit + 2] as number;
        marks.markAll(this.#lists, list + 1, this.#lists[list] as number);
      }
    }
  }
}

/** The state that a unit leads to, 0 for none. */
function step(wide: WideImage, state: number, unit: number): number {
  const mask = wide.from.length - 1;
  let slot = wideSlot(state, unit, mask);
  for (;;) {
    const from = wide.from[slot] as number;
    if (from === 0) return 0;
    if (from === state && wide.unit[slot] === unit) return wide.to[slot] as number;
    slot = (slot + 1) & mask;
  }
}

/** Whether a text has a unit above 127. */
export function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return true;
  return false;
}

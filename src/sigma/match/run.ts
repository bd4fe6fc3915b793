import type { EngineImage } from './image.ts';
import { Marks } from './marks.ts';
import { type EventValues, SlowTests } from './slow-tests.ts';

/** The state of one image at work, whichever way events come in: truths of the present event, and what they decide. */
export class Run {
  readonly image: EngineImage;
  readonly marks: Marks;
  readonly slow: SlowTests;
  /** Rules decided so far, for measurements. */
  candidates = 0;
  readonly #decidedAt: Int32Array;
  readonly #met: Int32Array;

  constructor(image: EngineImage) {
    this.image = image;
    this.marks = new Marks(image.truths, image.triggers);
    this.slow = new SlowTests(image.slow);
    this.#decidedAt = new Int32Array(image.rules.length);
    this.#met = new Int32Array(image.rules.length);
  }

  /** Begins the next event. True when generations began anew: stamps kept elsewhere are then worth nothing. */
  begin(): boolean {
    if (!this.marks.next()) return false;
    this.#decidedAt.fill(0);
    this.slow.forget();
    return true;
  }

  /** Indexes (in the rule set) of the rules that the marked truths meet, ascending. */
  decide(values: EventValues): number[] {
    const { marks } = this;
    const { generation, queue, queued } = marks;
    const { triggerAt, triggerRules, open, rules } = this.image;
    const decidedAt = this.#decidedAt;
    const met = this.#met;
    let count = 0;
    for (let i = 0; i < queued; i++) {
      const trigger = queue[i] ?? 0;
      const end = triggerAt[trigger + 1] ?? 0;
      for (let at = triggerAt[trigger] ?? 0; at < end; at++) {
        const rule = triggerRules[at] ?? 0;
        if (decidedAt[rule] === generation) continue;
        decidedAt[rule] = generation;
        if (this.#isMet(rule, values)) met[count++] = rules[rule] as number;
      }
    }
    for (let i = 0; i < open.length; i++) {
      const rule = open[i] ?? 0;
      if (this.#isMet(rule, values)) met[count++] = rules[rule] as number;
    }
    return listOf(ascending(met, count), count);
  }

  #isMet(rule: number, values: EventValues): boolean {
    const { code, entry } = this.image;
    const { stamps, generation } = this.marks;
    this.candidates++;
    let at = entry[rule] ?? 0;
    do {
      const test = code[at] ?? 0;
      const holds = test >= 0 ? stamps[test] === generation : this.slow.met(~test, generation, values);
      at = code[holds ? at + 1 : at + 2] ?? 0;
    } while (at >= 0);
    return at === -1;
  }
}

/** Few numbers are in order sooner by insertion than by the general sort. */
const insertionMax = 16;

/** Puts the first `count` numbers in order. */
function ascending(numbers: Int32Array, count: number): Int32Array {
  if (count > insertionMax) numbers.subarray(0, count).sort();
  else {
    for (let i = 1; i < count; i++) {
      const number = numbers[i] as number;
      let at = i;
      for (; at > 0 && (numbers[at - 1] as number) > number; at--) numbers[at] = numbers[at - 1] as number;
      numbers[at] = number;
    }
  }
  return numbers;
}

/**
 * The first `count` numbers as a list of their own. One is made for every event: written out, an array takes the room of
 * its members alone, where the first push into an empty one makes room for seventeen.
 */
function listOf(numbers: Int32Array, count: number): number[] {
  if (count === 0) return [];
  const first = numbers[0] as number;
  if (count === 1) return [first];
  const second = numbers[1] as number;
  if (count === 2) return [first, second];
  const third = numbers[2] as number;
  if (count === 3) return [first, second, third];
  return Array.from(numbers.subarray(0, count));
}

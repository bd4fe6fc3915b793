import { percentileOf } from '../percentile.ts';
import { grownFloats } from './grown.ts';
import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** Windows of no more members are sorted when asked; only larger ones keep their numbers sorted, which takes an array each. */
const smallMax = 32;

/** value_percentile and value_median: the numbers of a window in ascending order. */
export function createRanked(percentile: number, slots: Slots, members: Members): Measure {
  const ranked = new Map<number, Float64Array>();
  const small = new Float64Array(smallMax + 1);
  /** 1 in a slot that keeps its numbers sorted. */
  const isLarge = slots.reserveInts(1);

  return {
    opened: (slot) => slots.setInt(slot, isLarge, 0),
    added(slot, member) {
      const count = slots.countOf(slot);
      if (slots.int(slot, isLarge) === 0) {
        if (count <= smallMax) return;
        slots.setInt(slot, isLarge, 1);
        ranked.set(slot, grownFloats(sorted(slot).subarray(0, count), count * 2));
        return;
      }
      let numbers = numbersOf(slot);
      if (count > numbers.length) {
        numbers = grownFloats(numbers, count * 2);
        ranked.set(slot, numbers);
      }
      insert(numbers, count - 1, members.numberOf(member));
    },
    removing(slot, member) {
      if (slots.int(slot, isLarge) === 0) return;
      const numbers = numbersOf(slot);
      const count = slots.countOf(slot);
      const at = firstAtLeast(numbers, count, members.numberOf(member));
      numbers.copyWithin(at, at + 1, count);
    },
    closed(slot) {
      if (slots.int(slot, isLarge) === 1) ranked.delete(slot);
    },
    value: (slot) => percentileOf(numbersOf(slot), slots.countOf(slot), percentile),
    meets: null,
  };

  function numbersOf(slot: number): Float64Array {
    return slots.int(slot, isLarge) === 0 ? sorted(slot) : (ranked.get(slot) ?? small);
  }

  function sorted(slot: number): Float64Array {
    const count = slots.countOf(slot);
    for (let i = 0, at = slots.tailOf(slot); i < count; i++, at = members.previousOf(at)) {
      // Few and rarely more than a handful: they are moved one by one, which is quicker than to ask for it.
      const number = members.numberOf(at);
      let to = i;
      for (; to > 0 && (small[to - 1] ?? 0) > number; to--) small[to] = small[to - 1] ?? 0;
      small[to] = number;
    }
    return small;
  }
}

function insert(numbers: Float64Array, count: number, number: number): void {
  const at = firstAtLeast(numbers, count, number);
  numbers.copyWithin(at + 1, at, count);
  numbers[at] = number;
}

function firstAtLeast(numbers: Float64Array, size: number, number: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

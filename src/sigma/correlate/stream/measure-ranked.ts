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

  return {
    added(slot, member) {
      const count = slots.countOf(slot);
      let numbers = ranked.get(slot);
      if (numbers === undefined) {
        if (count > smallMax) ranked.set(slot, grownFloats(sorted(slot).subarray(0, count), count * 2));
        return;
      }
      if (count > numbers.length) {
        numbers = grownFloats(numbers, count * 2);
        ranked.set(slot, numbers);
      }
      insert(numbers, count - 1, members.numberOf(member));
    },
    removing(slot, member) {
      const numbers = ranked.get(slot);
      if (numbers === undefined) return;
      const count = slots.countOf(slot);
      const at = firstAtLeast(numbers, count, members.numberOf(member));
      numbers.copyWithin(at, at + 1, count);
    },
    cleared(slot) {
      ranked.delete(slot);
    },
    value(slot) {
      return percentileOf(ranked.get(slot) ?? sorted(slot), slots.countOf(slot), percentile);
    },
  };

  function sorted(slot: number): Float64Array {
    let count = 0;
    for (let at = slots.headOf(slot); at >= 0; at = members.nextOf(at)) insert(small, count++, members.numberOf(at));
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

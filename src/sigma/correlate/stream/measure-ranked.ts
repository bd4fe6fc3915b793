import { percentileOf } from '../percentile.ts';
import { grownFloats } from './grown.ts';
import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** value_percentile and value_median: the numbers of each window in ascending order. */
export function createRanked(percentile: number, slots: Slots, members: Members): Measure {
  const ranked: (Float64Array | undefined)[] = [];

  return {
    added(slot, member) {
      const size = slots.countOf(slot) - 1;
      let numbers = ranked[slot];
      if (numbers === undefined || size === numbers.length) {
        numbers = grownFloats(numbers ?? new Float64Array(0), Math.max(4, size * 2));
        ranked[slot] = numbers;
      }
      const number = members.numberOf(member);
      const at = firstAtLeast(numbers, size, number);
      numbers.copyWithin(at + 1, at, size);
      numbers[at] = number;
    },
    removing(slot, member) {
      const numbers = ranked[slot];
      if (numbers === undefined) return;
      const size = slots.countOf(slot);
      const at = firstAtLeast(numbers, size, members.numberOf(member));
      numbers.copyWithin(at, at + 1, size);
    },
    cleared(slot) {
      ranked[slot] = undefined;
    },
    value(slot) {
      return percentileOf(ranked[slot] ?? [], slots.countOf(slot), percentile);
    },
  };
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

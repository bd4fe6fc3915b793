import { exactSum } from '../exact-sum.ts';
import { grownFloats, grownInts } from './grown.ts';
import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/**
 * value_sum and value_avg. Whole numbers of ordinary size are added and taken away, which is exact; a window that holds any
 * other number is summed afresh.
 */
export function createSum(average: boolean, slots: Slots, members: Members, membersMax: number): Measure {
  const plainMax = Math.floor(2 ** 53 / membersMax);
  let sums: Float64Array = new Float64Array(slots.capacity);
  /** Members that are not plain. */
  let others: Int32Array = new Int32Array(slots.capacity);

  return {
    added(slot, member) {
      if (slot >= sums.length) {
        sums = grownFloats(sums, slots.capacity);
        others = grownInts(others, slots.capacity);
      }
      change(slot, members.numberOf(member), 1);
    },
    removing(slot, member) {
      change(slot, members.numberOf(member), -1);
    },
    cleared(slot) {
      sums[slot] = 0;
      others[slot] = 0;
    },
    value(slot) {
      const sum = (others[slot] ?? 0) === 0 ? (sums[slot] ?? 0) : exactSum(numbersOf(slot));
      return average ? sum / slots.countOf(slot) : sum;
    },
  };

  function change(slot: number, number: number, sign: 1 | -1): void {
    if (Number.isInteger(number) && Math.abs(number) <= plainMax) sums[slot] = (sums[slot] ?? 0) + sign * number;
    else others[slot] = (others[slot] ?? 0) + sign;
  }

  function numbersOf(slot: number): number[] {
    const numbers: number[] = [];
    for (let at = slots.headOf(slot); at >= 0; at = members.nextOf(at)) numbers.push(members.numberOf(at));
    return numbers;
  }
}

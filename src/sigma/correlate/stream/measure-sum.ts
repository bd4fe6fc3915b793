import { exactSum } from '../exact-sum.ts';
import { type Measure, plainCount } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/**
 * value_sum and value_avg. Whole numbers of ordinary size are added and taken away, which is exact; a window that holds any
 * other number is summed afresh.
 */
export function createSum(average: boolean, slots: Slots, members: Members, membersMax: number): Measure {
  const plainMax = Math.floor(2 ** 53 / membersMax);
  /** Members that are not plain. */
  const others = slots.reserveInts(1);
  const sum = slots.reserveDoubles(1);

  return {
    ...plainCount,
    opened(slot) {
      slots.setInt(slot, others, 0);
      slots.setDouble(slot, sum, 0);
    },
    added: (slot, member) => change(slot, members.numberOf(member), 1),
    removing: (slot, member) => change(slot, members.numberOf(member), -1),
    value(slot) {
      const total = slots.int(slot, others) === 0 ? slots.double(slot, sum) : exactSum(numbersOf(slot));
      return average ? total / slots.countOf(slot) : total;
    },
  };

  function change(slot: number, number: number, sign: 1 | -1): void {
    if (Number.isInteger(number) && Math.abs(number) <= plainMax) {
      slots.setDouble(slot, sum, slots.double(slot, sum) + sign * number);
    } else slots.setInt(slot, others, slots.int(slot, others) + sign);
  }

  function numbersOf(slot: number): number[] {
    const numbers: number[] = [];
    for (let left = slots.countOf(slot), at = slots.tailOf(slot); left > 0; left--, at = members.previousOf(at)) {
      numbers.push(members.numberOf(at));
    }
    return numbers;
  }
}

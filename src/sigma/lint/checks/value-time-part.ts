import { parseNumber } from '../../lower/compare.ts';
import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

/** What a part of a date can be (src/sigma/lower/compare.ts); years are unbounded. */
const ranges: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['minute', [0, 59]],
  ['hour', [0, 23]],
  ['day', [1, 31]],
  ['week', [1, 53]],
  ['month', [1, 12]],
]);

export const valueTimePart: Check = {
  id: 'value-time-part',
  severity: 'warning',
  finds: 'an hour, day or another part of a time that no time has',
  advice: 'Minutes go from 0 to 59, hours to 23, days from 1 to 31, weeks to 53, months to 12.',
  item(item, report) {
    for (const part of modifiersOf(item)) {
      const [least, most] = ranges.get(part) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const { value, at } of item.tree.values) {
        const number = parseNumber(String(value));
        if (number !== null && (number < least || number > most)) report(at, `no ${part} is ${value}`);
      }
    }
  },
};

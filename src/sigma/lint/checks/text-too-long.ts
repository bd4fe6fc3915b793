import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

/** Characters; the specification's bounds. */
const bounds: readonly (readonly [string, number])[] = [
  ['title', 256],
  ['name', 256],
  ['taxonomy', 256],
  ['description', 65_535],
];

export const textTooLong: Check = {
  id: 'text-too-long',
  severity: 'warning',
  finds: 'title, name or taxonomy over 256 characters, description over 65,535',
  advice: 'Shorten it; the specification sets the bound.',
  document({ root }, report) {
    for (const [key, max] of bounds) {
      const text = textAt(root, key);
      if (text !== null && text.value.length > max) {
        report(text.at, `${key} has ${text.value.length} characters, the limit is ${max}`);
      }
    }
  },
};

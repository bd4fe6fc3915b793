import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { documentKeys } from '../known.ts';

const deciding = new Set(['logsource', 'detection', 'correlation', 'filter', 'level', 'generate', 'id', 'name']);

export const keyUnknown: Check = {
  id: 'key-unknown',
  severity: 'warning',
  finds: 'a key that is a specified one misspelt, or written with capitals',
  advice: 'Keys of a document have lower case; own attributes need names of their own.',
  fixes: true,
  document({ root, source }, report) {
    for (const [name, { keyAt }] of root.entries) {
      if (documentKeys.includes(name)) continue;
      const meant = nearest(name, documentKeys);
      if (meant === null || (meant.length < 5 && name.toLowerCase() !== meant)) continue;
      // These decide what a rule meets and how loud it is: only its author may bring them to life.
      const fix = deciding.has(meant) || root.entries.has(meant) ? null : source.replace(keyAt, name, meant);
      report(keyAt, `"${name.slice(0, 40)}" is not in the specification`, { advice: `Did you mean ${meant}?`, fix });
    }
  },
};

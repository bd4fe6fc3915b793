import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { mapOf } from '../document.ts';

const keys: readonly string[] = ['product', 'category', 'service', 'definition'];

export const logsourceKey: Check = {
  id: 'logsource-key',
  severity: 'warning',
  finds: 'a key under `logsource` that has no meaning',
  advice: `logsource has ${keys.join(', ')}.`,
  document({ root }, report) {
    for (const [name, { keyAt }] of mapOf(root, 'logsource')?.entries ?? []) {
      if (keys.includes(name)) continue;
      const meant = nearest(name, keys);
      report(
        keyAt,
        `"${name.slice(0, 40)}" has no meaning here`,
        meant === null ? {} : { advice: `Did you mean ${meant}?` },
      );
    }
  },
};

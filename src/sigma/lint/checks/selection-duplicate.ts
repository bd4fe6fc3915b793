import type { Detection } from '../../lower/ir.ts';
import type { Check } from '../check.ts';

export const selectionDuplicate: Check = {
  id: 'selection-duplicate',
  severity: 'warning',
  finds: 'two selections that say the same',
  advice: 'Use one of them, or correct the one that was meant to differ.',
  document({ ir, detection }, report) {
    const seen = new Map<string, string>();
    for (const [name, selection] of ir?.selections ?? []) {
      const text = meaningOf(selection);
      const first = seen.get(text);
      const at = detection?.entries.get(name)?.keyAt;
      if (first === undefined) seen.set(text, name);
      else if (at !== undefined) report(at, `it says the same as "${first.slice(0, 80)}"`);
    }
  },
};

function meaningOf(detection: Detection): string {
  return JSON.stringify(detection, (key, value: unknown) => (key === 'at' ? undefined : value));
}

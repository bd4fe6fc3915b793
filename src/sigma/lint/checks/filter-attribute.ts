import type { Check } from '../check.ts';

export const filterAttribute: Check = {
  id: 'filter-attribute',
  severity: 'warning',
  finds: '`level` or `status` on a filter',
  advice: 'Take it out: a filter raises no alerts, its rules keep their own.',
  fixes: true,
  document({ kind, root, source }, report) {
    if (kind !== 'filter') return;
    for (const key of ['level', 'status']) {
      const entry = root.entries.get(key);
      if (entry !== undefined) report(entry.keyAt, `a filter has no ${key}`, { fix: source.removeKey(entry) });
    }
  },
};

import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { statuses } from '../known.ts';

export const statusUnknown: Check = {
  id: 'status-unknown',
  severity: 'warning',
  finds: 'a status the specification does not list',
  advice: `Use one of ${statuses.join(', ')}.`,
  fixes: true,
  document({ root, source }, report) {
    const status = textAt(root, 'status');
    if (status === null || statuses.includes(status.value)) return;
    const meant = nearest(status.value, statuses);
    const fix = meant === null ? null : source.setScalar(status, meant);
    report(status.at, `"${status.value.slice(0, 40)}" is no status`, {
      fix,
      ...(meant === null ? {} : { advice: `Did you mean ${meant}?` }),
    });
  },
};

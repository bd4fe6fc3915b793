import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { isDate } from './date-form.ts';

export const modifiedBeforeDate: Check = {
  id: 'modified-before-date',
  severity: 'warning',
  finds: '`modified` earlier than `date`',
  advice: '`date` is when the rule was made, `modified` when it was changed last.',
  document({ root }, report) {
    const date = textAt(root, 'date');
    const modified = textAt(root, 'modified');
    if (date === null || modified === null || !isDate(date.value) || !isDate(modified.value)) return;
    if (modified.value < date.value) report(modified.at, `${modified.value} is before ${date.value}`);
  },
};

import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

export const dateForm: Check = {
  id: 'date-form',
  severity: 'warning',
  finds: '`date` or `modified` that is no date as YYYY-MM-DD',
  advice: 'Write the date as YYYY-MM-DD (ISO 8601).',
  fixes: true,
  document({ root, source }, report) {
    for (const key of ['date', 'modified']) {
      const entry = root.entries.get(key);
      if (entry === undefined) continue;
      const date = textAt(root, key);
      if (date === null) {
        report(entry.value.at, `${key} is no date`);
        continue;
      }
      if (isDate(date.value)) continue;
      const [, year = '', month = '', day = ''] = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(date.value) ?? [];
      const meant = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
      const fix = isDate(meant) ? source.setScalar(date, meant) : null;
      report(date.at, `"${date.value.slice(0, 40)}" is no date as YYYY-MM-DD`, { fix });
    }
  },
};

/** Whether a text is a day of the calendar as YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

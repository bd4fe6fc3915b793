import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { logsourceOf } from '../logsource.ts';
import { windowsCategories, windowsFields } from '../taxonomy.ts';

export const fieldUnknown: Check = {
  id: 'field-unknown',
  severity: 'warning',
  finds: 'a field that events of the Windows category do not have',
  advice: 'Check the name, case too, against the Sysmon schema; a missing field is never met, and `not` is always.',
  item({ document, tree }, report) {
    const { product, category } = logsourceOf(document);
    const known = product === 'windows' && category !== null ? windowsCategories.get(category) : undefined;
    const { field } = tree;
    if (known === undefined || field === null || known.fields.includes(field) || windowsFields.has(field)) return;
    const all = [...known.fields, ...windowsFields];
    const meant = all.find((name) => name.toLowerCase() === field.toLowerCase()) ?? nearest(field, all);
    report(
      tree.at,
      `${category} has no field ${field.slice(0, 80)}`,
      meant === null ? {} : { advice: `Did you mean ${meant}?` },
    );
  },
};

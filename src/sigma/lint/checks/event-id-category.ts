import type { Check } from '../check.ts';
import { logsourceOf } from '../logsource.ts';
import { windowsCategories } from '../taxonomy.ts';

export const eventIdCategory: Check = {
  id: 'event-id-category',
  severity: 'warning',
  finds: 'an EventID that the category of the rule never has',
  advice: 'Take the EventID out: the category says which events are meant, whatever source they come from.',
  item({ document, tree }, report) {
    const { product, category } = logsourceOf(document);
    const known = product === 'windows' && category !== null ? windowsCategories.get(category) : undefined;
    if (known === undefined || known.ids.length === 0 || tree.field !== 'EventID' || tree.modifiers.length > 0) return;
    for (const scalar of tree.values) {
      const id = Number(scalar.value);
      if (Number.isInteger(id) && !known.ids.includes(id)) report(scalar.at, `${category} has no EventID ${id}`);
    }
  },
};

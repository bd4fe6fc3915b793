import { nearest } from '../../nearest.ts';
import { isUuid } from '../../parse/metadata.ts';
import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { relations } from '../known.ts';

export const relatedForm: Check = {
  id: 'related-form',
  severity: 'warning',
  finds: 'an entry of `related` without id or type, with an id that is no UUID, its own id, or an unknown type',
  advice: `An entry has an id and a type: ${relations.join(', ')}.`,
  document({ root }, report) {
    const entry = root.entries.get('related');
    if (entry === undefined) return;
    if (entry.value.kind !== 'list') {
      report(entry.value.at, 'related is no list');
      return;
    }
    for (const item of entry.value.items) {
      const id = item.kind === 'map' ? textAt(item, 'id') : null;
      const type = item.kind === 'map' ? textAt(item, 'type') : null;
      if (id === null || type === null) {
        report(item.at, `the entry has no ${id === null ? 'id' : 'type'}`);
        continue;
      }
      if (!isUuid(id.value)) report(id.at, `"${id.value.slice(0, 40)}" is no UUID`);
      if (id.value === textAt(root, 'id')?.value) report(id.at, 'the rule is related to itself');
      if (relations.includes(type.value)) continue;
      const meant = nearest(type.value, relations);
      const advice = meant === null ? {} : { advice: `Did you mean ${meant}?` };
      report(type.at, `"${type.value.slice(0, 40)}" is no relation`, advice);
    }
  },
};

import type { Check } from '../check.ts';
import { logsourceOf } from '../logsource.ts';
import { windowsCategories } from '../taxonomy.ts';

export const logsourceGeneric: Check = {
  id: 'logsource-generic',
  severity: 'warning',
  finds: 'Sysmon or Security event ids where a category stands for them',
  advice: 'Use the category: then the rule also meets events of other sources.',
  item({ document, tree }, report) {
    const { product, service } = logsourceOf(document);
    if (product !== 'windows' || (service !== 'sysmon' && service !== 'security') || tree.field !== 'EventID') return;
    if (tree.modifiers.length > 0) return;
    for (const scalar of tree.values) {
      const id = Number(scalar.value);
      if ((service === 'security') !== (id === 4688)) continue;
      const names = [...windowsCategories].filter(([, { ids }]) => ids.includes(id)).map(([name]) => name);
      if (names.length > 0) report(scalar.at, `EventID ${id} of ${service} is category ${names.join(' or ')}`);
    }
  },
};

import type { Check } from '../check.ts';
import { mapOf, textAt } from '../document.ts';

export const logsourceCase: Check = {
  id: 'logsource-case',
  severity: 'warning',
  finds: 'product, category or service with capitals or spaces around',
  advice: 'Write it in lower case: some tools compare it as it stands.',
  fixes: true,
  document({ root, source }, report) {
    const logsource = mapOf(root, 'logsource');
    if (logsource === null) return;
    for (const key of ['product', 'category', 'service']) {
      const text = textAt(logsource, key);
      const lower = text?.value.trim().toLowerCase();
      if (text === null || lower === undefined || text.value === lower) continue;
      report(text.at, `"${text.value.slice(0, 40)}" is not in lower case`, { fix: source.setScalar(text, lower) });
    }
  },
};

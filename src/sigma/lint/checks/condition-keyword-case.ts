import type { Check } from '../check.ts';

const keywords = new Set(['and', 'or', 'not', 'of', 'them']);

export const conditionKeywordCase: Check = {
  id: 'condition-keyword-case',
  severity: 'warning',
  finds: '`AND`, `OR`, `NOT`, `OF`, `THEM` with capitals in a condition',
  advice: 'Write and, or, not, of and them in lower case.',
  fixes: true,
  document({ conditions, selections, source }, report) {
    for (const { scalar } of conditions) {
      if (scalar.textColumn === 0 || typeof scalar.value !== 'string' || scalar.value.includes('\n')) continue;
      for (const match of scalar.value.matchAll(/[^\s()|]+/g)) {
        const word = match[0];
        const lower = word.toLowerCase();
        // A selection may be called THEM; its name is left alone.
        if (word === lower || !keywords.has(lower) || selections.has(word)) continue;
        const at = { line: scalar.at.line, column: scalar.textColumn + match.index };
        report(at, `"${word}" is written with capitals`, { fix: source.replace(at, word, lower) });
      }
    }
  },
};

import type { Check } from '../check.ts';

export const valueControlCharacter: Check = {
  id: 'value-control-character',
  severity: 'warning',
  finds: 'a control character in a value',
  advice: 'In double quotes YAML reads \\t, \\n, \\b …; write paths in single quotes.',
  item({ tree }, report) {
    for (const scalar of tree.values) {
      if (typeof scalar.value !== 'string') continue;
      // A block text has line ends of its own.
      const text = scalar.textColumn === 0 ? scalar.value.replaceAll('\n', '') : scalar.value;
      const code = /\p{Cc}/u.exec(text)?.[0].codePointAt(0);
      if (code === undefined) continue;
      report(scalar.at, `U+${code.toString(16).toUpperCase().padStart(4, '0')} stands in the value`);
    }
  },
};

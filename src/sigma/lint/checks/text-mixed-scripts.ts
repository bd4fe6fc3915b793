import type { Check } from '../check.ts';
import { scalarsOf } from '../scalars.ts';

const latin = /\p{Script=Latin}/u;
const lookalike = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;

export const textMixedScripts: Check = {
  id: 'text-mixed-scripts',
  severity: 'warning',
  finds: 'a word of Latin letters with Cyrillic, Greek or Armenian ones among them',
  advice: 'If it is not meant (homoglyphs are sometimes looked for), type the word anew.',
  document({ root }, report) {
    for (const scalar of scalarsOf(root)) {
      if (typeof scalar.value !== 'string' || !lookalike.test(scalar.value)) continue;
      const word = scalar.value.match(/[\p{L}\p{M}]+/gu)?.find((text) => latin.test(text) && lookalike.test(text));
      const odd = word?.match(lookalike)?.[0].codePointAt(0);
      if (word === undefined || odd === undefined) continue;
      const code = odd.toString(16).toUpperCase().padStart(4, '0');
      report(scalar.at, `"${word.slice(0, 40)}" mixes scripts (U+${code})`);
    }
  },
};

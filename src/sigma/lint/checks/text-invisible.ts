import type { Check } from '../check.ts';
import { scalarsOf } from '../scalars.ts';

/** Zero width, direction marks, soft hyphen, byte order mark. */
const invisible = /[\u00AD\u061C\u180E\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]|\u200D/u;
/** The joiner inside an emoji is part of it. */
const emoji = /\p{Extended_Pictographic}/u;

export const textInvisible: Check = {
  id: 'text-invisible',
  severity: 'warning',
  finds: 'a character that is not shown: zero width, direction mark, soft hyphen',
  advice: 'Take it out; where it is looked for, write it as an escape in double quotes ("\\u202E").',
  document({ root, source }, report) {
    for (const scalar of scalarsOf(root)) {
      if (typeof scalar.value !== 'string') continue;
      const found = invisible.exec(scalar.value)?.[0];
      if (found === undefined || (found === '\u200D' && emoji.test(scalar.value))) continue;
      // Written as an escape it is seen, and meant.
      if (!source.line(scalar.at.line).includes(found) && scalar.textColumn > 0) continue;
      const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      report(scalar.at, `U+${code} stands in the text`);
    }
  },
};

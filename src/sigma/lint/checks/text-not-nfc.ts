import type { Check } from '../check.ts';
import { scalarsOf } from '../scalars.ts';

export const textNotNfc: Check = {
  id: 'text-not-nfc',
  severity: 'warning',
  finds: 'text that is not in Unicode normal form C (letters and accents apart)',
  advice: 'Events are brought into form C before rules see them, so a value in another form meets nothing.',
  document({ root }, report) {
    for (const scalar of scalarsOf(root)) {
      if (typeof scalar.value === 'string' && scalar.value.normalize('NFC') !== scalar.value) {
        report(scalar.at, 'the text is not in normal form C');
      }
    }
  },
};

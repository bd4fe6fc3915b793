import { isUuid } from '../../parse/metadata.ts';
import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

export const idVersion: Check = {
  id: 'id-version',
  severity: 'info',
  finds: 'an id that is a UUID, but not of version 4',
  advice: 'Draw a random UUID (version 4), as the specification asks.',
  document({ root }, report) {
    const id = textAt(root, 'id');
    if (id !== null && isUuid(id.value) && !/^.{14}4.{4}[89ab]/i.test(id.value)) {
      report(id.at, 'the id is no UUID of version 4');
    }
  },
};

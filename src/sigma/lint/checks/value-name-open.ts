import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const valueNameOpen: Check = {
  id: 'value-name-open',
  severity: 'info',
  finds: 'a program name under endswith without the separator before it: `cmd.exe` also ends `notcmd.exe`',
  advice: 'Put the separator before it: `\\cmd.exe`.',
  item(item, report) {
    const { field, values } = item.tree;
    if (field === null || !/(Image|ImageLoaded|Process|Executable)$/.test(field)) return;
    if (!modifiersOf(item).includes('endswith')) return;
    for (const scalar of values) {
      if (typeof scalar.value !== 'string' || !/^[\p{L}\p{N}_-]+\.(exe|dll|com|scr)$/iu.test(scalar.value)) continue;
      report(scalar.at, 'the name may end a longer one');
    }
  },
};

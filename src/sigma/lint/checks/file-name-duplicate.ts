import type { Check } from '../check.ts';
import { baseName } from './file-name.ts';

export const fileNameDuplicate: Check = {
  id: 'file-name-duplicate',
  severity: 'warning',
  finds: 'one file name in two folders',
  advice: 'Give one of them another name: tools that flatten folders lose one.',
  set(documents, reportOf) {
    const firsts = new Map<string, string>();
    for (const document of documents) {
      const name = baseName(document.file);
      const first = firsts.get(name);
      if (first === undefined) firsts.set(name, document.file);
      else if (first !== document.file && !firsts.has(document.file)) {
        firsts.set(document.file, document.file);
        reportOf(document)(document.root.at, `${first} has the same name`);
      }
    }
  },
};

import type { Check } from '../check.ts';

/** SigmaHQ's bounds for the name with its ending. */
const lengthMin = 10;
const lengthMax = 90;

export const fileName: Check = {
  id: 'file-name',
  severity: 'info',
  finds: 'a file name that is not lower case with `_` and `.yml`, or has under 10 or over 90 characters',
  advice: 'Name the file like reverse_shell_by_bash.yml.',
  set(documents, reportOf) {
    const seen = new Set<string>();
    for (const document of documents) {
      if (seen.has(document.file)) continue;
      seen.add(document.file);
      const name = baseName(document.file);
      const { at } = document.root;
      if (!/^[a-z0-9][a-z0-9_-]*\.yml$/.test(name)) reportOf(document)(at, `the file is called ${name.slice(0, 120)}`);
      else if (name.length < lengthMin || name.length > lengthMax) {
        reportOf(document)(at, `the file name has ${name.length} characters`);
      }
    }
  },
};

export function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

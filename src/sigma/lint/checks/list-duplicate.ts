import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

/** A check for texts that stand twice in a list of the document. */
function listDuplicate(id: string, key: string, noun: string): Check {
  return {
    id,
    severity: 'warning',
    finds: `${noun} that stands twice under \`${key}\``,
    advice: 'Take one of them out.',
    fixes: true,
    document({ root, source }, report) {
      const seen = new Map<string, number>();
      for (const text of textsAt(root, key)) {
        const first = seen.get(text.value);
        if (first === undefined) seen.set(text.value, text.at.line);
        else report(text.at, `it stands in line ${first} already`, { fix: source.removeEntry(text) });
      }
    },
  };
}

export const tagDuplicate: Check = listDuplicate('tag-duplicate', 'tags', 'a tag');
export const referenceDuplicate: Check = listDuplicate('reference-duplicate', 'references', 'a reference');
export const fieldDuplicate: Check = listDuplicate('field-duplicate', 'fields', 'a field');

import { number } from '../format.ts';
import type { Language } from './language.ts';

/** Fills `{name}`; `[name|one|many]` picks by the number, for English. */
export function fill(text: string, values: Readonly<Record<string, string | number>>, lang: Language): string {
  return text
    .replace(/\[(\w+)\|([^|\]]*)\|([^\]]*)\]/g, (_, name: string, one: string, many: string) =>
      values[name] === 1 ? one : many,
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? number(value, lang) : value;
    });
}

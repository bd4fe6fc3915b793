/** The house words for Sigma's comparisons; one we do not know is shown as the rule writes it. */
import { type PlainKey, t } from '../i18n/index.ts';

const words: Readonly<Record<string, PlainKey>> = {
  equals: 'how.equals',
  contains: 'how.contains',
  startswith: 'how.startswith',
  endswith: 'how.endswith',
  wildcard: 'how.wildcard',
  re: 'how.re',
  cidr: 'how.cidr',
  exists: 'how.exists',
  fieldref: 'how.fieldref',
  null: 'how.null',
  indicator: 'how.indicator',
};

export function howWord(how: string): string {
  const key = Object.hasOwn(words, how) ? words[how] : undefined;
  return key === undefined ? how : t(key);
}

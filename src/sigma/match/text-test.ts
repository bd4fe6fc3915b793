import { inNetwork, parseAddress } from '../lower/cidr.ts';
import { parseNumber, partOfDate } from '../lower/compare.ts';
import type { Pattern } from '../lower/ir.ts';
import { compileRegex } from '../lower/regex.ts';

/** Whether one value, as text, meets a pattern. */
export type TextTest = (text: string) => boolean;

/** The patterns that every engine tests alike: they have no accelerated form. */
export function plainTest(pattern: Extract<Pattern, { kind: 'regex' | 'cidr' | 'compare' }>): TextTest {
  switch (pattern.kind) {
    case 'regex': {
      const regex = compileRegex(pattern.source, pattern.flags);
      return (text) => regex.test(text);
    }
    case 'cidr':
      return (text) => {
        const address = parseAddress(text);
        return address !== null && inNetwork(address, pattern.bytes, pattern.prefix);
      };
    case 'compare':
      return (text) => {
        const number = pattern.part === null ? parseNumber(text) : partOfDate(text, pattern.part);
        return number !== null && compares(number, pattern.operator, pattern.number);
      };
  }
}

function compares(left: number, operator: Extract<Pattern, { kind: 'compare' }>['operator'], right: number): boolean {
  switch (operator) {
    case 'eq':
      return left === right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
  }
}

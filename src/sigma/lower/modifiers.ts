import { contains, endswith, startswith } from './anchors.ts';
import { base64, base64offset, utf16be, utf16WithMark, wide } from './bytes.ts';
import { cidr } from './cidr.ts';
import { gt, gte, lt, lte, timePart } from './compare.ts';
import { exists } from './exists.ts';
import { expand } from './expand.ts';
import { fieldref } from './fieldref.ts';
import type { Modifier } from './modifier.ts';
import { regex, regexFlag } from './regex.ts';
import { windash } from './windash.ts';

/** The modifiers that change values. `all`, `neq` and `cased` concern the whole item: see item.ts. */
export const modifiers: ReadonlyMap<string, Modifier> = new Map<string, Modifier>([
  ['contains', contains],
  ['startswith', startswith],
  ['endswith', endswith],
  ['re', regex],
  ['i', regexFlag],
  ['m', regexFlag],
  ['s', regexFlag],
  ['ignorecase', regexFlag],
  ['multiline', regexFlag],
  ['dotall', regexFlag],
  ['cidr', cidr],
  ['base64', base64],
  ['base64offset', base64offset],
  ['wide', wide],
  ['utf16le', wide],
  ['utf16be', utf16be],
  ['utf16', utf16WithMark],
  ['windash', windash],
  ['exists', exists],
  ['fieldref', fieldref],
  ['lt', lt],
  ['lte', lte],
  ['gt', gt],
  ['gte', gte],
  ['expand', expand],
  ['minute', timePart('minute')],
  ['hour', timePart('hour')],
  ['day', timePart('day')],
  ['week', timePart('week')],
  ['month', timePart('month')],
  ['year', timePart('year')],
]);

/** Modifiers of the item as a whole. */
export const itemModifiers: readonly string[] = ['all', 'neq', 'cased'];

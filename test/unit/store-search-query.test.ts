import { describe, expect, test } from 'vitest';
import { defaultStoreLimits, QueryRefused } from '../../src/store/index.ts';
import { type Pattern, parseSearch, type SearchNode } from '../../src/store/search-query.ts';

/** A tree as one line, so that a row of the table shows both sides. */
function shown(node: SearchNode): string {
  switch (node.kind) {
    case 'everything':
      return 'everything';
    case 'and':
    case 'or':
      return `(${node.items.map(shown).join(node.kind === 'and' ? ' & ' : ' | ')})`;
    case 'not':
      return `!${shown(node.item)}`;
    case 'word':
      return `word<${pattern(node.pattern)}>`;
    case 'field':
      return `${node.name} ${node.comparison === 'matches' ? '=' : node.comparison} <${pattern(node.pattern)}>`;
  }
}

function pattern(p: Pattern): string {
  return p.map((part) => (part === 'any' ? '⟪*⟫' : part === 'one' ? '⟪?⟫' : part.text)).join('');
}

const rows: readonly (readonly [text: string, tree: string])[] = [
  ['', 'everything'],
  ['   ', 'everything'],
  ['*', 'everything'],
  ['mimikatz', 'word<mimikatz>'],
  ['"hai từ"', 'word<hai từ>'],
  ['a b', '(word<a> & word<b>)'],
  ['a AND b', '(word<a> & word<b>)'],
  ['a b OR c', '((word<a> & word<b>) | word<c>)'],
  ['a (b OR c)', '(word<a> & (word<b> | word<c>))'],
  ['NOT a -b', '(!word<a> & !word<b>)'],
  ['NOT NOT a', 'word<a>'],
  ['-(a or b)', '!(word<a> | word<b>)'],
  ['a - b', '(word<a> & word<-> & word<b>)'],
  ['android ORacle', '(word<android> & word<ORacle>)'],
  ['host:web01', 'host = <web01>'],
  ['host:"web 01"', 'host = <web 01>'],
  ['host:"a \\"b\\" c"', 'host = <a "b" c>'],
  ['host:""', 'host = <>'],
  ['Image:*\\\\cmd.exe', 'Image = <⟪*⟫\\cmd.exe>'],
  ['Image:*\\cmd.exe', 'Image = <⟪*⟫\\cmd.exe>'],
  ['Image:C:\\Windows\\*', 'Image = <C:\\Windows*>'],
  ['Image:C:\\Windows\\\\*', 'Image = <C:\\Windows\\⟪*⟫>'],
  ['a:x**?y', 'a = <x⟪*⟫⟪?⟫y>'],
  ['EventID:>=4624', 'EventID >= <4624>'],
  ['sc-status:<500 -c-ip:10.*', '(sc-status < <500> & !c-ip = <10.⟪*⟫>)'],
  ['winlog.event_data.X:1', 'winlog.event_data.X = <1>'],
  ['C:\\Windows\\Temp', 'word<C:\\Windows\\Temp>'],
  ['https://gov.vn/a?b', 'word<https://gov.vn/a⟪?⟫b>'],
  ['fe80::1', 'word<fe80::1>'],
  ['10.0.0.1:443', 'word<10.0.0.1:443>'],
  ['Trường:giá_trị', 'Trường = <giá_trị>'],
  ['a"b', 'word<a"b>'],
];

test.each(rows)('%j', (text, tree) => {
  expect(shown(parseSearch(text, defaultStoreLimits))).toBe(tree);
});

const refused: readonly (readonly [text: string, position: number, message: RegExp])[] = [
  ['(a', 0, /not closed/],
  ['a b)', 3, /closes nothing/],
  ['()', 1, /missing/],
  ['a AND', 5, /missing/],
  ['OR a', 0, /missing/],
  ['a NOT', 5, /missing/],
  ['x "abc', 2, /quote is not closed/],
  ['Image:"C:\\Windows\\"', 6, /quote is not closed/],
  ['host: web', 0, /no value/],
  ['a b:>x', 2, /number must follow/],
  ['a:>=', 0, /no value/],
  ['a:*1*2*3*4*5*6*7*8*9*0*1', 0, /wildcards/],
  [`${'('.repeat(11)}a${')'.repeat(11)}`, 10, /deeper than 10/],
  ['a '.repeat(51), 100, /More than 50/],
  ['a'.repeat(2_001), 2_000, /longer than 2000/],
];

describe('refused with its place and both languages', () => {
  test.each(refused)('%j', (text, position, message) => {
    let thrown: unknown = null;
    try {
      parseSearch(text, defaultStoreLimits);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(QueryRefused);
    const problem = thrown as QueryRefused;
    expect(problem).toMatchObject({ code: 'bad-query', position });
    expect(problem.message).toMatch(message);
    expect(problem.messageVi).toMatch(/[\u00c0-\u1ef9]/);
  });
});

test('a deep or long hostile text is refused, not recursed into', () => {
  for (const text of [
    '('.repeat(2_000),
    '-'.repeat(2_000),
    'NOT '.repeat(500),
    '"\\'.repeat(1_000),
    'a:'.repeat(1_000),
  ]) {
    try {
      parseSearch(text, defaultStoreLimits);
    } catch (error) {
      expect(error).toBeInstanceOf(QueryRefused);
    }
  }
});

import { QueryRefused } from './errors.ts';
import { isSearchableName } from './event-columns.ts';
import { foldCase, foldedSql, foldText, isAscii } from './fold.ts';
import { hotFields } from './hot-fields.ts';
import type { Pattern, SearchNode } from './search-query.ts';

/** A condition over `events`; every value is in `params`. */
export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Columns a search may name as they are; all compare as text. */
const wellKnown: ReadonlyMap<string, string> = new Map([
  ...[
    'id',
    'batch',
    'host',
    'system',
    'source',
    'org',
    'product',
    'drill',
    'lane',
    'parser',
    'mappings',
    'parse_reason',
  ].map((name) => [name, name] as const),
  ['origin', 'toString(origin)'],
  ['parse_status', 'toString(parse_status)'],
  ['level', 'toString(level)'],
]);

const wellKnownArrays: ReadonlyMap<string, string> = new Map([
  ['category', 'categories'],
  ['service', 'services'],
]);

/** Hot fields by lower-case name: people do not remember `TargetFilename` from `TargetFileName`. */
const hotByFoldedName = new Map(hotFields.map((f) => [f.field.toLowerCase(), f]));

/** Turns a parsed search into SQL. Names become columns by tables or a whitelisted path; nothing typed enters the text. */
export function searchCondition(node: SearchNode): Condition {
  const params: Record<string, unknown> = {};
  const param = (value: string | number, type: 'String' | 'Float64'): string => {
    const name = `q${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };

  function build(n: SearchNode): string {
    switch (n.kind) {
      case 'everything':
        return '1';
      case 'and':
      case 'or':
        return `(${n.items.map(build).join(n.kind === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `NOT ${build(n.item)}`;
      case 'word': {
        const loose: Pattern = ['any', ...n.pattern, 'any'];
        return `(${compare('folded', loose, foldText)} OR ${match('raw', loose)})`;
      }
      case 'field':
        return field(n);
    }
  }

  /** Two-valued match of a whole text against a pattern, without regard to case. */
  function match(expression: string, pattern: Pattern): string {
    const text = textOf(pattern);
    const compared = compare(foldedSql(expression, text), pattern, foldCase);
    // A text without any non-ASCII character cannot hold one: most logs need no lowerUTF8.
    return isAscii(text) ? compared : `(length(${expression}) != lengthUTF8(${expression}) AND ${compared})`;
  }

  function compare(side: string, pattern: Pattern, fold: (text: string) => string): string {
    const parts = pattern.filter((p, i) => p !== 'any' || pattern[i - 1] !== 'any');
    const shape = parts.map((p) => (p === 'any' ? '*' : p === 'one' ? '?' : 'x')).join('');
    const text = fold(textOf(parts));
    if (shape === '' || shape === 'x') return `${side} = ${param(text, 'String')}`;
    if (shape === '*') return '1';
    if (shape === '*x*') return `position(${side}, ${param(text, 'String')}) > 0`;
    if (shape === 'x*') return `startsWith(${side}, ${param(text, 'String')})`;
    if (shape === '*x') return `endsWith(${side}, ${param(text, 'String')})`;
    const like = parts.map((p) => (p === 'any' ? '%' : p === 'one' ? '_' : escapeLike(fold(p.text)))).join('');
    return `${side} LIKE ${param(like, 'String')}`;
  }

  function field(n: Extract<SearchNode, { kind: 'field' }>): string {
    const loose: Pattern = ['any', ...n.pattern, 'any'];
    if (n.comparison === 'matches') {
      // The message is the first line of what free words are looked for in.
      if (n.name === 'message') return compare("substringIndex(folded, '\\n', 1)", loose, foldText);
      if (n.name === 'raw') return match('raw', loose);
    }
    const array = wellKnownArrays.get(n.name);
    if (array !== undefined) return `arrayExists(v -> ${test('v', n)}, ${array})`;
    const column = wellKnown.get(n.name);
    if (column !== undefined) return test(column, n);
    return eventField(n);
  }

  function eventField(n: Extract<SearchNode, { kind: 'field' }>): string {
    const hot = hotByFoldedName.get(n.name.toLowerCase());
    const name = hot?.field ?? n.name;
    if (!isSearchableName(name)) {
      throw new QueryRefused(
        n.position,
        n.length,
        `Không tìm được theo trường "${name}".`,
        `The field "${name}" cannot be searched.`,
      );
    }
    const isThere = `(has(present, ${param(name, 'String')}) AND NOT has(null_keys, ${param(name, 'String')}))`;
    // As in Sigma: `field:*` is "there and not null", also when empty.
    if (n.comparison === 'matches' && n.pattern.length > 0 && n.pattern.every((p) => p === 'any')) return isThere;
    const path = `rest.${name
      .split('.')
      .map((part) => `\`${part}\``)
      .join('.')}`;
    const inArray = `arrayExists(v -> ${test("ifNull(v, '')", n)}, ${path}.:\`Array(Nullable(String))\`)`;
    const scalar = hot === undefined ? `ifNull(${path}.:String, '')` : `\`${hot.column}\``;
    // A column's '' also stands for "absent": only a wanted '' has to ask which.
    if (n.comparison === 'matches' && n.pattern.length === 0) {
      return `(${isThere} AND ${scalar} = '' AND empty(${path}.:\`Array(Nullable(String))\`))`;
    }
    return `(${test(scalar, n)} OR ${inArray})`;
  }

  /** One text against the field's comparison; always 0 or 1, so that NOT means not. */
  function test(expression: string, n: Extract<SearchNode, { kind: 'field' }>): string {
    if (n.comparison === 'matches') return match(expression, n.pattern);
    const number = param(Number(textOf(n.pattern)), 'Float64');
    return `ifNull(toFloat64OrNull(${expression}) ${n.comparison} ${number}, 0)`;
  }

  return { sql: build(node), params };
}

function textOf(pattern: Pattern): string {
  return pattern.map((p) => (typeof p === 'string' ? '' : p.text)).join('');
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

import { QueryRefused } from './errors.ts';
import type { StoreLimits } from './limits.ts';

/** A piece of a value: its text, or a wildcard for any run of characters or for exactly one. */
export type PatternPart = { readonly text: string } | 'any' | 'one';
export type Pattern = readonly PatternPart[];

export type Comparison = 'matches' | '>' | '>=' | '<' | '<=';

/** What a search text means. Places are UTF-16 units of the text. */
export type SearchNode =
  | { readonly kind: 'everything' }
  | { readonly kind: 'and' | 'or'; readonly items: readonly SearchNode[] }
  | { readonly kind: 'not'; readonly item: SearchNode }
  | { readonly kind: 'word'; readonly pattern: Pattern }
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly comparison: Comparison;
      readonly pattern: Pattern;
      readonly position: number;
      readonly length: number;
    };

type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'end'; readonly position: number; readonly length: number }
  | {
      readonly kind: 'term';
      readonly field: string | null;
      readonly comparison: Comparison;
      readonly value: string;
      readonly position: number;
      readonly length: number;
    };

const spaceOrParenthesis = /[\s()]/;
const fieldName = /^[\p{L}_@][\p{L}\p{N}_.@-]*$/u;

/**
 * Reads a search text: `field:value`, `field:"a value"`, `field:>=5`, free words, `*` and `?`, AND (also by standing
 * beside), OR, NOT or `-`, parentheses. As in Sigma rules `\*`, `\?` and `\\` stand for the characters themselves and
 * any other backslash for itself; inside quotes also `\"`.
 * @throws QueryRefused with the place and a message in both languages.
 */
export function parseSearch(text: string, limits: StoreLimits): SearchNode {
  if (text.length > limits.searchChars) {
    throw new QueryRefused(
      limits.searchChars,
      text.length - limits.searchChars,
      `Câu tìm kiếm dài quá ${limits.searchChars} ký tự.`,
      `The search is longer than ${limits.searchChars} characters.`,
    );
  }
  const tokens = tokenize(text, limits);
  let next = 0;
  const peek = (): Token => tokens[next] ?? { kind: 'end', position: text.length, length: 0 };

  function parseOr(depth: number): SearchNode {
    const items = [parseAnd(depth)];
    while (peek().kind === 'or') {
      next++;
      items.push(parseAnd(depth));
    }
    return joined('or', items);
  }

  function parseAnd(depth: number): SearchNode {
    const items = [parseNot(depth)];
    for (;;) {
      const kind = peek().kind;
      if (kind === 'and') next++;
      else if (kind === 'end' || kind === ')' || kind === 'or') return joined('and', items);
      items.push(parseNot(depth));
    }
  }

  function parseNot(depth: number): SearchNode {
    let negated = false;
    while (peek().kind === 'not') {
      negated = !negated;
      next++;
    }
    const item = parsePrimary(depth);
    return negated ? { kind: 'not', item } : item;
  }

  function parsePrimary(depth: number): SearchNode {
    const token = peek();
    next++;
    if (token.kind === 'term') return termNode(token, limits);
    if (token.kind !== '(') {
      throw refused(token, 'Thiếu từ cần tìm ở đây.', 'A word or a field is missing here.');
    }
    if (depth >= limits.searchDepth) {
      const max = limits.searchDepth;
      throw refused(token, `Ngoặc lồng nhau quá ${max} lớp.`, `Parentheses are nested deeper than ${max}.`);
    }
    const inner = parseOr(depth + 1);
    if (peek().kind !== ')') throw refused(token, 'Ngoặc mở này chưa được đóng.', 'This parenthesis is not closed.');
    next++;
    return inner;
  }

  if (peek().kind === 'end') return { kind: 'everything' };
  const node = parseOr(0);
  const rest = peek();
  if (rest.kind !== 'end') throw refused(rest, 'Ngoặc đóng này thừa.', 'This parenthesis closes nothing.');
  return node;
}

function joined(kind: 'and' | 'or', items: readonly SearchNode[]): SearchNode {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind, items };
}

function refused(at: { position: number; length: number }, messageVi: string, message: string): QueryRefused {
  return new QueryRefused(at.position, at.length, messageVi, message);
}

function tokenize(text: string, limits: StoreLimits): Token[] {
  const tokens: Token[] = [];
  let terms = 0;
  let at = 0;
  while (at < text.length) {
    const c = text.charAt(at);
    if (/\s/.test(c)) {
      at++;
    } else if (c === '(' || c === ')') {
      tokens.push({ kind: c, position: at, length: 1 });
      at++;
    } else if (c === '-' && at + 1 < text.length && !/\s/.test(text.charAt(at + 1))) {
      tokens.push({ kind: 'not', position: at, length: 1 });
      at++;
    } else {
      const token = readTerm(text, at);
      at = token.position + token.length;
      const operator = operatorOf(text.slice(token.position, at));
      if (operator !== null) tokens.push({ kind: operator, position: token.position, length: token.length });
      else {
        terms++;
        if (terms > limits.searchTerms) {
          const max = limits.searchTerms;
          throw refused(token, `Quá ${max} điều kiện.`, `More than ${max} terms.`);
        }
        tokens.push(token);
      }
    }
  }
  return tokens;
}

function operatorOf(written: string): 'and' | 'or' | 'not' | null {
  if (written === 'AND' || written === 'and') return 'and';
  if (written === 'OR' || written === 'or') return 'or';
  if (written === 'NOT' || written === 'not') return 'not';
  return null;
}

type Term = Extract<Token, { kind: 'term' }>;

function readTerm(text: string, start: number): Term {
  let at = start;
  let field: string | null = null;
  let comparison: Comparison = 'matches';
  const name = /^[^\s():"]+/.exec(text.slice(start))?.[0] ?? '';
  if (fieldName.test(name) && text.charAt(start + name.length) === ':' && !isNoField(name, text, start)) {
    field = name.normalize('NFC');
    at = start + name.length + 1;
    const sign = /^(>=|<=|>|<)/.exec(text.slice(at))?.[0];
    if (sign !== undefined) {
      comparison = sign as Comparison;
      at += sign.length;
    }
  }
  if (text.charAt(at) === '"') {
    const end = closingQuote(text, at);
    // Inside quotes only \" is special here; wildcards and their escapes are read later, as in bare values.
    const value = text.slice(at + 1, end).replaceAll('\\"', '"');
    return { kind: 'term', field, comparison, value, position: start, length: end + 1 - start };
  }
  const from = at;
  while (at < text.length && !spaceOrParenthesis.test(text.charAt(at))) at++;
  if (field !== null && at === from) {
    throw refused(
      { position: start, length: at - start },
      `Trường "${field}" chưa có giá trị.`,
      `The field "${field}" has no value.`,
    );
  }
  return { kind: 'term', field, comparison, value: text.slice(from, at), position: start, length: at - start };
}

/** `C:\Windows`, `https://…` and `fe80::1` have a colon, but nobody means a field. */
function isNoField(name: string, text: string, start: number): boolean {
  const after = text.slice(start + name.length + 1, start + name.length + 3);
  return after.startsWith(':') || after === '//' || (name.length === 1 && /^[\\/]/.test(after));
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '\\' && /[\\"]/.test(text.charAt(at + 1))) at++;
    else if (c === '"') return at;
  }
  throw refused({ position: open, length: 1 }, 'Dấu ngoặc kép này chưa được đóng.', 'This quote is not closed.');
}

/** Splits a value at its wildcards and takes the escapes away. */
function parsePattern(value: string): Pattern {
  const parts: PatternPart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ text });
    text = '';
  };
  for (let at = 0; at < value.length; at++) {
    const c = value.charAt(at);
    const following = value.charAt(at + 1);
    if (c === '\\' && (following === '*' || following === '?' || following === '\\')) {
      text += following;
      at++;
    } else if (c === '*') {
      flush();
      if (parts.at(-1) !== 'any') parts.push('any');
    } else if (c === '?') {
      flush();
      parts.push('one');
    } else text += c;
  }
  flush();
  return parts;
}

function termNode(term: Term, limits: StoreLimits): SearchNode {
  // Stored text is NFC; what is typed on some keyboards is not.
  const pattern = parsePattern(term.value.normalize('NFC'));
  if (pattern.filter((p) => typeof p === 'string').length > limits.searchWildcards) {
    const max = limits.searchWildcards;
    throw refused(term, `Quá ${max} ký tự đại diện trong một giá trị.`, `More than ${max} wildcards in one value.`);
  }
  if (term.field === null) {
    if (pattern.every((p) => p === 'any')) return { kind: 'everything' };
    return { kind: 'word', pattern };
  }
  if (term.comparison !== 'matches' && !/^-?\d+(\.\d+)?$/.test(term.value)) {
    throw refused(term, `Sau "${term.comparison}" phải là một số.`, `A number must follow "${term.comparison}".`);
  }
  const { position, length, comparison } = term;
  return { kind: 'field', name: term.field, comparison, pattern, position, length };
}

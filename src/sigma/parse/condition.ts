import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import type { YamlScalar } from './yaml.ts';

/** A condition as written; names are not looked up yet. */
export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly of: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly of: ConditionTree }
  | { readonly kind: 'selection'; readonly name: string; readonly at: Position }
  | { readonly kind: 'of'; readonly quantifier: 'any' | 'all'; readonly pattern: string; readonly at: Position };

interface Token {
  readonly text: string;
  readonly at: Position;
}

/** Raised inside the parser after the problem was reported; ends this condition. */
class Refused extends Error {}

const keywords = new Set(['and', 'or', 'not']);
const word = /^[\p{L}\p{N}_*?.-]+$/u;

/** Condition text → tree; null when it was refused (and reported). `or` binds loosest, then `and`, then `not`. */
export function parseCondition(node: YamlScalar, limits: SigmaLimits, problems: Problems): ConditionTree | null {
  const text = String(node.value);
  if (text.length > limits.conditionChars) {
    problems.report(
      'condition-too-long',
      node.at,
      `the condition has ${text.length} characters, the limit is ${limits.conditionChars}`,
    );
    return null;
  }
  const tokens = lex(text, node);
  let next = 0;
  let depth = 0;
  const warned = new Set<Token>();
  try {
    const tree = parseOr();
    const rest = tokens[next];
    if (rest !== undefined) refuse(rest, rest.text === ')' ? 'a ")" without its "("' : `unexpected "${shown(rest)}"`);
    return tree;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }

  function parseOr(): ConditionTree {
    return parseChain('or', () => parseChain('and', parseNot));
  }

  function parseChain(operator: 'and' | 'or', operand: () => ConditionTree): ConditionTree {
    const first = operand();
    if (!isKeyword(tokens[next], operator)) return first;
    const of = [first];
    while (isKeyword(tokens[next], operator)) {
      next++;
      of.push(operand());
    }
    return { kind: operator, of };
  }

  function parseNot(): ConditionTree {
    const token = tokens[next];
    if (token === undefined || !isKeyword(token, 'not')) return parsePrimary();
    next++;
    return { kind: 'not', of: deeper(token, parseNot) };
  }

  function parsePrimary(): ConditionTree {
    const token = tokens[next++];
    if (token === undefined) return refuse(endOf(), 'the condition ends where a selection should stand');
    if (token.text === '(') {
      const inner = deeper(token, parseOr);
      if (tokens[next]?.text !== ')')
        refuse(tokens[next] ?? endOf(), `the "(" of column ${token.at.column} is not closed`);
      next++;
      return inner;
    }
    if (token.text === '|') {
      problems.report('condition-aggregation', token.at, 'the condition pipes into an aggregation');
      throw new Refused();
    }
    if (!word.test(token.text) || keywords.has(token.text.toLowerCase())) {
      return refuse(token, `"${shown(token)}" stands where a selection should`);
    }
    const of = tokens[next];
    if (of !== undefined && /^(1|any|all|\d+)$/i.test(token.text) && isKeyword(of, 'of')) {
      next++;
      return parseSelector(token);
    }
    if (/[*?]/.test(token.text))
      return refuse(token, `the pattern "${shown(token)}" needs "1 of" or "all of" before it`);
    return { kind: 'selection', name: token.text, at: token.at };
  }

  function parseSelector(count: Token): ConditionTree {
    const quantifier = count.text.toLowerCase();
    const pattern = tokens[next++];
    if (pattern === undefined || !word.test(pattern.text))
      return refuse(pattern ?? endOf(), 'a pattern or "them" is missing after "of"');
    if (quantifier !== '1' && quantifier !== 'any' && quantifier !== 'all') {
      problems.report('condition-count', count.at, `"${shown(count)} of" is no Sigma quantifier`);
      throw new Refused();
    }
    // A selection may be called Them, so only the exact word without capitals is taken without asking.
    const name = isKeyword(pattern, 'them') ? 'them' : pattern.text;
    return { kind: 'of', quantifier: quantifier === 'all' ? 'all' : 'any', pattern: name, at: pattern.at };
  }

  function deeper(token: Token, parse: () => ConditionTree): ConditionTree {
    if (++depth > limits.conditionDepth) {
      problems.report('condition-too-deep', token.at, `nested deeper than ${limits.conditionDepth} levels`);
      throw new Refused();
    }
    const tree = parse();
    depth--;
    return tree;
  }

  function isKeyword(token: Token | undefined, keyword: string): boolean {
    if (token === undefined || token.text.length !== keyword.length || token.text.toLowerCase() !== keyword)
      return false;
    if (token.text !== keyword && !warned.has(token)) {
      warned.add(token);
      problems.report('condition-keyword-case', token.at, `"${token.text}" is written with capitals`);
    }
    return true;
  }

  function refuse(token: Token, message: string): never {
    problems.report(tokens[next]?.text === '|' ? 'condition-aggregation' : 'condition-syntax', token.at, message);
    throw new Refused();
  }

  function endOf(): Token {
    const last = tokens[tokens.length - 1];
    if (last === undefined) return { text: '', at: node.at };
    return { text: '', at: { line: last.at.line, column: last.at.column + last.text.length } };
  }
}

function shown(token: Token): string {
  return token.text.slice(0, 80);
}

/** Words, parentheses and pipes with their places. Block texts begin on the line after their `|` or `>`. */
function lex(text: string, node: YamlScalar): Token[] {
  const tokens: Token[] = [];
  const pattern = /[()|]|[^\s()|]+|\n/g;
  let line = node.textColumn === 0 ? node.at.line + 1 : node.at.line;
  let lineStart = 0;
  let firstColumn = node.textColumn === 0 ? 1 : node.textColumn;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '\n') {
      line++;
      lineStart = match.index + 1;
      firstColumn = 1;
      continue;
    }
    tokens.push({ text: match[0], at: { line, column: firstColumn + match.index - lineStart } });
  }
  return tokens;
}

import { RE2JS } from 're2js';
import type { Modifier, ModifierContext } from './modifier.ts';

/**
 * `re`: the raw value as an RE2 expression, unanchored, case-sensitive. RE2 is the one dialect because ClickHouse's
 * match() speaks it too and because it runs in linear time whatever the expression.
 */
export const regex: Modifier = (operand, context) => {
  if (context.earlier.length > 0) {
    context.report('modifier-order', `re stands after ${context.earlier.join(', ')}`, 'Put re first.');
    return null;
  }
  if (operand.kind !== 'text' && operand.kind !== 'number') {
    context.report('modifier-type', 're takes a text');
    return null;
  }
  const source = operand.kind === 'text' ? operand.raw : operand.text;
  const flags = regexFlags.filter(([names]) => names.some((name) => context.others.includes(name)));
  const letters = flags.map(([, letter]) => letter).join('');
  if (!checkRegex(source, letters, context)) return null;
  return { kind: 'pattern', pattern: { kind: 'regex', source, flags: letters } };
};

const regexFlags: readonly (readonly [readonly string[], string])[] = [
  [['i', 'ignorecase'], 'i'],
  [['m', 'multiline'], 'm'],
  [['s', 'dotall'], 's'],
];

/** i, m, s and their long names: read by `re` itself; here only their place is checked. */
export const regexFlag: Modifier = (operand, context) => {
  if (operand.kind === 'pattern' && operand.pattern.kind === 'regex') return operand;
  context.report('modifier-order', `${context.modifier} is a flag of re`, `Write re|${context.modifier}.`);
  return null;
};

/** Compiles for `test`. Throws what RE2 refuses; callers that hold an IR need not fear it. */
export function compileRegex(source: string, flags: string): RE2JS {
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  return RE2JS.compile(source, bits);
}

function checkRegex(source: string, flags: string, context: ModifierContext): boolean {
  try {
    const size = compileRegex(source, flags).programSize();
    if (size <= context.limits.regexProgram) return true;
    context.report(
      'regex-too-large',
      `the expression compiles to ${size} instructions, the limit is ${context.limits.regexProgram}`,
    );
  } catch (error) {
    const message = error instanceof RangeError ? 'the expression is nested too deeply' : reasonOf(error);
    const unsupported = unsupportedIn(source);
    if (unsupported === null) context.report('regex-syntax', message, undefined, placeOfReason(message, source));
    else {
      const { what, advice, index } = unsupported;
      context.report('regex-unsupported', `${what} (${message})`, advice, index);
    }
  }
  return false;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^error parsing regexp: /, '').slice(0, 200);
}

/** RE2 quotes what it stumbled over; where that stands, or 0. */
function placeOfReason(message: string, source: string): number {
  const quoted = /`(.+)`$/s.exec(message)?.[1] ?? '';
  return Math.max(0, source.lastIndexOf(quoted));
}

/** The first thing in an expression that other dialects have and RE2 has not. */
function unsupportedIn(
  source: string,
): { readonly what: string; readonly advice: string; readonly index: number } | null {
  // Escaped operators are letters: `\(?=` looks for a bracket that may be missing, and an equals sign.
  const bare = source.replace(/\\[^a-zA-Z0-9]/gs, '__');
  const found = unsupportedSyntax.map(([pattern, what, advice]) => ({ what, advice, index: bare.search(pattern) }));
  return found.filter(({ index }) => index >= 0).toSorted((a, b) => a.index - b.index)[0] ?? null;
}

const unsupportedSyntax: readonly (readonly [RegExp, string, string])[] = [
  [
    /\(\?<?!/,
    'negative look-around is not in RE2',
    'Test what must not stand there in a second selection and write `selection and not filter`.',
  ],
  [
    /\(\?<?=/,
    'look-around is not in RE2',
    'Match the surrounding text as well, or split the test into two items with `re|all`.',
  ],
  [
    /\(\?>|[*+?}]\+/,
    'atomic groups and possessive quantifiers are not in RE2',
    'Leave them out: RE2 never backtracks, so they are not needed.',
  ],
  [
    /\\[1-9]|\(\?P=|\\k</,
    'backreferences are not in RE2',
    'Write the alternatives out, for example (aa|bb) for (a|b)\\1.',
  ],
  [
    /\(\?\(|\(\?(?:R|&|[+-]?\d)/,
    'conditionals and recursion are not in RE2',
    'Write the cases out as alternatives, each whole.',
  ],
  [
    /\\[ZGKRXHhN]/,
    'this escape is not in RE2',
    'Write \\z for the end of the text, (?:\\r\\n|\\n) for a line break, [ \\t] for a blank.',
  ],
  [/\\u[0-9a-fA-F]{4}/, 'this escape is not in RE2', 'Write \\x{0041} for the character U+0041.'],
  [/\(\?[imsU]*x/, 'free spacing is not in RE2', 'Take out the blanks, the comments and the x.'],
  [/\{\d{4,}|,\d{4,}\}/, 'RE2 repeats at most 1000 times', 'Count to 1000 at most, or leave the bound out: x{500,}.'],
  [/\(\?#/, 'comments are not in RE2', 'Leave the comment out.'],
];

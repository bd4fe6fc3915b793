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
    const unsupported = unsupportedSyntax.find(([pattern]) => pattern.test(source));
    if (unsupported === undefined) context.report('regex-syntax', message);
    else context.report('regex-unsupported', `${unsupported[1]} (${message})`, unsupported[2]);
  }
  return false;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^error parsing regexp: /, '').slice(0, 200);
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
  [/\\[ZGKRXH]/, 'this escape is not in RE2', 'Write \\z for the end of the text, (?:\\r\\n|\\n) for a line break.'],
  [/\(\?#/, 'comments are not in RE2', 'Leave the comment out.'],
];

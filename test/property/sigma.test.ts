import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { applies, compileRules, fold, foldCodePoint, meets, parseRules, type Rule } from '../../src/sigma/index.ts';
import { compileGlob } from '../../src/sigma/match/glob.ts';
import { meetsParts } from '../../src/sigma/match/reference.ts';
import { regexLiterals } from '../../src/sigma/match/regex-literal.ts';
import {
  anyDash,
  anyText,
  normaliseParts,
  oneChar,
  parseText,
  printText,
  type TextPart,
} from '../../src/sigma/parse/text-parts.ts';

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 400) };

/** Few characters, so that chance hits are common: letters that fold oddly, dashes, escapes, pairs, newlines. */
const units = [
  'a',
  'A',
  'b',
  'k',
  '\u212a',
  's',
  '\u017f',
  'Σ',
  'σ',
  'ς',
  'İ',
  'ß',
  'đ',
  'Đ',
  '😀',
  '𐐀',
  '-',
  '/',
  '–',
  ' ',
  '\n',
  '1',
  '.',
];
const piece = fc.constantFrom(...units);
const text = fc.oneof(
  fc.array(piece, { maxLength: 7 }).map((parts) => parts.join('')),
  fc.constantFrom('abka', 'aabb/a -b', '11', 'true', '10.0.0.1', '2026-03-01T10:00:00Z', ''),
);
const fieldName = fc.constantFrom('a', 'b', 'c.d', 'c', 'd.e.f');

describe('fold', () => {
  test('is its definition, code point by code point', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), text), (t) => {
        expect(fold(t)).toBe([...t].map((c) => String.fromCodePoint(foldCodePoint(c.codePointAt(0) ?? 0))).join(''));
      }),
      { numRuns: 2000 },
    );
  });
  test('over all code points: keeps the length, is settled after once, and nothing outside ASCII enters it', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      const c = String.fromCodePoint(point);
      const folded = fold(c);
      if (folded === c) continue;
      const settled =
        folded.length === c.length && fold(folded) === folded && foldCodePoint(point) === folded.codePointAt(0);
      const entersAscii = point > 127 && folded.charCodeAt(0) < 128;
      if (!settled || entersAscii) expect.fail(`U+${point.toString(16)} folds to ${JSON.stringify(folded)}`);
    }
  });
  test('cuts: the fold of a whole is the folds of its pieces', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(fold(a + b)).toBe(fold(a) + fold(b));
      }),
      runs,
    );
  });
});

const part = fc.oneof(text, fc.constantFrom(anyText, oneChar, anyDash));

describe('texts with wildcards', () => {
  test('what is printed parses back', () => {
    const plain = fc.oneof(fc.string(), fc.constantFrom<TextPart[]>(anyText, oneChar, '\\', '*', '?', '\\*'));
    fc.assert(
      fc.property(fc.array(plain), (list) => {
        const parts = normaliseParts(list);
        expect(parseText(printText(parts))).toEqual(parts);
      }),
      runs,
    );
  });
  test('any text parses to something that prints and parses to the same', () => {
    const odd = fc.array(fc.constantFrom('\\', '*', '?', 'a')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(odd, (t) => {
        expect(parseText(printText(parseText(t)))).toEqual(parseText(t));
      }),
      runs,
    );
  });
  test('the fast glob says what the reference says', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), text, text, fc.boolean(), (list, t, more, cased) => {
        const parts = normaliseParts(list);
        const whole = t + more;
        expect(compileGlob(parts, cased)(cased ? whole : fold(whole))).toBe(meetsParts(parts, whole, cased));
      }),
      { numRuns: 5000 },
    );
  });
});

const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'k',
    's',
    '1',
    ' ',
    '\\.',
    '\\\\',
    '\\d',
    '\\w',
    '.',
    '[ab]',
    '[^a]',
    '(a|b)',
    '(?:ab)',
    '(a(b|k))',
    '(?:a.b)',
    '(b(a*)k|1)',
    '(?:k(?:a\\d)+b)',
    'đ',
    '😀',
    '\\x61',
    '\\b',
  ),
  fc.constantFrom('abka', 'bb'),
);
const regexSource = fc
  .tuple(
    fc.constantFrom('', '(?i)', '(?s)', '^'),
    fc.array(fc.tuple(atom, fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,1}', '+?')), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.constantFrom('', '$', '|b'),
  )
  .map(([head, atoms, tail]) => head + atoms.map(([a, q]) => a + q).join('') + tail);

test('one of each run of literals taken from a regex is in every text the regex matches', () => {
  fc.assert(
    fc.property(
      regexSource,
      fc.constantFrom('', 'i'),
      fc.array(text, { minLength: 1, maxLength: 30 }),
      (source, flags, texts) => {
        const regex = RE2JS.compile(source, flags === 'i' ? RE2JS.CASE_INSENSITIVE : 0);
        const runs = regexLiterals(source, flags).map((literals) => literals.map(fold));
        for (const t of [...texts, texts.join('')]) {
          if (!regex.test(t)) continue;
          for (const run of runs) expect(run.some((literal) => fold(t).includes(literal))).toBe(true);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

const value = fc.oneof(
  text,
  fc.constantFrom<unknown>(null, true, false, 1, 11, 1.5, '*', 'a*b', '?', 'a?', '*k*', '-a', '/b -a'),
);
const modifiers = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '|contains',
    '|startswith',
    '|endswith',
    '|contains|all',
    '|all',
    '|cased',
    '|contains|cased',
    '|neq',
    '|contains|neq',
    '|windash',
    '|contains|windash',
    '|startswith|windash|all',
    '|lt',
    '|gte',
    '|hour',
    '|hour|lt',
    '|exists',
    '|fieldref',
    '|fieldref|contains',
    '|fieldref|neq',
    '|re',
    '|re|i',
    '|re|all',
    '|cidr',
    '|base64offset|contains',
    '|wide|base64',
  ],
);
const item = fc.tuple(fieldName, modifiers).chain(([name, chain]) => {
  const values =
    chain.includes('re') && !chain.includes('ref')
      ? regexSource
      : chain.includes('fieldref')
        ? fieldName
        : chain.includes('cidr')
          ? fc.constantFrom('10.0.0.0/8', '0.0.0.0/0')
          : chain.includes('exists')
            ? fc.boolean()
            : /lt|gte|hour/.test(chain)
              ? fc.constantFrom(1, 10, 11)
              : value;
  return fc
    .array(values, { minLength: 1, maxLength: 4 })
    .map((list) => [name + chain, list.length === 1 ? list[0] : list] as const);
});
const selection = fc.oneof(
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => Object.fromEntries(items)),
  fc.array(
    fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => Object.fromEntries(items)),
    { minLength: 1, maxLength: 3 },
  ),
  fc.array(fc.oneof(text, fc.constantFrom(1, true)), { minLength: 1, maxLength: 3 }),
  fc.array(text, { minLength: 1, maxLength: 2 }).map((list) => ({ '|all': list })),
);
const condition = fc.constantFrom(
  's1',
  'not s1',
  's1 and s2',
  's1 or s2',
  's1 and not s2',
  'not (s1 or s2)',
  '1 of s*',
  'all of them',
  'not 1 of s* or s1',
  's1 and not not s2',
);
const rule = fc.tuple(selection, selection, condition).map(([s1, s2, c]) => ({
  title: 'r',
  logsource: { product: 'p' },
  detection: { s1, s2, condition: c },
}));
const leaf = fc.oneof(text, fc.constantFrom<unknown>(null, true, false, 1, 10, 11, 1.5, 'abka', '-a', '–a'));
const member = fc.oneof({ weight: 5, arbitrary: leaf }, { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) });
const event = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'c.d', 'd', 'd.e', 'other'),
  fc.oneof(
    { weight: 6, arbitrary: member },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('d', 'e', 'e.f'), member) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.dictionary(fc.constantFrom('d', 'e'), fc.oneof(member, fc.dictionary(fc.constantFrom('f'), member))),
      ),
    },
  ),
);

function rulesOf(documents: readonly unknown[]): Rule[] {
  return parseRules(documents.map((document) => JSON.stringify(document)).join('\n---\n'), 'generated').rules;
}

describe('the fast evaluator', () => {
  test('says what the reference says, rule by rule, event after event', () => {
    let met = 0;
    let all = 0;
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 12 }),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (documents, events) => {
          const rules = rulesOf(documents);
          const set = compileRules(rules);
          for (const fields of events) {
            const wanted = rules.flatMap((r, i) => (meets(r.ir, fields) ? [i] : []));
            expect(
              set.match({ fields, logsource: { product: null, categories: [], services: [] } }, { routing: false }),
            ).toEqual(wanted);
            met += wanted.length;
            all += rules.length;
          }
        },
      ),
      runs,
    );
    // Neither always nor never, or the comparison would say nothing.
    expect(met / all).toBeGreaterThan(0.05);
    expect(met / all).toBeLessThan(0.95);
  });

  test('routes to exactly the rules that apply, in any order of events and beyond the number of kept routes', () => {
    const name = fc.constantFrom('p', 'q', 'r');
    const source = fc.record({ product: fc.option(name), category: fc.option(name), service: fc.option(name) });
    const tags = fc.record({
      product: fc.option(name),
      categories: fc.subarray(['p', 'q', 'r', 'S']),
      services: fc.subarray(['p', 'q', 'r']),
    });
    fc.assert(
      fc.property(
        fc.array(source, { minLength: 1, maxLength: 10 }),
        fc.array(tags, { maxLength: 400 }),
        fc.constantFrom('open', 'closed'),
        (sources, events, unknown) => {
          const rules = rulesOf(
            sources.map((logsource) => ({ title: 't', logsource, detection: { s: { a: 'x' }, condition: 's' } })),
          );
          const set = compileRules(rules, { unknownDimension: unknown });
          for (const logsource of events) {
            const wanted = rules.flatMap((r, i) => (applies(r.logsource, logsource, unknown) ? [i] : []));
            expect(set.match({ fields: { a: 'X' }, logsource })).toEqual(wanted);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('explains nothing that is not met, and places lie inside the value', () => {
    fc.assert(
      fc.property(rule, event, (document, fields) => {
        const rules = rulesOf([document]);
        const set = compileRules(rules);
        const [first] = rules;
        const details = set.explain(0, { fields, logsource: { product: null, categories: [], services: [] } });
        if (first === undefined || !meets(first.ir, fields)) expect(details).toEqual([]);
        for (const { value: shown, spans } of details) {
          for (const [start, length] of spans) expect(start + length).toBeLessThanOrEqual(shown.length);
        }
      }),
      runs,
    );
  });
});

test('no text crashes the reader', () => {
  const token = fc.constantFrom(
    'title: x\n',
    'detection:\n',
    '  sel:\n',
    '    a|re: "',
    '(',
    '[',
    '{',
    '*a',
    '&a ',
    ': ',
    '\n',
    '- ',
    '"',
    "'",
    '|\n',
    '  condition: ',
    'sel and ',
    '!!binary ',
    '%',
    '---\n',
    'é',
    '\t',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join('')),
      ),
      (source) => {
        const { problems } = parseRules(source, 'f');
        for (const problem of problems) expect(Math.min(problem.line, problem.column)).toBeGreaterThanOrEqual(1);
      },
    ),
    { numRuns: 1500 },
  );
});

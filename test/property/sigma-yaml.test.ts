import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Lexer } from 'yaml';
import { defaultSigmaLimits } from '../../src/sigma/limits.ts';
import { readAnyYaml } from '../../src/sigma/parse/yaml-any.ts';
import { readPlainYaml } from '../../src/sigma/parse/yaml-plain.ts';
import { createProblems } from '../../src/sigma/problem.ts';
import { createRandom, type Random, repeat } from './sigma-case-random.ts';
import { anyText } from './sigma-case-texts.ts';

/** The quick reader gives what the library gives, node by node, with places, or leaves the text to the library. */
const runs = Number(process.env.SIGMA_RUNS ?? 500);

/** True when the quick reader took the text; then it must say what the library says. */
function takenAlike(text: string): boolean {
  const plain = readPlainYaml(text, defaultSigmaLimits);
  if (plain === null) return false;
  const problems = createProblems('any.yml', defaultSigmaLimits.problems);
  const any = readAnyYaml(text, defaultSigmaLimits, problems);
  expect(problems.all, text).toEqual([]);
  const tokens = Array.from(new Lexer().lex(text)).length - 1;
  expect(readPlainYaml(text, { ...defaultSigmaLimits, tokens }), text).toBeNull();
  // Compared as text: that sees the order of keys as well, and is quicker.
  if (shown(plain) !== shown(any)) expect(shown(plain), text).toBe(shown(any));
  return true;
}

function shown(documents: unknown): string {
  return JSON.stringify(documents, (_, value: unknown) => {
    if (value instanceof Map) return [...value];
    return typeof value === 'bigint' || typeof value === 'number' ? `${typeof value} ${value}` : value;
  });
}

function ruleFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
}

const own = ruleFiles(new URL('../../rules', import.meta.url).pathname);

/** Lines and signs out of which texts are put together, or that are put into them. */
const scraps = [
  ...['a: b\n', 'k:\n', '  k: v\n', '    deep: 1\n', '- x\n', '  - x\n', '  - a: b\n    c: d\n', '    - "q" # c\n'],
  ...['# c\n', '   # c\n', '\n', '   \n', '---\n', '--- \n', '...\n', '%YAML 1.2\n', '  more\n', '        more\n'],
  ...['  t: |\n    one\n\n     two\n', 'f: >\n  a\n  b\n\n\n  c\n   \n', 'x: |-\n  # no comment\n', ' |\n', ' >-\n'],
  ...['|2\n', '>+\n', ' # c', ' #', ' ', '  ', ': ', ' :', ':', '-', '- ', '? ', '#', "'", '"', "''", '\\"', '\\n'],
  ...[
    '\\x41',
    '\\',
    '&a ',
    '*a',
    '!t ',
    '<<: x\n',
    '[',
    '{',
    '}',
    ',',
    '%',
    '@',
    '`',
    '\t',
    '\r\n',
    '\ufeff',
    '\u0000',
  ],
  ...['null', '~', 'true', 'FALSE', 'yes', '0x1f', '0o17', '-0', '+1', '007', '1_0', '1e3', '.5', '5.', '.', '.inf'],
  ...["'k' : v\n", '"k": v\n', 'k:v\n', '1: a\n', 'null: a\n', '__proto__: p\n', '\u2028', 'é', '😀', '\ud800'],
];

function mutated(random: Random, text: string): string {
  let out = text;
  for (let i = 1 + random.int(3); i > 0; i--) {
    const at = random.int(out.length + 1);
    const lines = out.split('\n');
    const line = random.int(lines.length);
    switch (random.int(6)) {
      case 0:
        out = out.slice(0, at) + out.slice(at + random.int(5));
        break;
      case 1:
        out = out.slice(0, at) + (random.chance(0.8) ? random.pick(scraps) : anyText(random)) + out.slice(at);
        break;
      case 2:
        lines.splice(line, 0, random.pick(scraps).replace(/\n$/, ''));
        out = lines.join('\n');
        break;
      case 3:
        lines.splice(line, 1, `${' '.repeat(random.int(7))}${lines[line]?.trim() ?? ''}`);
        out = lines.join('\n');
        break;
      case 4:
        lines.splice(line, 1, `${lines[line] ?? ''}${random.pick(scraps).replace(/\n$/, '')}`);
        out = lines.join('\n');
        break;
      default:
        lines.splice(line, random.int(2), random.pick(lines));
        out = lines.join('\n');
    }
  }
  return out;
}

function fuzz(make: (random: Random) => string): number {
  let taken = 0;
  for (let seed = 1; seed <= runs; seed++) if (takenAlike(make(createRandom(seed)))) taken++;
  return taken;
}

describe('the quick reader of plain YAML', { timeout: 120_000 }, () => {
  test.each([
    ['a map', 'a: b\n'],
    ['without a line feed at the end', 'a: b'],
    ['comments and empty lines everywhere', '# c\n\na: # c\n  # c\n\n # c\n  b: c # c\n#c\n'],
    ['several documents', '# c\n---\na: b\n# c\n---\n\n# c\nc: d\n'],
    ['a list in, and not further in than, its key', 'a:\n- b\n- c\nd:\n    - e\n'],
    ['maps in a list', 'a:\n  -   b: c\n      d: e\n  - f:\n      - g\n'],
    ['a list of maps as document', '- a: b\n- a: c\n'],
    ['quotes', `'a': "b" # c\n"c" : 'it''s'\nd: "\\"\\\\ \\n\\t"\ne: ''\nf: ""\n`],
    ['signs inside of texts', 'a: b:c #d#e f"g\'h [i] {j}, -k ?l &m *n !o\nb c: -enc\nd-e: ---\n'],
    ['block texts', 'a: |\n   b\n\n     c\n  \n\nd: >-\n  e\n  f\n\n\n  g \nh:\n  - |-\n    i\n  - >\n    j'],
    ['all kinds of scalars', scalarLines()],
  ])('takes %s', (_, text) => {
    expect(takenAlike(text)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['comments alone', '# c\n'],
    ['flow collections', 'a: [b]\n'],
    ['an anchor', 'a: &b c\n'],
    ['an empty value', 'a:\nb: c\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['a key twice', 'a: b\na: c\n'],
    ['a tab', 'a: b\tc\n'],
    ['folded lines further in', 'a: >\n  b\n    c\n'],
    ['what is no comment', 'a: "b"# c\n'],
    ['blanks beyond the margin of a block text', 'a: |\n  b\n     \n  c\n'],
    ['a comment between the margins of a block text', 'a:\n  b: |\n      c\n    # d\n'],
    ['wrong indentation', 'a:\n    b: c\n  d: e\n'],
    ['more nodes than may be', `a:\n${'- b\n'.repeat(defaultSigmaLimits.nodes)}`],
    [
      'deeper than may be',
      repeat(defaultSigmaLimits.depth + 1, (i) => `${' '.repeat(i)}a:${i < 24 ? '' : ' b'}\n`).join(''),
    ],
  ])('leaves %s to the library', (_, text) => {
    expect(readPlainYaml(text, defaultSigmaLimits)).toBeNull();
  });

  test('our own rules, mutated', () => {
    expect(own.filter(takenAlike).length).toBeGreaterThan(own.length / 4);
    expect(fuzz((random) => mutated(random, random.pick(own)))).toBeGreaterThan(runs / 20);
  });

  test('heaps of scraps', () => {
    expect(fuzz((random) => repeat(1 + random.int(8), () => random.pick(scraps)).join(''))).toBeGreaterThan(0);
  });
});

function scalarLines(): string {
  const scalars =
    'null Null nULL true True TRUE tRue false no 0 -0 +7 007 0o17 0o8 0x1F -0x1 1.0 1. .5 -.5 1e3 1.e-3 +.inf -.INF .nan .NaN . - -1- 1_000 2026-01-01 99999999999999999999';
  return scalars
    .split(' ')
    .map((scalar, i) => `k${i}: ${scalar === '-' ? '-x' : scalar}\n`)
    .join('');
}

const corpus = new URL('../../../shared/corpora/sigmahq', import.meta.url).pathname;
const here = existsSync(corpus);
if (!here) console.warn(`skipped: ${corpus} is not on this machine`);

test.skipIf(!here)('rules of SigmaHQ, as they are and mutated', { timeout: 120_000 }, () => {
  const files = ruleFiles(corpus);
  expect(files.filter(takenAlike).length).toBeGreaterThan(files.length * 0.99);
  expect(fuzz((random) => mutated(random, random.pick(files)))).toBeGreaterThan(runs / 5);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  compileRules,
  createCorrelationStream,
  linkRules,
  meets,
  parseRules,
  problemCodes,
  renderProblem,
} from '../../src/sigma/index.ts';
import { createRandom, type Random, repeat } from './sigma-case-random.ts';
import { anyRegex } from './sigma-case-regex.ts';
import { casePlaceholders, ruleText } from './sigma-case-rules.ts';
import { anyText } from './sigma-case-texts.ts';
import { eventFor } from './sigma-cases.ts';
import { correlationBatch } from './sigma-correlation-cases.ts';

/** Wrong in ways nobody thought of: no throw, places that exist, and what is taken means the same to both engines. */
const runs = Number(process.env.SIGMA_RUNS ?? 500);

const scraps = [
  'title: x\n',
  'detection:\n',
  '  sel:\n',
  '    a|re: "',
  '    a|all|contains|windash|expand:\n',
  'condition: ',
  '  condition: 1 of them and not (sel | count() > 3)\n',
  'correlation:\n  type: event_count\n  rules: [r1]\n  timespan: 5m\n  condition: { gte: 3 }\n',
  'correlation: {type: temporal_ordered, rules: r1, group-by: [a, a], timespan: 999999999999999d, aliases: {x: {r1: y}}}\n',
  'correlation: {type: value_percentile, condition: {gte: .inf, field: [a, b], percentile: 101}}\n',
  'filter:\n  rules: any\n  selection: { a: b }\n  condition: not selection\n',
  'action: global\n',
  'action: repeat\n',
  'name: r1\n',
  '- ',
  '? ',
  ': ',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '!!set {a, b}\n',
  '!<tag:yaml.org,2002:timestamp> 2026-01-01\n',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '|-\n',
  '>+2\n',
  '{',
  '[',
  ']',
  '}',
  '"',
  "'",
  '#',
  '\t',
  '\r',
  '\u0000',
  '\ufeff',
  '\ud800',
  '\u2028',
  '😀',
  '~',
  '.nan',
  '-.inf',
  '1e999',
  '0b1',
  '99999999999999999999999999999999999999',
  'null',
  '__proto__: x\n',
  '\\',
  '(?=',
  '\\Q',
  '{1000}',
  '[[:foo:]]',
];

/** One to eight rough edits. */
function mutated(random: Random, text: string): string {
  let out = text;
  for (let i = 1 + random.int(8); i > 0; i--) {
    const at = random.int(out.length + 1);
    const to = Math.min(out.length, at + random.int(12));
    const lines = out.split('\n');
    switch (random.int(7)) {
      case 0:
        out = out.slice(0, at) + out.slice(to);
        break;
      case 1:
        out = out.slice(0, at) + random.pick(scraps) + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at) + random.pick(scraps) + out.slice(to);
        break;
      case 3:
        lines.splice(random.int(lines.length), 1);
        out = lines.join('\n');
        break;
      case 4:
        lines.splice(random.int(lines.length + 1), 0, random.pick(lines));
        out = lines.join('\n');
        break;
      case 5:
        lines.splice(random.int(lines.length), 1, `${' '.repeat(random.int(6))}${random.pick(lines).trim()}`);
        out = lines.join('\n');
        break;
      default:
        out = out.slice(0, at) + anyText(random) + out.slice(to);
    }
  }
  return out;
}

/** What must hold of any text whatever. Gives the number of rules that were taken. */
function held(random: Random, text: string): number {
  const { rules, problems, documents } = parseRules(text, 'fuzz.yml', { placeholders: casePlaceholders });
  const lines = text.split('\n').length;
  expect(problems.length).toBeLessThanOrEqual(100);
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.line).toBeLessThanOrEqual(lines + 1);
    expect(problem.column).toBeGreaterThanOrEqual(1);
    expect(problemCodes[problem.code].severity).toBe(problem.severity);
    expect(problem.advice).not.toBe('');
    expect(renderProblem(problem, text).startsWith(`fuzz.yml:${problem.line}:${problem.column}: `)).toBe(true);
  }
  for (const document of documents) {
    const refused = document.problems.some(({ severity }) => severity === 'refused');
    if (document.outcome === 'refused') expect([document.rule, refused]).toEqual([null, true]);
  }
  const linked = linkRules(documents);
  for (const document of linked.documents) {
    const refused = document.problems.some(({ severity }) => severity === 'refused');
    expect(document.outcome === 'refused').toBe(refused);
  }
  const stream = createCorrelationStream(linked.correlations, { onBegin: () => undefined });
  for (const { id } of linked.rules) {
    const handle = stream.handleOf(id);
    if (handle >= 0) stream.push(handle, { user: 'u', a: 'x', v: 1 }, 0, '1');
  }
  stream.flush();
  const set = compileRules(rules);
  const { fields } = eventFor(random, rules);
  const event = { fields, logsource: { product: null, categories: [], services: [] } };
  expect(set.match(event, { routing: false })).toEqual(rules.flatMap((rule, i) => (meets(rule.ir, fields) ? [i] : [])));
  for (const index of set.match(event, { routing: false })) set.explain(index, event);
  return rules.length;
}

/** Runs with the seed in the message of what fails. */
function fuzz(seeds: number, make: (random: Random, seed: number) => string): number {
  let taken = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = createRandom(seed);
    const text = make(random, seed);
    try {
      taken += held(random, text);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n${text}`, {
        cause: error,
      });
    }
  }
  return taken;
}

describe('the readers of rules', { timeout: 120_000 }, () => {
  test('take or refuse mutated rules', () => {
    const taken = fuzz(runs, (random, seed) =>
      mutated(
        random,
        random.chance(0.3)
          ? correlationBatch(seed, { correlations: 2, events: 0 }).text
          : repeat(1 + random.int(3), (i) => ruleText(random, seed * 10 + i)).join('---\n'),
      ),
    );
    expect(taken).toBeGreaterThan(runs / 10);
  });

  test('take or refuse heaps of scraps', () => {
    fuzz(runs, (random) => repeat(random.int(40), () => random.pick(scraps)).join(''));
  });

  test('take or refuse conditions of any words', () => {
    const words =
      'sel sel_2 _x and or not AND Not 1 of all any them * sel* *_2 ( ) | count() 2 - & ! near > , and( )or '.split(
        ' ',
      );
    const taken = fuzz(runs, (random) => {
      const condition = repeat(1 + random.int(12), () => random.pick(words)).join(random.pick([' ', '  ', '']));
      return `title: x\nlogsource: { product: x }\ndetection:\n  sel: { a: x }\n  sel_2: [b]\n  _x: { c|neq: d }\n  condition: ${JSON.stringify(condition)}\n`;
    });
    expect(taken).toBeGreaterThan(0);
  });

  test('take or refuse expressions of any signs', () => {
    const signs = [
      ...'()[]{}|*+?^$.\\-ab10,:=!<>P',
      '(?i)',
      '(?P<n>',
      '\\p{L}',
      '\\Q',
      '\\E',
      '{1000}',
      '{2,}',
      '[^',
      '[:alpha:]',
      'đ',
      '😀',
      '\ud800',
    ];
    const taken = fuzz(runs, (random) => {
      const source = random.chance(0.5)
        ? repeat(1 + random.int(14), () => random.pick(signs)).join('')
        : mutatedRegex(random, signs);
      return `title: x\nlogsource: { product: x }\ndetection:\n  sel: { a|re: ${JSON.stringify(source)} }\n  condition: sel\n`;
    });
    expect(taken).toBeGreaterThan(runs / 20);
  });
});

function mutatedRegex(random: Random, signs: readonly string[]): string {
  const source = anyRegex(random);
  const at = random.int(source.length + 1);
  return source.slice(0, at) + random.pick(signs) + source.slice(at + random.int(3));
}

const corpus = new URL('../../../shared/corpora/sigmahq', import.meta.url).pathname;
const here = existsSync(corpus);
if (!here) console.warn(`skipped: ${corpus} is not on this machine`);

test.skipIf(!here)('rules of SigmaHQ, mutated', { timeout: 120_000 }, () => {
  const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .toSorted();
  const taken = fuzz(runs, (random) => mutated(random, readFileSync(join(corpus, random.pick(files)), 'utf8')));
  expect(taken).toBeGreaterThan(runs / 10);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineMatcher, type LineMatcher } from '../../src/cli/detect-lines.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import type { Mappings } from '../../src/normalise/index.ts';
import { parseMapping } from '../../src/normalise/parse-mapping.ts';
import { recordParserIds } from '../../src/parse/index.ts';
import { compileRules, type EngineRule, parseRules, type RuleSet } from '../../src/sigma/index.ts';
import { jsonLine } from './json-lines.ts';
import { nestedLine } from './nested-lines.ts';

const numRuns = Number(process.env.SIGMA_RUNS ?? 400) * 10;

const rule = (logsource: string, detection: string) => `logsource: ${logsource}\ndetection: ${detection}\ntitle: t\n`;
const rules = [
  rule('{product: windows}', '{s: {a: "*"}, condition: s}'),
  rule('{product: windows, category: process_creation}', '{s: {a: "*"}, condition: not s}'),
  rule('{product: windows, service: sysmon}', '{s: {EventID|exists: true}, condition: s}'),
  rule('{product: windows, service: security}', '{s: {EventID: 4688}, condition: s}'),
  rule('{product: linux}', '{s: {b|exists: true}, condition: s}'),
  rule('{category: "1"}', '{s: {product|exists: true}, condition: s}'),
  rule('{product: windows}', '{s: [é, k], condition: s}'),
  rule('{product: windows}', '{s: {Image|exists: true}, condition: s}'),
];

/** Each way a value can matter, for one field. */
const tests = (field: string): readonly string[] => [
  `{s: {${field}|exists: true}, condition: s}`,
  `{s: {${field}|exists: false}, condition: s}`,
  `{s: {${field}: null}, condition: s}`,
  `{s: {${field}: "*"}, condition: s}`,
  `{s: {${field}: x}, condition: not s}`,
  `{s: {${field}: [x, 1, "true"]}, condition: s}`,
  `{s: {${field}|contains: y}, condition: s}`,
  `{s: {${field}|contains|all: [x, y]}, condition: s}`,
  `{s: {${field}|cased|startswith: X}, condition: s}`,
  `{s: {${field}|re: "^[0-9.]+$"}, condition: s}`,
  `{s: {${field}|gt: 0}, condition: s}`,
  `{s: {${field}|fieldref: a.b}, condition: s}`,
  `{s: {${field}: ""}, condition: s}`,
];
const fields = ['a', 'b', 'a.b', 'b.a', 'a.b.c', 'a.a.a', 'c', 'd', 'm.n', 'category', 'service', 'é', '__proto__'];
/** Products by the shipped mappings, of the line's own saying, and by the mapping below. */
const products = ['aws', 'kubernetes', 'azure', 'windows', 'linux', 'bitbucket', 'm365', 'test'];
const nestedRules = [
  ...products.map((product) => rule(`{product: ${product}}`, '{s: {a: "*"}, condition: not s}')),
  ...['service', 'category'].map((dimension) => rule(`{${dimension}: x}`, '{s: {a: "*"}, condition: not s}')),
  ...['aws', 'test'].flatMap((product) =>
    fields.flatMap((field) => tests(field).map((detection) => rule(`{product: ${product}}`, detection))),
  ),
];
/** They make the engine look at values of names that no rule has. */
const keywordRules = [
  '{s: [x], condition: s}',
  '{s: ["1", "9007199254740993"], condition: not s}',
  '{s: [é, "true"], condition: s}',
].flatMap((detection) => ['aws', 'test'].map((product) => rule(`{product: ${product}}`, detection)));

/** Of a user: one that needs a nested name, tells by a nested value and by what is there, and adds a field. */
const own = `
mapping: own
about: x
parsers: [json]
needs: [[m.n], [m, kind]]
rules:
  - product: test
  - { when: { field:m.kind: linux }, categories: x }
  - { when: { has:a.b: 'true' }, services: x }
  - { when: { has:c: 'true', field:kind: x }, copy: { d: c } }
`;

/** One that says what a record is by a field of its own. */
const telling = `
mapping: telling
about: x
parsers: [json]
needs: [[n, told]]
identity: { channel: [told] }
rules:
  - { when: { channel: x }, product: test }
`;

async function mappingsWithOwn(): Promise<Mappings> {
  const { all } = await loadMappings();
  const more = [own, telling].map((text) => parseMapping(text, 'own.yml', recordParserIds));
  expect(more.flatMap(({ problems }) => problems)).toEqual([]);
  return { version: 'own', all: [...all, ...more.flatMap(({ mapping }) => mapping ?? [])] };
}

interface Ways {
  readonly numRuns: number;
  readonly set: RuleSet<EngineRule>;
  readonly line: fc.Arbitrary<Uint8Array>;
  readonly routing: boolean;
  readonly mappings: Mappings;
}

/** Holds both ways together over generated lines; how many of them went as bytes, and what they met. */
function compare({ numRuns, set, line, routing, mappings }: Ways): { bytes: number; hits: number } {
  const reader = createLineReader(mappings);
  let bytes = 0;
  const counting: RuleSet<EngineRule> = {
    ...set,
    matchLine(...args) {
      const met = set.matchLine(...args);
      if (met !== null) bytes++;
      return met;
    },
  };
  const quick = createLineMatcher({ set: counting, reader, routing });
  const slow = createLineMatcher({ set, reader, routing, byBytes: false });
  const said = (matcher: LineMatcher, text: Buffer) => {
    const met = matcher.match(text, 0, text.length);
    return met === null ? null : [matcher.reason, ...met];
  };
  let hits = 0;
  fc.assert(
    fc.property(line, (generated) => {
      const text = Buffer.from(generated);
      const met = said(quick, text);
      expect(met).toEqual(said(slow, text));
      hits += (met?.length ?? 1) - 1;
    }),
    { numRuns },
  );
  return { bytes, hits };
}

const setOf = (texts: readonly string[]) => compileRules(parseRules(texts.join('---\n'), 'r.yml').rules);

describe.each([true, false])('a line meets the same rules both ways it can be read; routing %s', (routing) => {
  test('lines of every kind', async () => {
    const { hits } = compare({ numRuns, set: setOf(rules), routing, line: jsonLine, mappings: await loadMappings() });
    expect(hits).toBeGreaterThan(numRuns / 100);
  });

  test.each([
    ['shipped mappings', loadMappings, nestedRules],
    ['shipped mappings, keywords', loadMappings, [...nestedRules, ...keywordRules]],
    ['a mapping of nested names', mappingsWithOwn, nestedRules],
    ['a mapping of nested names, keywords', mappingsWithOwn, [...nestedRules, ...keywordRules]],
  ])('nested lines, %s', async (_, mappings, texts) => {
    const set = setOf(texts);
    expect(set.rules).toHaveLength(texts.length);
    const line = nestedLine.map((text) => Buffer.from(text));
    const nestedRuns = Math.ceil(numRuns / 4);
    const { bytes, hits } = compare({ numRuns: nestedRuns, set, line, routing, mappings: await mappings() });
    expect(bytes).toBeGreaterThan(nestedRuns / 3);
    expect(hits).toBeGreaterThan(nestedRuns / 3);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatten } from '../../src/parse/flatten.ts';
import { parseJsonObject } from '../../src/parse/json.ts';
import { parseLimits } from '../../src/parse/limits.ts';
import { compileRules, type EventLogsource, parseRules, type RuleSet } from '../../src/sigma/index.ts';
import { jsonLine } from './json-lines.ts';
import { nestedLine } from './nested-lines.ts';
import { caseBatch } from './sigma-cases.ts';
import { reference } from './sigma-contenders.ts';

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 400) * 5 };
const nowhere: EventLogsource = { product: null, categories: [], services: [] };
const unrouted = { routing: false };

/** Line after line in one piece of memory, as a file is read. */
function matchLines(set: RuleSet, lines: readonly Uint8Array[]): (readonly number[] | null)[] {
  const whole = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  let at = 0;
  return lines.map((line) => {
    const from = at;
    at += line.length + 1;
    return set.matchLine(whole, from, from + line.length, unrouted);
  });
}

function ruleOf(number: number, detection: string): string {
  return [
    `title: rule ${number}`,
    `id: 00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    'logsource:',
    '  product: windows',
    `detection: ${detection}`,
  ].join('\n');
}

/** One rule for each way a value can matter; values as json-lines.ts makes them. */
const detections: readonly string[] = [
  '{s: {a: x}, condition: s}',
  '{s: {a|contains: powershell}, condition: s}',
  '{s: {a|startswith: "C:\\\\Win"}, condition: s}',
  '{s: {a|endswith: "32\\\\"}, condition: s}',
  '{s: {CommandLine|contains: [" -enc", "po", "-"]}, condition: s}',
  '{s: {CommandLine|contains|all: [k, o]}, condition: s}',
  '{s: {CommandLine|re: "k.*o"}, condition: s}',
  '{s: {CommandLine|cased|contains: K}, condition: s}',
  '{s: {CommandLine|contains: "ộ"}, condition: s}',
  '{s: {CommandLine|contains: "\\n"}, condition: s}',
  '{s: {CommandLine: "*p?w*"}, condition: s}',
  '{s: {EventID: 42}, condition: s}',
  '{s: {EventID: [0, 1, 1000, "-1", "1e+21", "9007199254740993"]}, condition: s}',
  '{s: {EventID|gt: 5}, condition: s}',
  '{s: {b: null}, condition: s}',
  '{s: {b|exists: true}, condition: s}',
  '{s: {b: "*"}, condition: s}',
  '{s: {b: true}, condition: s}',
  '{s: {a.b|exists: true}, condition: s}',
  '{s: {a.b: "*"}, condition: s}',
  '{s: {a.b.c|contains: a}, condition: s}',
  '{s: {b.c: [1, true]}, condition: s}',
  '{s: {a|fieldref: b}, condition: s}',
  '{s: {__proto__|exists: true}, condition: s}',
  '{s: ["powershell", "é"], condition: s}',
  '{s: ["4", "true"], condition: s}',
  '{s: {"|all": ["w", "k"]}, condition: s}',
  '{s: {a: x}, t: {b: "*"}, condition: not s and t}',
];

describe('matchLine', () => {
  test('says what the reference says, for generated rules and events', async () => {
    let lines = 0;
    let read = 0;
    for (let seed = 1001; seed <= 1025; seed++) {
      const batch = caseBatch(seed, { rules: 20, events: 40 });
      const wanted = await reference.verdicts(batch);
      const set = compileRules(batch.rules);
      const said = matchLines(
        set,
        batch.events.map(({ line }) => Buffer.from(line)),
      );
      for (const [i, met] of said.entries()) {
        lines++;
        if (met === null) continue;
        read++;
        expect(met, `seed ${seed}: ${batch.events[i]?.line}`).toEqual(wanted[i]);
      }
    }
    expect(read / lines).toBeGreaterThan(0.8);
  }, 60_000);

  test('says what match says of the object in the line, or nothing, for hostile lines', () => {
    const set = compileRules(detections.flatMap((detection, i) => parseRules(ruleOf(i, detection), 'r.yml').rules));
    expect(set.rules).toHaveLength(detections.length);
    let read = 0;
    const met = new Set<number>();
    fc.assert(
      fc.property(fc.array(jsonLine, { minLength: 1, maxLength: 4 }), (lines) => {
        for (const [i, said] of matchLines(set, lines).entries()) {
          if (said === null) continue;
          read++;
          const fields = parseJsonObject(Buffer.from(lines[i] ?? []).toString('utf8'), 64).object;
          expect(fields).not.toBeNull();
          expect(said).toEqual(set.match({ fields: fields ?? {}, logsource: nowhere }, unrouted));
          for (const rule of said) met.add(rule);
        }
      }),
      runs,
    );
    expect(read).toBeGreaterThan(runs.numRuns / 2);
    // Most rules were met by some line, or comparing says little.
    expect(met.size).toBeGreaterThan(detections.length / 2);
  });

  test('says what match says of the flat form of the object in the line, where that is asked for', () => {
    const set = compileRules(detections.flatMap((detection, i) => parseRules(ruleOf(i, detection), 'r.yml').rules));
    let read = 0;
    let differ = 0;
    const line = fc.oneof(nestedLine, jsonLine);
    fc.assert(
      fc.property(line, (generated) => {
        const bytes = Buffer.from(generated);
        const said = set.matchLine(bytes, 0, bytes.length, { ...unrouted, flattened: true });
        const object = said === null ? null : parseJsonObject(bytes.toString('utf8'), parseLimits.depthMax).object;
        // Bounds of the flat form are not the engine's.
        const fields = object === null ? null : flatten(object, parseLimits).fields;
        if (fields === null) return;
        read++;
        expect(said).toEqual(set.match({ fields, logsource: nowhere }, unrouted));
        if (said?.join() !== set.matchLine(bytes, 0, bytes.length, unrouted)?.join()) differ++;
      }),
      runs,
    );
    expect(read).toBeGreaterThan(runs.numRuns / 3);
    expect(differ).toBeGreaterThan(runs.numRuns / 100);
  });

  const logsource = (rule: string, product: string, more = '') =>
    `title: ${rule}\nlogsource:\n  product: ${product}\n${more}detection: {s: {a: x}, condition: s}\n`;
  const routed: readonly (readonly [string, readonly string[]])[] = [
    ['{"a":"x"}', []],
    ['{"a":"x","product":"windows"}', ['any windows']],
    ['{"product":"windows","category":"process_creation","a":"x"}', ['any windows', 'process']],
    ['{"product":"windows","category":"process_creation","a":"x"}', ['any windows', 'process']],
    ['{"product":"linux","a":"x"}', ['linux']],
    ['{"product":"linux","category":7,"a":"x"}', ['linux']],
    ['{"product":null,"a":"x"}', []],
    ['{"product":"win\\u0064ows","a":"x"}', ['any windows']],
    ['{"product":"windows","a":"y"}', []],
  ];
  test('routes a line by what it states of itself, line by line', () => {
    const text = [
      logsource('any windows', 'windows'),
      logsource('process', 'windows', '  category: process_creation\n'),
      logsource('linux', 'linux'),
    ].join('---\n');
    const set = compileRules(parseRules(text, 'r.yml').rules);
    for (let round = 0; round < 2; round++) {
      for (const [line, titles] of routed) {
        const bytes = Buffer.from(line);
        const met = set.matchLine(bytes, 0, bytes.length);
        expect(met?.map((index) => set.rules[index]?.title)).toEqual(titles);
      }
    }
  });

  test('takes tags from its caller, who may also leave the line to another reader', () => {
    const set = compileRules(parseRules(logsource('linux', 'linux'), 'r.yml').rules);
    const bytes = Buffer.from('{"product":"windows","a":"x"}');
    const linux: EventLogsource = { product: 'linux', categories: [], services: [] };
    expect(set.matchLine(bytes, 0, bytes.length)).toEqual([]);
    expect(set.matchLine(bytes, 0, bytes.length, { logsource: () => linux })).toEqual([0]);
    expect(set.matchLine(bytes, 0, bytes.length, { logsource: () => null })).toBeNull();
    expect(set.matchLine(bytes, 0, bytes.length, { logsource: () => null, routing: false })).toBeNull();
  });

  test('reads the tags of each line anew from a buffer that is filled again', () => {
    const set = compileRules(parseRules(logsource('linux', 'linux'), 'r.yml').rules);
    const bytes = Buffer.alloc(64);
    const said = ['cisco', 'linux', 'cisco'].map((product) => {
      const length = bytes.write(`{"product":"${product}","a":"x"}`);
      return set.matchLine(bytes, 0, length);
    });
    expect(said).toEqual([[], [0], []]);
  });

  test('a value that comes again and again means the same each time, beside others of its hash place', () => {
    const rules = parseRules(
      `title: t\nlogsource: {product: windows}\ndetection: {s: {Image|endswith: '7.exe'}, condition: s}\n`,
      'r.yml',
    ).rules;
    const set = compileRules(rules);
    const lines = Array.from({ length: 30_000 }, (_, i) => {
      const number = i % 3 === 0 ? i : i % 97;
      return { bytes: Buffer.from(`{"Image":"C:\\\\dir\\\\${number}.exe","n":${i}}`), meets: number % 10 === 7 };
    });
    const said = matchLines(
      set,
      lines.map(({ bytes }) => bytes),
    );
    expect(said.map((met) => met?.length === 1)).toEqual(lines.map(({ meets }) => meets));
  });
});

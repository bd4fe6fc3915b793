import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonObject } from '../../src/parse/json.ts';
import { LineTokens, token } from '../../src/sigma/match/bytes/line-tokens.ts';
import { tokenText } from '../../src/sigma/match/bytes/token-text.ts';
import { jsonLine } from './json-lines.ts';

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 400) * 10 };

/** Name and text of each value, and what objects and lists there are, as a key's value or not; in the order of the text. */
type Told = readonly (readonly [string, string])[];

const shown: ReadonlyMap<number | undefined, string> = new Map([
  [token.null, 'null'],
  [token.object, '{…}'],
  [token.list, '[…]'],
  [token.emptyObject, '{}'],
  [token.emptyList, '[]'],
]);

function toldByTokens(line: LineTokens): Told {
  return Array.from({ length: line.count }, (_, i) => {
    const kind = line.kinds[i];
    const text = tokenText(line, i);
    return [line.nameOf(i), text === null ? (shown.get(kind) ?? '?') : `=${text}`];
  });
}

function toldByObject(value: unknown, name: string, into: [string, string][], at: 'root' | 'key' | 'list'): Told {
  if (value === null) into.push([name, 'null']);
  else if (Array.isArray(value)) {
    into.push([name, at === 'key' && value.length === 0 ? '[]' : '[…]']);
    for (const member of value) toldByObject(member, name, into, 'list');
  } else if (typeof value === 'object') {
    const keys = Object.keys(value);
    if (at !== 'root') into.push([name, at === 'key' && keys.length === 0 ? '{}' : '{…}']);
    const prefix = at === 'root' ? '' : `${name}.`;
    for (const key of keys) toldByObject((value as Record<string, unknown>)[key], prefix + key, into, 'key');
  } else into.push([name, `=${String(value)}`]);
  return into;
}

/** Keys that are numbers come first in an object, whatever their place in the text. */
const sorted = (told: Told) => told.map((pair) => JSON.stringify(pair)).toSorted();

/** What live ingest makes of the line; null when it is no JSON object. */
function asIngested(bytes: Uint8Array): Record<string, unknown> | null {
  return parseJsonObject(Buffer.from(bytes).toString('utf8'), 64).object;
}

/** The line amid others, since its reader may look beyond its ends. */
function amid(bytes: Uint8Array, before: string, after: string): [Uint8Array, number, number] {
  const whole = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
  return [whole, before.length, before.length + bytes.length];
}

describe('the tokens of a line', () => {
  test('say what JSON.parse says, or that they do not know', () => {
    const line = new LineTokens();
    let read = 0;
    fc.assert(
      fc.property(jsonLine, fc.constantFrom('', '\n', 'abc"}', '}\n{"a":1}'), (bytes, after) => {
        if (!line.read(...amid(bytes, '{"a":"', after))) return;
        read++;
        const object = asIngested(bytes);
        expect(object).not.toBeNull();
        expect(sorted(toldByTokens(line))).toEqual(sorted(toldByObject(object, '', [], 'root')));
      }),
      runs,
    );
    expect(read).toBeGreaterThan(runs.numRuns / 5);
  });

  const known: readonly (readonly [string, Told])[] = [
    ['{}', []],
    [' { } ', []],
    [
      '{"a":"x","b":1}',
      [
        ['a', '=x'],
        ['b', '=1'],
      ],
    ],
    [
      '{"a" : "x" , "b" : [ ] }',
      [
        ['a', '=x'],
        ['b', '[]'],
      ],
    ],
    ['{"a":"C:\\\\Windows\\\\System32\\\\cmd.exe"}', [['a', '=C:\\Windows\\System32\\cmd.exe']]],
    ['{"a":"\\u0041\\ud83d\\ude00"}', [['a', '=A😀']]],
    ['{"a":"Ngân hàng"}', [['a', '=Ngân hàng']]],
    [
      '{"a":1.0,"b":1e3,"c":-0,"d":-0.0}',
      [
        ['a', '=1'],
        ['b', '=1000'],
        ['c', '=0'],
        ['d', '=0'],
      ],
    ],
    ['{"a":9007199254740993}', [['a', '=9007199254740993']]],
    ['{"a":123456789012345678901}', [['a', '=123456789012345678901']]],
    [
      '{"a":1e21,"b":1e400}',
      [
        ['a', '=1e+21'],
        ['b', '=1e400'],
      ],
    ],
    [
      '{"a":true,"b":false,"c":null}',
      [
        ['a', '=true'],
        ['b', '=false'],
        ['c', 'null'],
      ],
    ],
    [
      '{"a":{"b":{"c":1}}}',
      [
        ['a', '{…}'],
        ['a.b', '{…}'],
        ['a.b.c', '=1'],
      ],
    ],
    [
      '{"a":{},"b":[[1],2,{"c":3}]}',
      [
        ['a', '{}'],
        ['b', '[…]'],
        ['b', '[…]'],
        ['b', '=1'],
        ['b', '=2'],
        ['b', '{…}'],
        ['b.c', '=3'],
      ],
    ],
    [
      '{"a":[[],{},1],"b":[{"c":[],"d":{}}]}',
      [
        ['a', '[…]'],
        ['a', '[…]'],
        ['a', '{…}'],
        ['a', '=1'],
        ['b', '[…]'],
        ['b', '{…}'],
        ['b.c', '[]'],
        ['b.d', '{}'],
      ],
    ],
    [
      '{"a.b":1,"c":2}',
      [
        ['a.b', '=1'],
        ['c', '=2'],
      ],
    ],
    [
      '{"a":"x","__proto__":"y"}',
      [
        ['a', '=x'],
        ['__proto__', '=y'],
      ],
    ],
    ['{"\\u0061":"x"}', [['a', '=x']]],
  ];
  test.each(known)('%s', (text, told) => {
    const line = new LineTokens();
    // Twice: what is read the first time is foretold the second time.
    for (let i = 0; i < 2; i++) {
      expect(line.read(...amid(Buffer.from(text), '', i === 0 ? '' : '\n{"a":"x"}'))).toBe(true);
      expect(toldByTokens(line)).toEqual(told);
    }
  });

  const unknown: readonly string[] = [
    '',
    '[]',
    '"a"',
    '{"a":1',
    '{"a":"x}',
    '{"a":1}}',
    '{"a":1} x',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{a:1}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":-}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":tru}',
    '{"a":nulll}',
    '{"a":"\u0001"}',
    '{"a":"\t"}',
    '{"a":"\\x41"}',
    '{"a":"\\u12g4"}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a.b":1,"a":{"b":2}}',
    '{"":1}',
    `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
    `${'{"a":'}${'['.repeat(40)}${']'.repeat(40)}}`,
    `{"a":[${'1,'.repeat(5000)}1]}`,
    `{${Array.from({ length: 400 }, (_, i) => `"k${i}":1`).join(',')}}`,
    `{"${'k'.repeat(300)}":1}`,
  ];
  test.each(unknown.map((text) => [text.slice(0, 40), text]))('leave %s to another reader', (_, text) => {
    const line = new LineTokens();
    for (let i = 0; i < 2; i++) expect(line.read(...amid(Buffer.from(text), '', i === 0 ? '' : '\n'))).toBe(false);
  });

  test('stay bounded under ever new names, and are right after they begin anew', () => {
    const line = new LineTokens();
    let epochs = 0;
    for (let i = 0; i < 40_000; i++) {
      const { epoch } = line.tree;
      expect(line.read(...amid(Buffer.from(`{"k${i}":"v","a":"x"}`), '', '\n'))).toBe(true);
      if (line.tree.epoch !== epoch) epochs++;
      if (i % 997 === 0)
        expect(toldByTokens(line)).toEqual([
          [`k${i}`, '=v'],
          ['a', '=x'],
        ]);
    }
    expect(epochs).toBeGreaterThan(2);
    expect(line.tree.names.length).toBeLessThan(20_000);
  });
});

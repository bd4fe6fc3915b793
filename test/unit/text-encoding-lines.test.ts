import { describe, expect, it } from 'vitest';
import { createLineMatcher } from '../../src/cli/detect-lines.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';
import { mappings, readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);
const misread = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('');

describe('a line’s text', () => {
  it('is repaired before it is read, and says so', () => {
    const event = readLine(`{"user":"${misread('Nguyễn Thị Hạnh')}"}`, 'auto', received);
    expect(event.fields).toEqual({ user: 'Nguyễn Thị Hạnh', 'vonggac.text_flags': ['repaired-utf8'] });
  });
  it('is flagged as it is, also where an escape spells it', () => {
    for (const text of ['p\u0430ypal\u200b', 'p\\u0430ypal\\u200b']) {
      const { fields } = readLine(`{"host":"${text}"}`, 'auto', received);
      expect(fields).toEqual({ host: 'p\u0430ypal\u200b', 'vonggac.text_flags': ['homoglyph', 'zero-width'] });
    }
  });
  it('is flagged when nothing understands the line', () => {
    const { parser, fields } = readLine('anh\u202egpj.exe', 'auto', received);
    expect([parser, fields['vonggac.text_flags']]).toEqual(['raw', ['bidi']]);
  });
  it('gets no field when there is nothing to say', () => {
    expect(readLine('{"user":"Nguyễn Thị Hạnh"}', 'auto', received).fields).toEqual({ user: 'Nguyễn Thị Hạnh' });
  });
});

describe('rules see it, whichever way the line is read', () => {
  const rule = (detection: string): string =>
    `title: t\nlogsource: {product: x}\ndetection: {s: ${detection}, condition: s}\n`;
  const { rules } = parseRules(
    [
      rule('{vonggac.text_flags: homoglyph}'),
      rule('{vonggac.text_flags: repaired-utf8}'),
      rule('{vonggac.text_encoding: tcvn3}'),
      rule('{user: "Nguyễn Thị Hạnh"}'),
    ].join('---\n'),
    'r.yml',
  );
  const set = compileRules(rules);
  const reader = createLineReader(mappings);
  const line = (user: string): Buffer => Buffer.from(`{"product":"x","user":"${user}"}`);
  const rows: readonly (readonly [name: string, bytes: Buffer, met: readonly number[]])[] = [
    ['nothing to say', line('Nguyễn Thị Hạnh'), [3]],
    ['a look-alike', line('\u0430dmin'), [0]],
    ['an escaped one', line('\\u0430dmin'), [0]],
    ['misread', line(misread('Nguyễn Thị Hạnh')), [1, 3]],
    ['TCVN3', Buffer.from('{"product":"x","user":"NguyÔn ThÞ H¹nh"}', 'latin1'), [2, 3]],
    ['bytes of no meaning', Buffer.from('{"product":"x","user":"\xff\xfe"}', 'latin1'), []],
  ];
  it.each(rows)('%s', (_name, bytes, met) => {
    for (const byBytes of [true, false]) {
      const matcher = createLineMatcher({ set, reader, routing: true, byBytes });
      expect(matcher.match(bytes, 0, bytes.length)).toEqual(met);
    }
  });
});

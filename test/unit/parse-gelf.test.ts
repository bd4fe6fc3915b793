import { describe, expect, it } from 'vitest';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);
const read = (line: unknown, parser = 'auto') =>
  readLine(typeof line === 'string' ? line : JSON.stringify(line), parser, received);
const base = {
  version: '1.1',
  host: 'app02',
  short_message: 'Đăng nhập thất bại',
  timestamp: 1_795_323_600.123,
  level: 4,
};

describe('GELF', () => {
  const rows: readonly (readonly [string, object, string, Record<string, unknown>, object])[] = [
    [
      'additional fields lose their underscore, the level has its name',
      { ...base, _user: 'hanh', _src_ip: '10.20.14.9' },
      'gelf',
      { user: 'hanh', src_ip: '10.20.14.9', level: 4, severity: 'warning', version: '1.1' },
      { host: 'app02', eventTimeMs: 1_795_323_600_123, message: 'Đăng nhập thất bại', parseStatus: 'parsed' },
    ],
    ['unless a name stands there already', { ...base, _host: 'x' }, 'gelf', { host: 'app02', _host: 'x' }, {}],
    [
      'whatever name comes first',
      { _a: 1, short_message: 'x', host: 'h' },
      'gelf',
      { a: 1 },
      { host: 'h', eventTimeMs: null },
    ],
    [
      'the message is a line of its own',
      {
        ...base,
        short_message: '203.0.113.9 - - [22/Nov/2026:09:15:02 +0700] "GET / HTTP/1.1" 404 153 "-" "sqlmap/1.8"',
        _container_name: 'web',
      },
      'gelf+access',
      { 'sc-status': 404, container_name: 'web' },
      {},
    ],
    [
      'a trace is in the full message',
      { ...base, short_message: 'java.lang.Error: no', full_message: 'java.lang.Error: no\n\tat a.b.C' },
      'gelf',
      { full_message: 'java.lang.Error: no\n\tat a.b.C' },
      { message: 'java.lang.Error: no' },
    ],
  ];
  it.each(rows)('%s', (_name, line, parser, fields, more) => {
    for (const pin of ['auto', 'gelf']) {
      const event = read(line, pin);
      expect(event).toMatchObject({ parser, ...more });
      expect(event.fields).toMatchObject(fields);
    }
  });

  it.each([
    ['no host', { short_message: 'x' }, 'auto', 'json'],
    ['the name as a value', { a: '"short_message"' }, 'auto', 'json'],
    ['a source pinned to it sends something else', { a: 1 }, 'gelf', 'raw'],
  ])('is none: %s', (_name, line, pin, parser) => {
    expect(read(line, pin).parser).toBe(parser);
  });

  it('nesting beyond the bound is raw, with the reason', () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
    expect(read(`{"host":"h","short_message":"x","_d":${deep}}`)).toMatchObject({ parser: 'raw', parseStatus: 'raw' });
  });
});

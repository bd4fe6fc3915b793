import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../src/model/event.ts';
import { parseLine } from '../../src/parse/index.ts';

const received = Date.UTC(2026, 10, 22, 5);

interface Read {
  readonly parser: string;
  readonly status: string;
  readonly reason: string;
  readonly timeMs: number | null;
  readonly host: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

function read(text: string, parser = 'auto'): Read {
  const { record, reason } = parseLine(text, parser, received);
  if (record === null) return { parser: 'raw', status: 'raw', reason, timeMs: null, host: '', fields: {} };
  return record;
}

describe('auditd', () => {
  const head = 'type=X msg=audit(1763787600.123:7): ';
  const rows: readonly (readonly [name: string, text: string, fields: Readonly<Record<string, FieldValue>>])[] = [
    ['names and values', `${head}a=1 b="two words" c=(null)`, { type: 'X', a: '1', b: 'two words', c: '(null)' }],
    [
      'a program’s own part',
      `${head}pid=1 msg='op=x acct="root" res=success'`,
      { pid: '1', op: 'x', acct: 'root', res: 'success' },
    ],
    ['an enriched record', `${head}uid=0 res=1\u001dUID="root"`, { uid: '0', res: '1', UID: 'root' }],
    [
      'enriched right behind the quote',
      `${head}msg='op=x res=failed'UID="root" AUID="hanh"`,
      { res: 'failed', UID: 'root', AUID: 'hanh' },
    ],
    ['of two names the outer one', `${head}pid=1 msg='pid=2'`, { pid: '1' }],
    [
      'hexadecimal arguments',
      'type=EXECVE msg=audit(1.000:7): argc=2 a0="sh" a1=6C73202D61',
      { a0: 'sh', a1: 'ls -a' },
    ],
    [
      'a call’s arguments are numbers',
      'type=SYSCALL msg=audit(1.000:7): a0=6C73 exe=2F6120',
      { a0: '6C73', exe: '/a ' },
    ],
    ['NULs part arguments', 'type=PROCTITLE msg=audit(1.000:7): proctitle=6C73002D61', { proctitle: 'ls -a' }],
    ['quoted text is not hexadecimal', `${head}exe="CAFE"`, { exe: 'CAFE' }],
    ['a quote never closed', `${head}a="b c`, { a: 'b c' }],
    ['words without a name', `${head}new auid=1 x`, { auid: '1' }],
  ];
  it.each(rows)('%s', (_name, text, fields) => {
    const record = read(text);
    expect(record).toMatchObject({ parser: 'auditd', status: 'parsed', fields });
  });
  it('time and host are those of the record; in syslog too', () => {
    expect(read(`node=db-01 ${head}a=1`)).toMatchObject({ timeMs: 1_763_787_600_123, host: 'db-01' });
    expect(read(`<13>Nov 22 12:00:00 web-01 audispd: ${head}a=1`)).toMatchObject({
      parser: 'syslog-3164+auditd',
      timeMs: 1_763_787_600_123,
      host: 'web-01',
      fields: { a: '1', 'syslog.program': 'audispd' },
    });
  });
  it.each(['type=X', 'type=X msg=audit(1337845201): old', 'node=a b', 'type= msg=audit(1.000:1):'])(
    'not %s',
    (text) => {
      expect(read(text).parser).toBe('raw');
    },
  );
});

describe('iis', () => {
  const begin = '2026-11-22 05:00:00';
  const agent = 'Mozilla/5.0+(X11)';
  const rows: readonly (readonly [name: string, text: string, fields: Readonly<Record<string, FieldValue>>])[] = [
    [
      'IIS 10',
      `${begin} 10.0.0.2 GET /a b=1 443 CORP\\hanh 203.0.113.9 ${agent} https://x.example/ 200 0 0 15`,
      {
        's-ip': '10.0.0.2',
        'cs-method': 'GET',
        'cs-uri-stem': '/a',
        'cs-uri-query': '/a?b=1',
        's-port': 443,
        'cs-username': 'CORP\\hanh',
        'c-ip': '203.0.113.9',
        'cs-user-agent': 'Mozilla/5.0 (X11)',
        'cs-referer': 'https://x.example/',
        'sc-status': 200,
        'time-taken': 15,
      },
    ],
    [
      'IIS 7, no referer',
      `${begin} ::1 GET /a - 80 - ::1 ${agent} 404 0 2 792`,
      { 'sc-status': 404, 'cs-uri-query': '/a', 'c-ip': '::1' },
    ],
    [
      'IIS 6, site and computer',
      `${begin} W3SVC1 WEB01 10.0.0.2 GET / - 80 - 10.0.0.3 x 200 0 0`,
      { 's-sitename': 'W3SVC1', 's-computername': 'WEB01', 'sc-win32-status': 0 },
    ],
    [
      'a site and no address',
      `${begin} W3SVC1 GET / - 80 - 127.0.0.1 ${agent} - - a.example 200 0 0 123 456 789`,
      { 's-sitename': 'W3SVC1', 'cs-host': 'a.example', 'sc-bytes': 123, 'time-taken': 789 },
    ],
    [
      'version, cookie, referer, host',
      `${begin} W3SVC2 w 10.0.0.2 GET / - 80 - 10.0.0.3 HTTP/1.1 ${agent} c=1 - a.example 404 0 2 1 2 3`,
      { 'cs-version': 'HTTP/1.1', 'cs-cookie': 'c=1', 'cs-bytes': 2 },
    ],
    [
      'forwarded for',
      `${begin} 10.0.0.2 GET / - 80 - 10.0.0.3 ${agent} - 200 0 0 26 192.168.198.23`,
      { 'x-forwarded-for': '192.168.198.23', 'time-taken': 26 },
    ],
    [
      'only a status',
      `${begin} 10.0.0.2 GET / - 80 - 10.0.0.3 ${agent} 500`,
      { 'sc-status': 500, 'cs-user-agent': 'Mozilla/5.0 (X11)' },
    ],
    [
      'a user name with a blank',
      `${begin} 10.0.0.2 GET / - 80 Le Hanh 10.0.0.3 ${agent} - 200 0 0 1`,
      { 'cs-username': 'Le Hanh', 'c-ip': '10.0.0.3' },
    ],
  ];
  it.each(rows)('%s', (_name, text, fields) => {
    expect(read(text)).toMatchObject({ parser: 'iis', status: 'parsed', timeMs: received, fields });
  });
  it('a field set of one’s own is partly understood, and nothing is lost', () => {
    const record = read(`${begin} 10.0.0.2 GET /a - 80 - 10.0.0.3 a b c d e f 200 0 0`);
    expect(record).toMatchObject({
      status: 'partial',
      reason: 'iis-field-set',
      fields: { extra: 'a b c d e f 200 0 0' },
    });
  });
  it.each([`${begin} something happened`, '2026-11-22 05:00:00,123 INFO GET x', '#Fields: date time'])(
    'not %s',
    (text) => {
      expect(read(text).parser).not.toBe('iis');
    },
  );
});

describe('name=value', () => {
  const fortigate = 'date=2026-11-22 time=12:00:00 devname="FGT-01" devid="FG1" logid="1" msg="a \\"b\\" c" action=Add';
  it('FortiGate: the fields, the time, the device', () => {
    expect(read(fortigate)).toMatchObject({
      parser: 'key-value',
      timeMs: received,
      host: 'FGT-01',
      fields: { devid: 'FG1', msg: 'a "b" c', action: 'Add' },
    });
    expect(read(`<189>${fortigate} eventtime=1763787600000000000`).timeMs).toBe(1_763_787_600_000);
    expect(read(`${fortigate} tz="-0500"`).timeMs).toBe(Date.UTC(2026, 10, 22, 17));
  });
  it('any other only when it is pinned, and never a sentence', () => {
    expect(read('a=1 b="2 3" c=4').parser).toBe('raw');
    expect(read('a=1 b="2 3" c=4', 'key-value').fields).toEqual({ a: '1', b: '2 3', c: '4' });
    expect(read('the answer=42 they said', 'key-value').reason).toBe('key-value-too-few');
  });
});

describe('otlp-json', () => {
  const log = (more: object = {}) => ({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'host.name', value: { stringValue: 'h' } }] },
        scopeLogs: [{ logRecords: [{ timeUnixNano: '1763787600000000000', body: { stringValue: 'b' }, ...more }] }],
      },
    ],
  });
  it('one record: body, attributes of every kind, time and host', () => {
    const attributes = [
      { key: 's', value: { stringValue: 'x' } },
      { key: 'i', value: { intValue: '9007199254740993' } },
      { key: 'l', value: { arrayValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } } },
      { key: 'm', value: { kvlistValue: { values: [{ key: 'n', value: { doubleValue: 1.5 } }] } } },
      { key: '__proto__', value: { stringValue: 'x' } },
    ];
    expect(read(JSON.stringify(log({ attributes, severityText: 'INFO' })))).toMatchObject({
      parser: 'otlp-json',
      status: 'parsed',
      timeMs: 1_763_787_600_000,
      host: 'h',
      fields: {
        body: 'b',
        severity_text: 'INFO',
        'attributes.s': 'x',
        'attributes.i': '9007199254740993',
        'attributes.l': ['a', true],
        'attributes.m.n': 1.5,
        'resource.attributes.host.name': 'h',
      },
    });
  });
  it('several records are said to be partly understood', () => {
    const two = log();
    two.resourceLogs.push(...log().resourceLogs);
    expect(read(JSON.stringify(two))).toMatchObject({ status: 'partial', reason: 'otlp-several-records' });
    expect(read('{"resourceLogs":[]}')).toMatchObject({ parser: 'otlp-json', status: 'partial' });
  });
});

import { describe, expect, it } from 'vitest';
import { parseTimeText } from '../../src/model/event-time.ts';
import type { ParsedRecord } from '../../src/model/record.ts';
import { parseLine, parserIds } from '../../src/parse/index.ts';

const received = Date.UTC(2026, 10, 22, 5, 0, 0);

function read(text: string, parser = 'auto'): ParsedRecord {
  const outcome = parseLine(text, parser, received);
  if (outcome.record === null) throw new Error(`not understood: ${outcome.reason}`);
  return outcome.record;
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

describe('times', () => {
  const rows: readonly (readonly [text: string, want: string | null])[] = [
    ['2026-11-22T05:00:00Z', '2026-11-22T05:00:00.000Z'],
    ['2026-11-22T05:00:00.123456789Z', '2026-11-22T05:00:00.123Z'],
    ['2026-11-22 05:00:00,5', '2026-11-21T22:00:00.500Z'],
    ['2026-11-22 05:00:00 +0000', '2026-11-22T05:00:00.000Z'],
    ['2026-11-22T05:00:00+07', '2026-11-21T22:00:00.000Z'],
    ['2026-11-22T05:00-03:30', '2026-11-22T08:30:00.000Z'],
    ['2026/11/22 05:00:00 UTC', '2026-11-22T05:00:00.000Z'],
    ['22/11/2026 12:00:00', '2026-11-22T05:00:00.000Z'],
    ['1795323600', '2026-11-22T05:00:00.000Z'],
    ['1795323600.25', '2026-11-22T05:00:00.250Z'],
    ['1795323600000', '2026-11-22T05:00:00.000Z'],
    ['1795323600000000', '2026-11-22T05:00:00.000Z'],
    ['1795323600000000000', '2026-11-22T05:00:00.000Z'],
    ['2026-06-30T23:59:60Z', '2026-06-30T23:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29T00:00:00Z', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-11-22T25:00:00Z', null],
    ['2026-11-22T05:00:00+99:00', null],
    ['2026-11-22T05:00:00Zulu', null],
    ['2026-11-22', null],
    ['not a time at all', null],
    ['1', null],
    ['', null],
  ];
  it.each(rows)('%s', (text, want) => {
    expect(iso(parseTimeText(text, 420))).toBe(want);
  });
});

describe('generic JSON', () => {
  const rows: readonly (readonly [name: string, text: string, fields: Record<string, unknown>])[] = [
    ['flat', '{"a":1,"b":"x","c":true,"d":null,"e":""}', { a: 1, b: 'x', c: true, d: null, e: '' }],
    ['nested', '{"a":{"b":{"c":1}},"d":2}', { 'a.b.c': 1, d: 2 }],
    ['a dotted name wins, whichever comes first', '{"a":{"b":1},"a.b":2}', { 'a.b': 2 }],
    ['a dotted name wins, whichever comes last', '{"a.b":2,"a":{"b":1}}', { 'a.b': 2 }],
    ['a list of scalars', '{"a":[1,"x",null]}', { a: [1, 'x', null] }],
    ['a list of one stays a list', '{"a":["x"]}', { a: ['x'] }],
    ['a list of objects', '{"a":[{"b":1,"c":2},{"b":3}]}', { 'a.b': [1, 3], 'a.c': [2] }],
    ['lists in lists', '{"a":[[1,2],[3]]}', { a: [1, 2, 3] }],
    ['objects and scalars in one list', '{"a":[1,{"b":2},3]}', { a: [1, 3], 'a.b': [2] }],
    ['lists in objects in lists', '{"a":[{"b":[1,2]},{"b":3}]}', { 'a.b': [1, 2, 3] }],
    ['empty things keep their name', '{"a":{},"b":[]}', { a: null, b: [] }],
    ['the last of two names wins', '{"a":1,"a":2}', { a: 2 }],
    ['2^53 and beyond', '{"a":9007199254740991,"b":9007199254740993}', { a: 9007199254740991, b: '9007199254740993' }],
    ['-2^63, as NXLog writes keywords', '{"k":-9223372036854775808}', { k: '-9223372036854775808' }],
    ['beyond a double', '{"a":1e400,"b":1.5}', { a: '1e400', b: 1.5 }],
    [
      'big digits inside text stay',
      '{"a":"\\":12345678901234567890","b":18446744073709551615}',
      {
        a: '":12345678901234567890',
        b: '18446744073709551615',
      },
    ],
    ['big numbers in a list', '{"a":[1,18446744073709551615]}', { a: [1, '18446744073709551615'] }],
  ];
  it.each(rows)('%s', (_name, text, fields) => {
    expect(read(text)).toMatchObject({ parser: 'json', fields });
    expect(Object.keys(read(text).fields)).toHaveLength(Object.keys(fields).length);
  });

  it('names like __proto__ are ordinary names, and poison nothing', () => {
    const { fields } = read('{"__proto__":"x","constructor":{"prototype":{"polluted":1}},"toString":2}');
    expect(Object.keys(fields).sort()).toEqual(['__proto__', 'constructor.prototype.polluted', 'toString']);
    expect(Object.getOwnPropertyDescriptor(fields, '__proto__')?.value).toBe('x');
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const times: readonly (readonly [text: string, want: string | null])[] = [
    ['{"@timestamp":"2026-11-22T05:00:00Z"}', '2026-11-22T05:00:00.000Z'],
    ['{"time":1795323600}', '2026-11-22T05:00:00.000Z'],
    ['{"timestamp":1795323600000}', '2026-11-22T05:00:00.000Z'],
    ['{"time":"2026-11-22 12:00:00"}', '2026-11-22T05:00:00.000Z'],
    ['{"UtcTime":"2026-11-22 05:00:00.000","time":"x"}', '2026-11-22T05:00:00.000Z'],
    ['{"time":"soon","ts":1795323600}', '2026-11-22T05:00:00.000Z'],
    ['{"time":true}', null],
    ['{}', null],
  ];
  it.each(times)('time of %s', (text, want) => {
    expect(iso(read(text).timeMs)).toBe(want);
  });
});

describe('JSON that is not taken', () => {
  const rows: readonly (readonly [name: string, text: string, reason: string])[] = [
    ['broken', '{"a":', 'json-broken'],
    ['two objects on a line', '{"a":1}{"b":2}', 'json-broken'],
    ['a trailing comma', '{"a":1,}', 'json-broken'],
    ['nested too deep', `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`, 'nested-too-deep'],
    ['lists nested too deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'nested-too-deep'],
    ['too many fields', `{${Array.from({ length: 2_001 }, (_, n) => `"f${n}":{"x":1}`).join()}}`, 'too-many-fields'],
    ['too many flat fields', `{${Array.from({ length: 2_001 }, (_, n) => `"f${n}":1`).join()}}`, 'too-many-fields'],
    ['a name too long', `{"${'n'.repeat(1_025)}":1}`, 'field-name-too-long'],
    [
      'too many EVTX fields',
      `{"Event":{"System":{"EventID":1},"EventData":{${Array.from({ length: 2_001 }, (_, n) => `"f${n}":1`).join()}}}}`,
      'too-many-fields',
    ],
    [
      'EVTX nested too deep',
      `{"Event":{"System":{"EventID":1},"EventData":${'{"a":'.repeat(80)}1${'}'.repeat(80)}}}`,
      'nested-too-deep',
    ],
  ];
  it.each(rows)('%s', (_name, text, reason) => {
    expect(parseLine(text, 'auto', received)).toEqual({ record: null, reason });
  });
  it('two thousand fields are still taken', () => {
    expect(Object.keys(read(`{${Array.from({ length: 2_000 }, (_, n) => `"f${n}":1`).join()}}`).fields)).toHaveLength(
      2_000,
    );
  });
});

describe('EVTX JSON', () => {
  const system = (more: object = {}) => ({
    Provider: { '#attributes': { Name: 'P', Guid: 'g' } },
    EventID: 7,
    Channel: 'C',
    Computer: 'PC-1',
    TimeCreated: { '#attributes': { SystemTime: '2026-11-22T05:00:00.123456Z' } },
    ...more,
  });
  const head = { Provider_Name: 'P', EventID: 7, Channel: 'C', Computer: 'PC-1' };
  const rows: readonly (readonly [name: string, event: object, fields: Record<string, unknown>])[] = [
    ['EventData', { System: system(), EventData: { A: 1, B: null } }, { ...head, A: 1, B: null }],
    ['no data at all', { System: system() }, head],
    ['EventData null', { System: system(), EventData: null }, head],
    [
      'EventID with qualifiers',
      { System: system({ EventID: { '#attributes': { Qualifiers: 1 }, '#text': 4 } }) },
      { ...head, EventID: 4 },
    ],
    ['EventID as text', { System: system({ EventID: '4104' }) }, { ...head, EventID: '4104' }],
    [
      'unnamed data, several',
      { System: system(), EventData: { Data: { '#text': ['a', 'b'] } } },
      { ...head, Data: ['a', 'b'] },
    ],
    ['unnamed data, one', { System: system(), EventData: { Data: { '#text': 'a' } } }, { ...head, Data: 'a' }],
    [
      'unnamed data as a bare list',
      { System: system(), EventData: { Data: ['a', 'b'] } },
      { ...head, Data: ['a', 'b'] },
    ],
    [
      'named data as a list',
      {
        System: system(),
        EventData: { Data: [{ '#attributes': { Name: 'X' }, '#text': 'v' }, { '@Name': 'Y', '#text': 'w' }, 'z'] },
      },
      { ...head, X: 'v', Y: 'w', Data: ['z'] },
    ],
    [
      'EventData with a name of its own',
      { System: system(), EventData: { '#attributes': { Name: 'N' }, p: 1 } },
      { ...head, EventData_Name: 'N', p: 1 },
    ],
    [
      'UserData',
      { System: system(), UserData: { Cleared: { '#attributes': { xmlns: 'x' }, Who: 'u' } } },
      { ...head, Who: 'u' },
    ],
    [
      'UserData with attributes inside',
      {
        System: system(),
        UserData: { Key: { Cert: { '#attributes': { fileRef: 'f' } }, Aux: { P: { '#text': 'q' } } } },
      },
      { ...head, Cert_fileRef: 'f', 'Aux.P': 'q' },
    ],
    [
      'the data names a Channel: it wins the field',
      { System: system(), UserData: { X: { Channel: 'Other' } } },
      { ...head, Channel: 'Other' },
    ],
    [
      'the data names EventID and Computer: it does not win',
      {
        System: system(),
        EventData: { EventID: 99, Computer: 'forged', Provider_Name: 'forged' },
      },
      head,
    ],
    [
      'user and process',
      {
        System: system({
          Security: { '#attributes': { UserID: 'S-1' } },
          Execution: { '#attributes': { ProcessID: 4, ThreadID: 8 } },
        }),
      },
      { ...head, Security_UserID: 'S-1', Execution_ProcessID: 4, Execution_ThreadID: 8 },
    ],
    [
      'attributes beside the element',
      {
        System: { EventID: 7, Channel: 'C', Computer: 'PC-1', Provider_attributes: { Name: 'P' }, Provider: null },
      },
      head,
    ],
  ];
  it.each(rows)('%s', (_name, event, fields) => {
    for (const text of [JSON.stringify({ Event: event }), JSON.stringify(event)]) {
      const record = read(text);
      expect(record.fields).toEqual(fields);
      expect(record).toMatchObject({
        parser: 'evtx-json',
        provider: 'P',
        channel: 'C',
        host: 'PC-1',
        status: 'parsed',
      });
    }
  });
  it('keeps the time of TimeCreated', () => {
    expect(iso(read(JSON.stringify({ Event: { System: system() } })).timeMs)).toBe('2026-11-22T05:00:00.123Z');
  });
});

describe('NXLog and Winlogbeat', () => {
  it('NXLog: EventTime is the local clock, a zoned TimeCreated and UtcTime go before it', () => {
    const base = { EventID: 1, Channel: 'Security', SourceName: 'S', Hostname: 'PC', EventTime: '2026-11-22 12:00:00' };
    expect(read(JSON.stringify(base))).toMatchObject({ parser: 'nxlog-json', provider: 'S', host: 'PC', eventId: '1' });
    expect(iso(read(JSON.stringify(base)).timeMs)).toBe('2026-11-22T05:00:00.000Z');
    expect(iso(read(JSON.stringify({ ...base, TimeCreated: '2026-11-22T04:00:00Z' })).timeMs)).toBe(
      '2026-11-22T04:00:00.000Z',
    );
    expect(iso(read(JSON.stringify({ ...base, UtcTime: '2026-11-22 03:00:00.5' })).timeMs)).toBe(
      '2026-11-22T03:00:00.500Z',
    );
  });
  it('an event that states its product is generic, not NXLog', () => {
    expect(read('{"EventID":1,"Channel":"Security","Hostname":"h","product":"windows"}').parser).toBe('json');
  });
  const winlog = {
    provider_name: 'P',
    event_id: '1',
    channel: 'C',
    computer_name: 'PC',
    event_data: { Image: 'i', A: '1' },
  };
  it.each([
    ['nested', { '@timestamp': '2026-11-22T05:00:00Z', winlog, host: { name: 'h' } }],
    [
      'dotted',
      {
        '@timestamp': '2026-11-22T05:00:00Z',
        'winlog.provider_name': 'P',
        'winlog.event_id': '1',
        'winlog.channel': 'C',
        'winlog.computer_name': 'PC',
        'winlog.event_data.Image': 'i',
        'winlog.event_data.A': '1',
        'host.name': 'h',
      },
    ],
  ])('Winlogbeat, %s', (_name, object) => {
    const record = read(JSON.stringify(object));
    expect(record).toMatchObject({ parser: 'winlogbeat-json', host: 'PC', channel: 'C', provider: 'P', eventId: '1' });
    expect(record.fields).toEqual({
      '@timestamp': '2026-11-22T05:00:00Z',
      Provider_Name: 'P',
      EventID: '1',
      Channel: 'C',
      Computer: 'PC',
      Image: 'i',
      A: '1',
      'host.name': 'h',
    });
    expect(iso(record.timeMs)).toBe('2026-11-22T05:00:00.000Z');
  });
});

describe('syslog, RFC 5424', () => {
  it('header, structured data and text', () => {
    const text =
      '<165>1 2026-11-22T05:00:00.003Z web-01 nginx 8710 ID47 [ex@32473 iut="3" q="a\\"b\\]c\\\\d\\n"][p] \ufeffchào';
    const record = read(text);
    expect(record).toMatchObject({
      parser: 'syslog-5424',
      host: 'web-01',
      program: 'nginx',
      message: 'chào',
      status: 'parsed',
    });
    expect(iso(record.timeMs)).toBe('2026-11-22T05:00:00.003Z');
    expect(record.fields).toEqual({
      hostname: 'web-01',
      program: 'nginx',
      pid: '8710',
      msgid: 'ID47',
      facility: 'local4',
      severity: 'notice',
      'sd.ex@32473.iut': '3',
      'sd.ex@32473.q': 'a"b]c\\d\\n',
      'sd.p': '',
      message: 'chào',
    });
  });
  const rows: readonly (readonly [name: string, text: string, want: Record<string, unknown>])[] = [
    ['nil everywhere', '<0>1 - - - - - -', { timeMs: null, host: '', message: '', status: 'parsed' }],
    ['no message', '<13>1 2026-11-22T05:00:00Z h a - - -', { message: '', host: 'h' }],
    [
      'a parameter twice',
      '<13>1 - h a - - [x a="1" a="2"] m',
      { fields: expect.objectContaining({ 'sd.x.a': ['1', '2'] }) },
    ],
    ['a local time without zone', '<13>1 2026-11-22T12:00:00 h a - - - m', { timeMs: received }],
    [
      'structured data unclosed',
      '<13>1 - h a - - [x a="1 m',
      { status: 'partial', reason: 'syslog-structured-data-unclosed' },
    ],
    [
      'no structured data',
      '<13>1 - h a - - text at once',
      { status: 'partial', reason: 'syslog-structured-data-missing' },
    ],
    ['trailing blanks are the message', '<13>1 - h a - - - m  ', { message: 'm  ' }],
  ];
  it.each(rows)('%s', (_name, text, want) => {
    expect(read(text, 'syslog-5424')).toMatchObject(want);
  });
});

describe('syslog, RFC 3164 and what devices make of it', () => {
  type Row = readonly [text: string, time: string | null, host: string, program: string, message: string];
  const rows: readonly Row[] = [
    [
      '<34>Nov 22 12:00:00 web-01 sshd[42]: Failed password',
      '2026-11-22T05:00:00.000Z',
      'web-01',
      'sshd',
      'Failed password',
    ],
    ['<34>Nov  2 12:00:00 web-01 su: x', '2026-11-02T05:00:00.000Z', 'web-01', 'su', 'x'],
    ['Nov 22 12:00:00 web-01 CRON[1]: (root) CMD (x)', '2026-11-22T05:00:00.000Z', 'web-01', 'CRON', '(root) CMD (x)'],
    [
      '<13>Nov 22 12:00:00 user: local logger names no host',
      '2026-11-22T05:00:00.000Z',
      '',
      'user',
      'local logger names no host',
    ],
    [
      '<13>Nov 22 12:00:00 web-01 last message repeated 2 times',
      '2026-11-22T05:00:00.000Z',
      'web-01',
      '',
      'last message repeated 2 times',
    ],
    ['<34>su: no time at all', null, '', 'su', 'no time at all'],
    ['<34>no tag either', null, '', '', 'no tag either'],
    ['<13>2026-11-22T05:00:00.5Z web-01 app: iso', '2026-11-22T05:00:00.500Z', 'web-01', 'app', 'iso'],
    [
      '2026-11-22T12:00:00+07:00 web-01 app[1]: rsyslog file',
      '2026-11-22T05:00:00.000Z',
      'web-01',
      'app',
      'rsyslog file',
    ],
    [
      '<13>Nov 22 2026 12:00:00 asa-1 : %ASA-6-302013: Built',
      '2026-11-22T05:00:00.000Z',
      'asa-1',
      '%ASA-6-302013',
      '%ASA-6-302013: Built',
    ],
    [
      '<189>411: *Nov 22 12:00:00.123: %SYS-5-CONFIG_I: Configured',
      '2026-11-22T05:00:00.123Z',
      '',
      '%SYS-5-CONFIG_I',
      '%SYS-5-CONFIG_I: Configured',
    ],
    [
      '<189>411: sw-1: Nov 22 05:00:00 UTC: %LINK-3-UPDOWN: down',
      '2026-11-22T05:00:00.000Z',
      '',
      '%LINK-3-UPDOWN',
      '%LINK-3-UPDOWN: down',
    ],
    ['<13>Nov 22 12:00:00 2026 fw-1 app: year behind', '2026-11-22T05:00:00.000Z', 'fw-1', 'app', 'year behind'],
    ['<13>Dec 31 23:59:59 h a: nearest year', '2026-12-31T16:59:59.000Z', 'h', 'a', 'nearest year'],
    [
      '<13>Jan  1 00:00:01 h a: nearer last New Year than next',
      '2026-12-31T17:00:01.000Z',
      'h',
      'a',
      'nearer last New Year than next',
    ],
  ];
  it.each(rows)('%s', (text, time, host, program, message) => {
    const record = read(text);
    expect([iso(record.timeMs), record.host, record.program, record.message]).toEqual([time, host, program, message]);
  });

  const newYear: readonly (readonly [now: string, text: string, want: string])[] = [
    ['2026-12-31T17:00:05Z', '<13>Dec 31 23:59:59 h a: m', '2026-12-31T16:59:59.000Z'],
    ['2026-12-31T16:59:55Z', '<13>Jan  1 00:00:01 h a: m', '2026-12-31T17:00:01.000Z'],
    ['2027-03-01T00:00:00Z', '<13>Feb 29 10:00:00 h a: m', '2028-02-29T03:00:00.000Z'],
  ];
  it.each(newYear)('received at %s: %s', (now, text, want) => {
    const outcome = parseLine(text, 'auto', Date.parse(now));
    expect(iso(outcome.record?.timeMs ?? null)).toBe(want);
  });

  it('another log that begins with a time is not syslog', () => {
    for (const text of ['2026-11-22 05:00:00 INFO started', '2026-11-22 05:00:00 10.0.0.1 GET /x - 80', 'Nov 22']) {
      expect(parseLine(text, 'auto', received)).toEqual({ record: null, reason: 'format-unknown' });
    }
  });
});

describe('records inside syslog', () => {
  it('JSON: its own fields stay, the header stands beside', () => {
    const record = read('<13>Nov 22 12:00:00 app-01 qlvb[9]: {"action":"login","user":"hanh","hostname":"own"}');
    expect(record).toMatchObject({ parser: 'syslog-3164+json', host: 'own', program: 'qlvb', timeMs: received });
    expect(record.fields).toEqual({
      action: 'login',
      user: 'hanh',
      hostname: 'own',
      'syslog.hostname': 'app-01',
      'syslog.program': 'qlvb',
      'syslog.pid': '9',
      'syslog.facility': 'user',
      'syslog.severity': 'notice',
    });
  });
  it('a Windows event', () => {
    const event =
      '{"Event":{"System":{"EventID":1,"Channel":"C","Computer":"PC","Provider":{"#attributes":{"Name":"P"}}}}}';
    expect(read(`<13>1 2026-11-22T05:00:00Z relay fwd - - - @cee: ${event}`)).toMatchObject({
      parser: 'syslog-5424+evtx-json',
      host: 'PC',
      eventId: '1',
      timeMs: received,
    });
  });
  it.each([
    ['nginx', 'nginx-access'],
    ['apache2', 'apache-access'],
    ['httpd', 'apache-access'],
    ['haproxy', 'access'],
  ])('an access log of %s', (program, parser) => {
    const line = '10.0.0.1 - - [22/Nov/2026:12:00:00 +0700] "GET / HTTP/1.1" 200 1 "-" "curl"';
    const record = read(`<190>Nov 22 12:00:00 web-01 ${program}: ${line}`);
    expect(record).toMatchObject({ parser: `syslog-3164+${parser}`, host: 'web-01', timeMs: received });
    expect(record.fields).toMatchObject({ 'c-ip': '10.0.0.1', 'sc-status': 200, 'syslog.program': program });
  });
  it('broken JSON leaves the header understood', () => {
    const record = read('<13>Nov 22 12:00:00 h app: {"a":');
    expect(record).toMatchObject({ parser: 'syslog-3164', status: 'partial', reason: 'json-broken', message: '{"a":' });
  });
  it('MSWinEventLog text is kept as the message', () => {
    const record = read('<131>Nov 22 12:00:00 dc01 MSWinEventLog\t1\tSecurity\t379\tTue Jul 28 11:28:00 2026\t4688');
    expect(record).toMatchObject({ parser: 'syslog-3164', host: 'dc01', program: '' });
    expect(record.message).toContain('MSWinEventLog\t1\tSecurity');
  });
});

describe('access logs', () => {
  const time = '[22/Nov/2026:12:00:00 +0700]';
  const rows: readonly (readonly [name: string, text: string, fields: Record<string, unknown>])[] = [
    [
      'combined',
      `10.0.0.1 - - ${time} "GET /a/b.aspx?x=1&y=2 HTTP/1.1" 200 512 "http://r/" "Mozilla/5.0 (X)"`,
      {
        'c-ip': '10.0.0.1',
        'cs-method': 'GET',
        'cs-uri': '/a/b.aspx?x=1&y=2',
        'c-uri': '/a/b.aspx?x=1&y=2',
        'cs-uri-stem': '/a/b.aspx',
        'cs-uri-query': '/a/b.aspx?x=1&y=2',
        'cs-version': 'HTTP/1.1',
        'sc-status': 200,
        'sc-bytes': 512,
        'cs-referer': 'http://r/',
        'cs-user-agent': 'Mozilla/5.0 (X)',
      },
    ],
    [
      'common',
      `10.0.0.1 - - ${time} "GET / HTTP/1.0" 304 -`,
      {
        'c-ip': '10.0.0.1',
        'cs-method': 'GET',
        'cs-uri': '/',
        'c-uri': '/',
        'cs-uri-stem': '/',
        'cs-uri-query': '/',
        'cs-version': 'HTTP/1.0',
        'sc-status': 304,
      },
    ],
  ];
  it.each(rows)('%s', (_name, text, fields) => {
    const record = read(text);
    expect(record.fields).toEqual(fields);
    expect(record).toMatchObject({ parser: 'access', timeMs: received, status: 'parsed' });
  });

  const parts: readonly (readonly [name: string, text: string, some: Record<string, unknown>])[] = [
    ['a user', `10.0.0.1 - hanh ${time} "GET / HTTP/1.1" 200 1`, { 'cs-username': 'hanh' }],
    [
      'a user with a blank and a bracket',
      `10.0.0.1 - do [x] hanh ${time} "GET / HTTP/1.1" 200 1`,
      { 'cs-username': 'do [x] hanh' },
    ],
    ['IPv6', `2001:db8::1 - - ${time} "GET / HTTP/1.1" 200 1`, { 'c-ip': '2001:db8::1' }],
    ['a host name as client', `pc.example - - ${time} "GET / HTTP/1.1" 200 1`, { 'c-ip': 'pc.example' }],
    [
      'a virtual host',
      `qlvb.gov.vn:443 10.0.0.1 - - ${time} "GET / HTTP/1.1" 200 1`,
      { 'cs-host': 'qlvb.gov.vn', 's-port': 443, 'c-ip': '10.0.0.1' },
    ],
    [
      'an absolute URI',
      `10.0.0.1 - - ${time} "GET http://h/p?q=1 HTTP/1.1" 200 1`,
      { 'cs-uri': 'http://h/p?q=1', 'cs-uri-stem': '/p' },
    ],
    [
      'a quote escaped by Apache',
      `10.0.0.1 - - ${time} "GET /a\\"b HTTP/1.1" 200 1 "-" "say \\"hi\\""`,
      { 'cs-uri': '/a"b', 'cs-user-agent': 'say "hi"', 'cs-referer': '-' },
    ],
    [
      'a quote escaped by nginx',
      `10.0.0.1 - - ${time} "GET /a\\x22b HTTP/1.1" 200 1 "-" "x\\x5Cy"`,
      { 'cs-uri': '/a"b', 'cs-user-agent': 'x\\y' },
    ],
    ['UTF-8 escaped', `10.0.0.1 - - ${time} "GET /v\\xC4\\x83n HTTP/1.1" 200 1`, { 'cs-uri': '/văn' }],
    ['bytes that are no UTF-8', `10.0.0.1 - - ${time} "GET /\\xff\\x41 HTTP/1.1" 200 1`, { 'cs-uri': '/\\xffA' }],
    [
      'an unescaped quote in the request',
      `10.0.0.1 - - ${time} "GET /a"b HTTP/1.1" 200 1 "-" "ua"`,
      { 'cs-uri': '/a"b', 'sc-status': 200, 'cs-user-agent': 'ua' },
    ],
    [
      'a blank in the request',
      `10.0.0.1 - - ${time} "GET /a b c HTTP/1.1" 200 1`,
      { 'cs-uri': '/a b c', 'cs-version': 'HTTP/1.1' },
    ],
    ['no request', `10.0.0.1 - - ${time} "-" 408 0 "-" "-"`, { 'sc-status': 408 }],
    [
      'a TLS hello on the plain port',
      `10.0.0.1 - - ${time} "\\x16\\x03\\x01" 400 157 "-" "-"`,
      { 'cs-uri': '\x16\x03\x01', 'sc-status': 400 },
    ],
    [
      'forwarded for',
      `10.0.0.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "ua" "1.2.3.4"`,
      { 'x-forwarded-for': '1.2.3.4' },
    ],
    ['more behind', `10.0.0.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "ua" 0.003 up`, { extra: '0.003 up' }],
  ];
  it.each(parts)('%s', (_name, text, some) => {
    const record = read(text, 'access');
    expect(record.fields).toMatchObject(some);
    expect(record.status).toBe('parsed');
  });

  const broken: readonly (readonly [name: string, text: string, some: Record<string, unknown>, reason: string])[] = [
    [
      'an agent without end',
      `10.0.0.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "ua`,
      { 'cs-referer': '-', extra: '"ua' },
      'access-quote-unclosed',
    ],
    [
      'a request without end',
      `10.0.0.1 - - ${time} "GET /`,
      { 'c-ip': '10.0.0.1', extra: '"GET /' },
      'access-request-unclosed',
    ],
  ];
  it.each(broken)('%s is partly understood', (_name, text, some, reason) => {
    const record = read(text, 'access');
    expect(record.fields).toMatchObject(some);
    expect([record.status, record.reason]).toEqual(['partial', reason]);
  });
  it('a pinned server is the parser', () => {
    expect(read(`10.0.0.1 - - ${time} "GET / HTTP/1.1" 200 1`, 'nginx-access').parser).toBe('nginx-access');
  });
});

describe('choosing the parser', () => {
  it('blanks and a byte-order mark before, line ends and NULs behind are not the line', () => {
    expect(read('\ufeff  {"a":1}\r\n\0').fields).toEqual({ a: 1 });
  });
  it('a pinned parser does not look for others', () => {
    expect(parseLine('{"a":1}', 'syslog-3164', received).record).toBeNull();
    expect(read('{"EventID":1,"Channel":"C","Hostname":"h"}', 'json').parser).toBe('json');
  });
  it('unknown ids and empty lines have their reasons', () => {
    expect(parseLine('x', 'nope', received).reason).toBe('parser-unknown');
    expect(parseLine('x', '__proto__', received).reason).toBe('parser-unknown');
    expect(parseLine(' \r\n', 'auto', received).reason).toBe('empty');
  });
  it('every id answers every hostile text without throwing', () => {
    const texts = [
      '',
      '{',
      '<',
      '<34>',
      '<34>1 ',
      '[',
      '"',
      '{}',
      '<999>x',
      '\0',
      '\ud800',
      '<13>1 - - - - - [',
      `"${'\\'.repeat(9)}`,
    ];
    for (const id of parserIds) for (const text of texts) expect(() => parseLine(text, id, received)).not.toThrow();
  });
  it('a long line of quotes or brackets takes linear time', () => {
    // Quadratic, it would take minutes, and the test's own limit would end it.
    for (const unit of ['"', ' [', '\\x', '\\"', '] "', '[a b="', '<1', '{"a":', '%A-1-', ' "']) {
      for (const head of [
        '',
        '1.1.1.1 - - [22/Nov/2026:12:00:00 +0700] "GET / HTTP/1.1" 200 1 "',
        '<13>1 - h a - - ',
      ]) {
        parseLine(head + unit.repeat(100_000), 'auto', received);
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);
const read = (line: unknown, parser = 'auto') =>
  readLine(typeof line === 'string' ? line : JSON.stringify(line), parser, received);

const access =
  '203.0.113.9 - - [22/Nov/2026:09:15:02 +0700] "GET /qlvb/../../etc/passwd HTTP/1.1" 404 153 "-" "sqlmap/1.8"';
const failed = 'Failed password for invalid user quản from 203.0.113.9 port 40222 ssh2';
const loki = (line: string, stream: object, metadata?: object) => ({
  stream,
  values: [['1763787600123456789', line, ...(metadata === undefined ? [] : [metadata])]],
});
const otlp = (body: unknown, more: object = {}, resource: readonly object[] = []) => ({
  resourceLogs: [
    {
      resource: { attributes: resource },
      scopeLogs: [
        { scope: { name: 's', version: '1' }, logRecords: [{ timeUnixNano: '1763787600000000000', body, ...more }] },
      ],
    },
  ],
});

describe('a line in an envelope is read as if it had come alone, with what the envelope says beside it', () => {
  const rows: readonly (readonly [string, unknown, string, Record<string, unknown>, object])[] = [
    [
      'Loki, an access log',
      loki(access, { job: 'nginx', host: 'web01', filename: '/var/log/nginx/access.log' }),
      'loki+access',
      { 'c-ip': '203.0.113.9', 'sc-status': 404, job: 'nginx', filename: '/var/log/nginx/access.log' },
      { host: 'web01' },
    ],
    [
      'Loki, words of sshd from the journal',
      loki(failed, { unit: 'ssh.service', syslog_identifier: 'sshd', nodename: 'app02' }, { boot: 'x' }),
      'loki+sshd',
      { src_ip: '203.0.113.9', outcome: 'failure', boot: 'x' },
      { host: 'app02', eventTimeMs: 1_763_787_600_123 },
    ],
    [
      'Loki, words nobody knows',
      loki('một dòng bất kỳ', { app: 'dvc' }),
      'loki',
      { message: 'một dòng bất kỳ', app: 'dvc' },
      { parseStatus: 'parsed', message: 'một dòng bất kỳ', eventTimeMs: 1_763_787_600_123 },
    ],
    [
      'HEC, a text',
      {
        sourcetype: 'linux_secure',
        event: failed,
        time: 1_763_787_600.5,
        host: 'app02',
        fields: { process: { name: 'sshd' } },
      },
      'hec+sshd',
      { src_ip: '203.0.113.9', 'hec.sourcetype': 'linux_secure', 'hec.host': 'app02' },
      { host: 'app02', eventTimeMs: 1_763_787_600_500 },
    ],
    [
      'HEC, an object',
      {
        sourcetype: '_json',
        event: { product: 'qlvb', category: 'application', action: 'export' },
        time: '1763787600',
        index: 'main',
      },
      'hec+json',
      { action: 'export', 'hec.index': 'main' },
      { logsource: { product: 'qlvb', categories: ['application'], services: [] }, eventTimeMs: 1_763_787_600_000 },
    ],
    [
      'Elastic, a document of Filebeat that carries a line',
      {
        _index: 'filebeat-8.17.0',
        _source: {
          '@timestamp': '2026-11-22T02:15:02.000Z',
          message: access,
          log: { file: { path: '/var/log/nginx/access.log' } },
          host: { name: 'web01' },
          agent: { type: 'filebeat' },
          ecs: { version: '8.0.0' },
        },
      },
      'elastic+json+access',
      { 'c-ip': '203.0.113.9', 'log.file.path': '/var/log/nginx/access.log', _index: 'filebeat-8.17.0' },
      { host: 'web01', eventTimeMs: Date.UTC(2026, 10, 22, 2, 15, 2) },
    ],
    [
      'Elastic, a document of Winlogbeat',
      {
        _index: 'winlogbeat-8.17.0',
        _id: 'x1',
        _source: {
          '@timestamp': '2026-11-22T02:15:02.000Z',
          message: 'An account failed to log on.',
          winlog: { channel: 'Security', event_id: '4625', provider_name: 'P', event_data: { TargetUserName: 'hạnh' } },
        },
      },
      'elastic+winlogbeat-json',
      { EventID: '4625', TargetUserName: 'hạnh', _id: 'x1' },
      { logsource: { product: 'windows', categories: [], services: ['security'] } },
    ],
    [
      'Elastic, an ECS document that has been read already',
      {
        _index: 'logs-endpoint',
        _source: {
          '@timestamp': '2026-11-22T02:15:02.000Z',
          ecs: { version: '8.0.0' },
          event: { category: ['process'], type: ['start'], dataset: 'endpoint.events.process' },
          host: { os: { type: 'windows' } },
          process: { executable: 'C:\\a.exe', command_line: 'a.exe -x' },
          message: 'a=1 time=now level=info msg=x',
        },
      },
      'elastic+json',
      { Image: 'C:\\a.exe', CommandLine: 'a.exe -x' },
      { logsource: { product: 'windows', categories: ['process_creation'], services: [] } },
    ],
    [
      'Elastic, journald by Fluent Bit',
      { _index: 'fluent-bit', _source: { MESSAGE: failed, SYSLOG_IDENTIFIER: 'sshd', _HOSTNAME: 'app02' } },
      'elastic+json+sshd',
      { src_ip: '203.0.113.9', outcome: 'failure' },
      { host: 'app02' },
    ],
    [
      'OTLP, a body that is a line',
      otlp({ stringValue: access }, { traceId: 'ab', spanId: 'cd' }, [
        { key: 'host.name', value: { stringValue: 'web01' } },
      ]),
      'otlp-json+access',
      { 'c-ip': '203.0.113.9', trace_id: 'ab', span_id: 'cd', 'scope.name': 's', 'scope.version': '1' },
      { host: 'web01' },
    ],
    [
      'OTLP, words of a program',
      otlp({ stringValue: failed }, { attributes: [{ key: 'appname', value: { stringValue: 'sshd' } }] }),
      'otlp-json+sshd',
      { src_ip: '203.0.113.9', 'attributes.appname': 'sshd' },
      { eventTimeMs: 1_763_787_600_000 },
    ],
  ];
  it.each(rows)('%s', (_name, line, parser, fields, more) => {
    const event = read(line);
    expect(event.parser).toBe(parser);
    expect(event.fields).toMatchObject(fields);
    expect(event).toMatchObject(more);
  });

  it('a pin is about the line, and one that does not fit is said', () => {
    expect(read(loki(access, { job: 'x' }), 'nginx-access')).toMatchObject({
      parser: 'loki+nginx-access',
      logsource: { product: 'nginx' },
    });
    expect(read(loki('words', { job: 'x' }), 'nginx-access')).toMatchObject({
      parser: 'loki',
      parseStatus: 'partial',
      parseReason: 'not-nginx-access',
    });
    expect(read(loki(access, {}), 'raw')).toMatchObject({ parser: 'raw', parseReason: 'raw-by-choice' });
    expect(read({ _index: 'i', _source: { message: access } }, 'json').parser).toMatch(/access$/);
  });

  it('the envelope never speaks over the line', () => {
    const event = read(loki('{"host":"inner","user":"a"}', { host: 'outer', user: 'b' }));
    expect([event.parser, event.fields.host, event.fields.user, event.host]).toEqual([
      'loki+json',
      'inner',
      'a',
      'inner',
    ]);
  });

  it.each([
    ['another object that begins like one', '{"sourcetype":"x","event":"y","amount":3}', 'json'],
    ['a stream without values', '{"stream":{"a":"b"},"x":1}', 'json'],
    ['an index without a document', '{"_index":"x","a":1}', 'json'],
    ['values of another shape', '{"stream":{"a":"b"},"values":[["1","x"],["2","y"]]}', 'json'],
    ['cut in the middle', '{"_index":"x","_source":{"a":', 'raw'],
  ])('no envelope: %s', (_name, line, parser) => {
    expect(read(line).parser).toBe(parser);
  });

  it.each(['{"_index":"x","_source":', '{"stream":{"a":', '{"sourcetype":"x","event":'])(
    'nested too deep: %s',
    (head) => {
      const deep = `${head}${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;
      const closed = head.includes('stream') ? `${deep}},"values":[["1","x"]]}` : `${deep}}`;
      expect(read(closed)).toMatchObject({ parser: 'raw', parseReason: 'nested-too-deep' });
    },
  );
});

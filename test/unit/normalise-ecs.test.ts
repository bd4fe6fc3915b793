import { describe, expect, it } from 'vitest';
import { ecsOf } from '../../src/normalise/ecs.ts';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 5);

const rows: readonly (readonly [name: string, line: string, view: Record<string, unknown>])[] = [
  [
    'a web request',
    '203.0.113.9 - hanh [22/Nov/2026:12:00:00 +0700] "GET /a?b HTTP/1.1" 404 12 "-" "curl/8"',
    {
      '@timestamp': '2026-11-22T05:00:00.000Z',
      'source.ip': '203.0.113.9',
      'user.name': 'hanh',
      'http.request.method': 'GET',
      'http.response.status_code': 404,
      'url.original': '/a?b',
      'url.path': '/a',
      'user_agent.original': 'curl/8',
      'event.outcome': 'failure',
      'event.category': 'web',
    },
  ],
  [
    'a Windows logon that failed',
    '{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4625,"Channel":"Security","Computer":"DC01"},"EventData":{"TargetUserName":"hanh","IpAddress":"::ffff:10.0.0.5","IpPort":"4022"}}}',
    { 'user.name': 'hanh', 'source.port': 4022, 'event.code': 4625, 'event.outcome': 'failure', 'host.name': 'DC01' },
  ],
  [
    'a record of auditd',
    'type=USER_LOGIN msg=audit(1763787600.123:7): pid=1 uid=0 msg=\'op=login acct="hanh" addr=203.0.113.9 res=failed\'',
    { 'event.action': 'logged-in', 'event.outcome': 'failure', 'user.name': 'hanh', 'source.ip': '203.0.113.9' },
  ],
  [
    'a type of auditd without a word of its own',
    'type=SYSCALL msg=audit(1763787600.123:7): pid=1 success=yes',
    { 'event.action': 'syscall' },
  ],
  [
    'a name that was asked for',
    '22-Nov-2026 12:00:00.000 client @0x7f 203.0.113.9#4022 (a.example): query: a.example IN A + (10.0.0.1)',
    { 'dns.question.name': 'a.example', 'dns.question.type': 'A', 'event.category': 'network' },
  ],
];

describe('the view of the Elastic Common Schema', () => {
  it.each(rows)('%s', (_name, line, view) => {
    expect(ecsOf(readLine(line, 'auto', received))).toMatchObject(view);
  });
  it('says nothing that the event does not', () => {
    expect(ecsOf(readLine('no format', 'auto', received))).toEqual({ message: 'no format' });
    const { 'user.name': user, 'source.ip': ip } = ecsOf(
      readLine('{"user":"-","src_ip":"no address"}', 'auto', received),
    );
    expect([user, ip]).toEqual([undefined, undefined]);
  });
  it('a statement is no question to a name server, and a figure no outcome', () => {
    const view = ecsOf(readLine("20261122 12:00:00,db,hanh,10.0.0.5,7,8,QUERY,x,'select 1',0", 'auto', received));
    expect(view).toMatchObject({ 'event.outcome': 'success', 'event.category': 'database' });
    expect(Object.hasOwn(view, 'dns.question.name')).toBe(false);
    expect(Object.hasOwn(ecsOf(readLine('{"result":0}', 'auto', received)), 'event.outcome')).toBe(false);
  });
});

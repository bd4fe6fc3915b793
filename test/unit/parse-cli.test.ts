import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runParse } from '../../src/cli/parse.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'parse-cli-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly records: Record<string, unknown>[];
  readonly err: string[];
}

async function parse(
  texts: readonly (string | Buffer)[],
  some: { parser?: string; ecs?: boolean; stdin?: string } = {},
): Promise<Ran> {
  const files = texts.map((text, i) => {
    const file = join(dir, `${i}.log`);
    writeFileSync(file, text);
    return file;
  });
  const out: string[] = [];
  const err: string[] = [];
  const code = await runParse({
    files: some.stdin === undefined ? files : ['-'],
    parser: some.parser ?? 'auto',
    ecs: some.ecs ?? false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    stdin: Readable.from([Buffer.from(some.stdin ?? '')]),
  });
  return { code, records: out.map((line) => JSON.parse(line) as Record<string, unknown>), err };
}

const login = '<38>Nov 22 12:00:00 web-01 sshd[7]: Failed password for root from 203.0.113.9 port 4022 ssh2';

describe('vonggac parse', () => {
  it('prints a record a line, in order, those not understood with their reason and text', async () => {
    const { code, records } = await parse([`${login}\r\n\nno format at all\n{"a":`, '{"a":1}']);
    expect(code).toBe(0);
    expect(records.map((r) => [r.parse_status, r.parser, r.parse_reason, r.raw])).toEqual([
      ['parsed', 'syslog-3164+sshd', undefined, undefined],
      ['raw', 'raw', 'format-unknown', 'no format at all'],
      ['raw', 'raw', 'json-broken', '{"a":'],
      ['parsed', 'json', undefined, undefined],
    ]);
    expect(records[0]).toMatchObject({ host: 'web-01', logsource: { product: 'linux' }, fields: { user: 'root' } });
  });
  it('under the names of ECS', async () => {
    const { records } = await parse([login], { ecs: true });
    expect(records[0]).toMatchObject({
      parse_status: 'parsed',
      'source.ip': '203.0.113.9',
      'source.port': 4022,
      'user.name': 'root',
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'event.category': 'authentication',
      'host.name': 'web-01',
    });
    expect(Object.hasOwn(records[0] ?? {}, 'fields')).toBe(false);
  });
  it('gzip and standard input', async () => {
    expect((await parse([gzipSync(login)])).records).toHaveLength(1);
    expect((await parse([], { stdin: `${login}\n${login}` })).records).toHaveLength(2);
  });
  it('records of several lines and lines under a header, when the parser is named', async () => {
    const trace =
      '2026-11-22 12:00:00,000 ERROR [main] a.B - no\njava.lang.Error: x\n\tat a.b(C.java:1)\n2026-11-22 12:00:01,000 INFO [main] a.B - ok';
    const java = await parse([trace], { parser: 'java' });
    expect(java.records.map((r) => (r.fields as Record<string, unknown>)['exception.type'])).toEqual([
      'java.lang.Error',
      undefined,
    ]);
    const csv = await parse(['time,who\n2026-11-22 12:00:00,hanh\n'], { parser: 'csv' });
    expect(csv.records).toMatchObject([{ time: '2026-11-22T05:00:00.000Z', fields: { who: 'hanh' } }]);
    const w3c = await parse(['#Fields: date time c-ip cs-uri-stem\n2026-11-22 05:00:00 203.0.113.9 /a\n']);
    expect(w3c.records).toMatchObject([{ parser: 'w3c', fields: { 'c-ip': '203.0.113.9' } }]);
  });
  it('an unknown parser is a wrong command line, a file that is not there a failure that leaves the others', async () => {
    expect(await parse([login], { parser: 'nope' })).toMatchObject({ code: 2, records: [] });
    const out: string[] = [];
    const err: string[] = [];
    writeFileSync(join(dir, 'there.log'), login);
    const code = await runParse({
      files: [join(dir, 'nowhere'), join(dir, 'there.log')],
      parser: 'auto',
      ecs: false,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      stdin: Readable.from([]),
    });
    expect([code, out.length, err.length]).toEqual([1, 1, 1]);
  });
});

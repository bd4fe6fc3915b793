import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runImport } from '../../src/cli/import.ts';
import { runParse } from '../../src/cli/parse.ts';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import type { RawLine, Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { unknownSource } from '../../src/register/index.ts';
import { readLine } from '../harness/read-line.ts';

let dir = '';
let server: FastifyInstance;
let url = '';
const taken: Submission[] = [];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-records-'));
  server = Fastify();
  await server.register(
    createHttpCollector({
      intake: {
        async submit(submission) {
          taken.push(submission);
          return { batch: 'b', accepted: submission.lines.length, rejected: [] };
        },
      },
      // The token is the parser of its source.
      authenticate: async (parser) => (parser === 'nobody' ? null : { ...unknownSource, id: parser, parser }),
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    }),
  );
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => {
  taken.length = 0;
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const lines = (): RawLine[] => taken.flatMap((submission) => [...submission.lines]);

const w3c = [
  '#Software: IIS',
  '#Fields: date time c-ip cs-method',
  ...rows(40),
  '#Fields: date time c-ip',
  ...rows(20, ''),
];
function rows(count: number, method = ' GET'): string[] {
  return Array.from({ length: count }, (_, n) => `2026-11-22 02:15:${String(n).padStart(2, '0')} 10.0.0.${n}${method}`);
}
const java = Array.from({ length: 30 }, (_, n) => [
  `2026-11-22 09:15:${String(n).padStart(2, '0')},123 ERROR [main] a.B: không được ${n}`,
  'java.lang.IllegalStateException: closed',
  ...Array.from({ length: n % 7 }, (_, k) => `\tat a.B.c(B.java:${k})`),
]);
const csv = ['time,user,action', ...Array.from({ length: 50 }, (_, n) => `2026-11-22 09:15:02,hạnh${n},login`)];
const formats: readonly (readonly [parser: string, text: string, records: readonly string[]])[] = [
  ['w3c', w3c.join('\n'), w3c.filter((line) => !line.startsWith('#'))],
  ['auto', w3c.join('\n'), w3c.filter((line) => !line.startsWith('#'))],
  ['java', java.flat().join('\n'), java.map((record) => record.join('\n'))],
  ['csv', csv.join('\n'), csv.slice(1)],
];

describe('import in small pieces reads a file as parse does, and raw is the line alone', () => {
  it.each(formats)('%s', async (parser, text, records) => {
    const file = path.join(dir, `${parser}.log`);
    writeFileSync(file, `${text}\n`);
    const said: string[] = [];
    const limits = { bytes: 700, lines: 12 };
    const { signal } = new AbortController();
    const stateFile = path.join(dir, `${parser}.json`);
    const err = (line: string): void => void said.push(line);
    const one = { files: [file], server: url, patienceMs: 1_000, stateFile, limits, signal, progress: null };
    expect(await runImport({ ...one, token: parser, out: () => undefined, err })).toBe(0);
    expect(said).toEqual([]);
    expect(taken.length).toBeGreaterThan(3);
    expect(lines().map((line) => line.text)).toEqual(records);
    const parsed: { readonly parse_status: string; readonly fields: object }[] = [];
    const out = (line: string): void => void parsed.push(JSON.parse(line));
    await runParse({ files: [file], parser, ecs: false, out, err, stdin: Readable.from([]) });
    const events = lines().map((line) => readLine(line.text, parser, Date.now(), line.header));
    expect(events.map((event) => event.fields)).toEqual(parsed.map((event) => event.fields));
    expect(new Set(events.map((event) => event.parseStatus))).toEqual(new Set(['parsed']));
  });
});

describe('POST /ingest/v1/ndjson', () => {
  const post = (parser: string, type: string, body: string) =>
    fetch(`${url}/ingest/v1/ndjson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${parser}`, 'content-type': type },
      body,
    });
  it('x-ndjson is one event a line, whatever the source is pinned to', async () => {
    await post('java', 'application/x-ndjson', 'a\nb\n');
    expect(lines().map((line) => line.text)).toEqual(['a', 'b']);
  });
  it('text/plain goes on under the last header of its source', async () => {
    await post('iis', 'text/plain', `${w3c.slice(0, 3).join('\n')}\n`);
    await post('iis', 'text/plain', `${w3c[3]}\n`);
    expect(lines()).toMatchObject([2, 3].map((n) => ({ text: w3c[n], header: w3c[1] })));
  });
  it('says who a token is, and to nobody else', async () => {
    const ask = (token: string) => fetch(`${url}/ingest/v1/source`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await ask('w3c')).json()).toEqual({ id: 'w3c', parser: 'w3c' });
    expect((await ask('nobody')).status).toBe(401);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDetect } from '../../src/cli/detect.ts';
import { wholeLines } from '../harness/whole-lines.ts';
import { baseRules, correlation, idOf } from './sigma-correlation-rows.ts';

let dir = '';
/** A line of rule `a` at a second of an hour. */
const line = (second: number | null, user: string, rule = 'a') =>
  JSON.stringify({
    ...(second === null ? {} : { '@timestamp': new Date(Date.UTC(2026, 10, 22, 3) + second * 1000).toISOString() }),
    product: 'windows',
    rule,
    User: user,
  });

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sigma-correlation-'));
  const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
  const count = 'type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10s\ncondition: { gte: 3 }';
  const then = 'type: temporal_ordered\nrules: [corr1, b]\ngroup-by: [User]\ntimespan: 1m\ngenerate: true';
  put('rules.yml', [baseRules, correlation(count), `${correlation(then, '2')}level: critical\n`].join('---\n'));
  put('old.ndjson', [line(1, 'u'), '', line(2, 'u'), line(3, 'v')].join('\n'));
  put('new.ndjson', [line(20, 'u', 'b'), line(4, 'u'), line(5, 'w'), line(null, 'w')].join('\n'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function detect(files: string[], stdin: Readable = Readable.from([])) {
  const hits: Record<string, unknown>[] = [];
  const err: string[] = [];
  const code = await runDetect({
    rules: [join(dir, 'rules.yml')],
    routing: false,
    stats: false,
    files,
    out: (lines) => void hits.push(...wholeLines(lines).map((text) => JSON.parse(text) as Record<string, unknown>)),
    err: (text) => err.push(text),
    stdin,
  });
  return { code, hits, err };
}

test('files are one set of events, whatever their order; a hit carries the place of its completing line', async () => {
  const [older, newer] = [join(dir, 'old.ndjson'), join(dir, 'new.ndjson')];
  for (const files of [
    [older, newer],
    [newer, older],
  ]) {
    const { code, hits, err } = await detect(files);
    expect(code).toBe(0);
    expect(hits.filter(({ value }) => value !== undefined)).toEqual([
      {
        file: newer,
        line: 2,
        rule: idOf('1'),
        title: 'correlation 1',
        level: 'medium',
        group: { User: 'u' },
        value: 3,
      },
      {
        file: newer,
        line: 1,
        rule: idOf('2'),
        title: 'correlation 2',
        level: 'critical',
        group: { User: 'u' },
        value: 2,
      },
    ]);
    expect(err).toEqual(['correlations: 1 events have no time and took no part']);
  }
});

test('a rule that something is built on says nothing itself unless generate lets it', async () => {
  const { hits } = await detect([join(dir, 'new.ndjson')]);
  expect(hits.map(({ rule, line: at }) => [rule, at])).toEqual([[idOf('b'), 1]]);
});

test('an endless input tells of a hit once nothing older is expected, and of events that come too late', async () => {
  const lines = [line(1, 'u'), line(2, 'u'), line(3, 'u'), line(60, 'v'), line(4, 'u')];
  const { hits, err } = await detect(['-'], Readable.from([lines.join('\n')]));
  expect(hits).toMatchObject([{ file: '-', line: 3, rule: idOf('1') }]);
  expect(err).toEqual(['correlations: 1 events came too late and took no part']);
});

import { describe, expect, test } from 'vitest';
import { createLineMatcher } from '../../src/cli/detect-lines.ts';
import { FlatLineTags } from '../../src/cli/detect-tags.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';
import { LineTokens } from '../../src/sigma/match/bytes/line-tokens.ts';

const products = ['windows', 'linux', 'macos'];
const rules = products.map((product) => {
  return `title: t\nlogsource: {product: ${product}}\ndetection: {s: {x: y}, condition: not s}\n`;
});

test('lines of ever new shapes are tagged right, also once their numbers begin anew', async () => {
  const set = compileRules(parseRules(rules.join('---\n'), 'r.yml').rules);
  const matcher = createLineMatcher({ set, reader: createLineReader(await loadMappings()), routing: true });
  const wrong: string[] = [];
  for (let i = 0; i < 40_000; i++) {
    const number = (i * 7) % 3;
    const before = i % 5 === 0 ? '"category":"c",' : '';
    const own = `"product":"${products[number]}"`;
    const line = i % 2 === 0 ? `{${before}"k${i}":1,${own}}` : `{${before}${own},"k${i}":"windows"}`;
    const met = matcher.match(Buffer.from(line), 0, line.length);
    if (met?.join() !== String(number)) wrong.push(line);
  }
  expect(wrong).toEqual([]);
});

describe('a nested line', async () => {
  const { readLine, flatJson } = createLineReader(await loadMappings());
  const tags = new FlatLineTags(flatJson);
  const line = new LineTokens();
  const tagsOf = (text: string) => {
    const bytes = Buffer.from(text);
    expect(line.read(bytes, 0, bytes.length)).toBe(true);
    return tags.of(line);
  };
  const trail = '"awsRegion":"r","eventSource":"s"';

  test.each([
    ['plain', '{"a":{"b":1}}'],
    ['of CloudTrail', `{"userIdentity":{"type":"IAMUser"},${trail}}`],
    ['of CloudTrail, stating more', `{"userIdentity":{"type":"IAMUser"},${trail},"product":"own","service":"x"}`],
    ['that lacks a sign, which is an object', '{"awsRegion":{"a":1},"eventSource":"s"}'],
    ['that lacks a sign, which is a list of nothing', '{"awsRegion":[{},[]],"eventSource":"s"}'],
    ['with a sign that is an empty object', '{"awsRegion":{},"eventSource":[]}'],
    ['with a nested sign', '{"auditType":{"category":"c","action":"a"}}'],
    ['with a sign in a list', '{"auditType":[{"category":"c"},{"action":"a"}]}'],
    ['with a tag that is an object', '{"product":"windows","category":{"a":"x"}}'],
    ['with a product', '{"a":{},"product":"x"}'],
    ['with a service of the same name', '{"a":{},"service":"x"}'],
    ['of a container', '{"log":"x","stream":"stdout","kubernetes":{"pod":"p"}}'],
    ['with the sign of an envelope below', '{"a":{"short_message":"x","stream":{},"_source":{}}}'],
  ])('%s has the tags of its event', (_, text) => {
    expect(tagsOf(text)).toBe(readLine(text, 'auto', 0).logsource);
  });

  test.each([
    ['an entry of Loki', '{"stream":{"a":"x"},"values":[["1","x"]]}'],
    ['a document of Elasticsearch', '{"_index":"i","_source":{"a":"x"}}'],
    ['an event of HEC', '{"sourcetype":"s","event":{"a":"x"}}'],
    ['a GELF message', '{"a":{},"short_message":"x","host":"h"}'],
    ['an entry of the journal', '{"a":{},"__REALTIME_TIMESTAMP":"1"}'],
    ['OTLP', '{"resourceLogs":[]}'],
    ['a Windows event', '{"Event":{"System":{"EventID":1}}}'],
    ['Winlogbeat', '{"winlog":{"channel":"Security"}}'],
    ['ECS, which has more fields than the line', '{"ecs":{"version":"8"},"a":1}'],
    ['a tag in a list', '{"product":["windows"]}'],
    ['a text that NFC changes', '{"a":{"b":"e\u0301"}}'],
    ['a name that NFC changes', '{"a":{"e\u0301":1}}'],
    [
      'a name that is too long',
      `{"${'k'.repeat(250)}":{"${'k'.repeat(250)}":{"${'k'.repeat(250)}":{"${'k'.repeat(250)}":{"${'k'.repeat(25)}":1}}}}}`,
    ],
    ['more values than are flattened', `{"a":[${'1,'.repeat(2_000)}1]}`],
  ])('that is %s is read in full', (_, text) => {
    expect(tagsOf(text)).toBeNull();
  });

  test('of ever new signs is tagged right, and read in full once there were too many', () => {
    const names = [
      ...['awsRegion', 'eventSource', 'auditID', 'verb', 'resourceId', 'operationName', 'riskEventType', 'actor'],
      ...[
        'Workload',
        'Operation',
        'CreationTime',
        'legacyEventType',
        'eventType',
        '_document_id',
        'action',
        'category',
      ],
    ];
    const wrong: string[] = [];
    let known = 0;
    const lines = 4_500;
    for (let i = 0; i < lines; i++) {
      const some = names.filter((_, at) => (((i * 40_503) & 0xffff) >>> at) % 2 === 1);
      const text = JSON.stringify({ a: {}, ...Object.fromEntries(some.map((name) => [name, 'x'])) });
      const said = tagsOf(text);
      if (said !== null) known++;
      if (said !== null && said !== readLine(text, 'auto', 0).logsource) wrong.push(text);
    }
    expect(wrong).toEqual([]);
    expect(known).toBeGreaterThan(1_000);
    expect(known).toBeLessThan(lines);
    expect(tagsOf('{"a":{},"auditID":"x","verb":"x"}')?.product).toBe('kubernetes');
  });
});

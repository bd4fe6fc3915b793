import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineMatcher, type LineMatcher } from '../../src/cli/detect-lines.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';
import { jsonLine } from './json-lines.ts';

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 400) * 10 };

const rule = (logsource: string, detection: string) => `logsource: ${logsource}\ndetection: ${detection}\ntitle: t\n`;
const rules = [
  rule('{product: windows}', '{s: {a: "*"}, condition: s}'),
  rule('{product: windows, category: process_creation}', '{s: {a: "*"}, condition: not s}'),
  rule('{product: windows, service: sysmon}', '{s: {EventID|exists: true}, condition: s}'),
  rule('{product: windows, service: security}', '{s: {EventID: 4688}, condition: s}'),
  rule('{product: linux}', '{s: {b|exists: true}, condition: s}'),
  rule('{category: "1"}', '{s: {product|exists: true}, condition: s}'),
  rule('{product: windows}', '{s: [é, k], condition: s}'),
  rule('{product: windows}', '{s: {Image|exists: true}, condition: s}'),
].join('---\n');

test.each([true, false])('a line meets the same rules both ways it can be read; routing %s', async (routing) => {
  const set = compileRules(parseRules(rules, 'r.yml').rules);
  const reader = createLineReader(await loadMappings());
  const quick = createLineMatcher({ set, reader, routing });
  const slow = createLineMatcher({ set, reader, routing, byBytes: false });
  const said = (matcher: LineMatcher, line: Buffer) => {
    const met = matcher.match(line, 0, line.length);
    return met === null ? null : [matcher.reason, ...met];
  };
  let hits = 0;
  fc.assert(
    fc.property(jsonLine, (bytes) => {
      const line = Buffer.from(bytes);
      const met = said(quick, line);
      expect(met).toEqual(said(slow, line));
      hits += (met?.length ?? 1) - 1;
    }),
    runs,
  );
  expect(hits).toBeGreaterThan(runs.numRuns / 100);
});

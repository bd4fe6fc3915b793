import { expect, test } from 'vitest';
import { createLineMatcher } from '../../src/cli/detect-lines.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';

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

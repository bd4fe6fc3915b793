import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { meets } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';

const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const here = existsSync(corpora);
if (!here) console.warn(`skipped: ${corpora} is not on this machine`);

interface Positive {
  readonly rule_id: string;
  readonly title: string;
  /** How many events of the rule's capture it hits at least; null where nobody counted: one. */
  readonly match_count: number | null;
  readonly event: unknown;
}

test.skipIf(!here)('the 115 rules with known positives hit them, routed, read as live events are', async () => {
  const { set, rules } = await loadRuleDirs([`${corpora}sigmahq`]);
  const lines = readFileSync(`${corpora}sigma_regression_drl/positives.jsonl`, 'utf8').trim().split('\n');
  const hits = new Map<string, { wanted: number; got: number }>();
  const disagreements: string[] = [];
  for (const [number, line] of lines.entries()) {
    const positive: Positive = JSON.parse(line);
    const event = readLine(JSON.stringify(positive.event), 'auto', 0);
    const met = set.match(event);
    const count = hits.get(positive.rule_id) ?? { wanted: positive.match_count ?? 1, got: 0 };
    if (met.some((index) => rules[index]?.id === positive.rule_id)) count.got++;
    hits.set(positive.rule_id, count);
    // What else hits is right when the reference, looking at every rule, says the same.
    for (const [index, rule] of rules.entries()) {
      if (met.includes(index) && !meets(rule.ir, event.fields))
        disagreements.push(`${rule.title} on ${positive.title}`);
    }
    // Every rule on every event takes the reference minutes; a sample shows that nothing is missing either.
    if (number % 35 !== 0) continue;
    const everything = set.match(event, { routing: false });
    const slow = rules.flatMap((rule, index) => (meets(rule.ir, event.fields) ? [index] : []));
    expect(everything, positive.title).toEqual(slow);
  }
  expect(hits.size).toBe(115);
  expect([...hits].filter(([, { wanted, got }]) => got < wanted)).toEqual([]);
  expect(disagreements).toEqual([]);
});

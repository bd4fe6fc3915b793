import { describe, expect, test } from 'vitest';
import { compileRules } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';
import { readOwnRules } from './own-rules.ts';

/** A moment near the samples' own times, so that RFC 3164 lines get their year. */
const receivedTimeMs = Date.UTC(2026, 10, 22, 3);
const own = readOwnRules();
const rules = own.flatMap(({ rule }) => (rule === null ? [] : [rule]));
const set = compileRules(rules);

const titlesHitBy = (text: string, parser: string): string[] =>
  set.match(readLine(text, parser, receivedTimeMs)).map((index) => set.rules[index]?.title ?? '');

test('there are at least 25 rules', () => expect(rules.length).toBeGreaterThanOrEqual(25));

describe.each(own.map((entry) => [entry.file, entry] as const))('%s', (_file, { rule, problems, samples }) => {
  test('is read without a word of complaint', () => {
    expect(problems).toEqual([]);
    expect(rule).not.toBeNull();
  });

  test('has a hit and a miss', () => {
    expect([...new Set(samples.map((sample) => sample.expect))].sort()).toEqual(['hit', 'miss']);
  });

  test.each(samples.map((sample) => [sample.expect, sample.why, sample] as const))('%s: %s', (wanted, _why, sample) => {
    const event = readLine(sample.text, sample.parser, receivedTimeMs);
    expect(event.parseStatus, sample.place).toBe('parsed');
    expect(event.eventTimeMs, sample.place).not.toBeNull();
    const hit = titlesHitBy(sample.text, sample.parser);
    if (wanted === 'hit') expect(hit, sample.place).toContain(rule?.title);
    else expect(hit, sample.place).not.toContain(rule?.title);
  });

  test('hits because of its samples, and says why', () => {
    const index = rules.findIndex((r) => r.id === rule?.id);
    for (const sample of samples.filter(({ expect: wanted }) => wanted === 'hit')) {
      const event = readLine(sample.text, sample.parser, receivedTimeMs);
      expect(set.explain(index, event).length, sample.place).toBeGreaterThan(0);
    }
  });
});

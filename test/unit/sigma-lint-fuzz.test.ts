import { expect, test } from 'vitest';
import { applyFixes, formatRules, lintRules } from '../../src/sigma/index.ts';
import { createRandom, type Random, repeat } from '../property/sigma-case-random.ts';
import { ruleText } from '../property/sigma-case-rules.ts';

const pieces = [
  ...'\'"*?:|&#{}[]-\t\n\\%@!>,',
  '|re',
  '|all',
  'null',
  '(?=',
  '**',
  'NOT ',
  '1 of ',
  '---\n',
  '# c\n',
  'Đ',
];

/** Damages a text a few times: cut, doubled, something put in. */
function damaged(random: Random, text: string): string {
  let now = text;
  for (let left = 1 + random.int(4); left > 0; left--) {
    const from = random.int(now.length + 1);
    const to = Math.min(now.length, from + random.int(30));
    const middle = random.pick([
      '',
      now.slice(from, to) + now.slice(from, to),
      random.pick(pieces) + now.slice(from, to),
    ]);
    now = now.slice(0, from) + middle + now.slice(to);
  }
  return now;
}

test.each(repeat(10, (i) => i))('damaged rules of seed %i: no crash, fixes apply, fmt settles at once', (seed) => {
  const random = createRandom(seed + 500);
  for (const text of repeat(40, (i) => damaged(random, ruleText(random, seed * 100 + i)))) {
    const file = 'some_rule_name.yml';
    const fixed = applyFixes(text, lintRules([{ file, text }])).text;
    lintRules([{ file, text: fixed }]);
    const formatted = formatRules(text, file);
    if (formatted.outcome === 'formatted') expect(formatRules(formatted.text, file), text).toEqual(formatted);
    else expect(formatted.reason, text).toBe('the YAML is refused');
  }
});

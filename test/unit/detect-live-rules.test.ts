import { describe, expect, test } from 'vitest';
import { eventOf, rulesOf, threeRules } from '../harness/detection-world.ts';

const rule = (extra: string): string => `title: T
id: 00000000-0000-4000-8000-000000000009
logsource:
  product: windows
detection:
  s:
    CommandLine: x
  condition: s
${extra}`;

describe('what of a rule travels with its alerts', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['nothing said', '', { severity: 'medium', family: 'policy', titleVi: '' }],
    ['an attack tag', 'tags:\n  - attack.t1059', { family: 'intrusion', tags: ['attack.t1059'] }],
    ['other tags', 'tags:\n  - cve.2024-1', { family: 'policy' }],
    ['a family of its own', 'tags:\n  - attack.t1498\nvonggac:\n  family: availability', { family: 'availability' }],
    ['a family nobody knows', 'vonggac:\n  family: magic', { family: 'policy' }],
    ['a Vietnamese title', 'level: critical\nvonggac:\n  title_vi: Tên', { titleVi: 'Tên', severity: 'critical' }],
    ['nonsense where ours should be', 'vonggac: 7', { titleVi: '', family: 'policy' }],
  ])('%s', (_, extra, want) => {
    expect(rulesOf(rule(extra)).facts[0]).toMatchObject({ title: 'T', ...want });
  });

  test('a part of the rules keeps the numbers of the whole', () => {
    const rules = rulesOf(threeRules);
    const event = eventOf('b', 0, { command: 'whoami & net user & mimikatz' });
    expect(rules.match(event)).toEqual([0, 1, 2]);
    const part = rules.part([2, 0]);
    expect([...part.match(event)].sort()).toEqual([0, 2]);
    expect(part.explain(2, event)).toEqual(rules.explain(2, event));
    expect(rules.part([]).match(event)).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** A rule with the events that meet it and those that do not, or with the problems that it is told of. */
const caseShape = z.strictObject({
  rule: z.string().optional(),
  rules: z.string().optional(),
  correlation: z.string().optional(),
  events: z.string().optional(),
  begins: z.array(z.string()).optional(),
  met: z.string().optional(),
  unmet: z.string().optional(),
  refused: z.array(z.string()).optional(),
  warned: z.array(z.string()).optional(),
  placeholders: z.record(z.string(), z.array(z.string())).optional(),
  logsource: z.record(z.string(), z.string()).optional(),
  routed: z.array(z.tuple([routeShape(), z.boolean()])).optional(),
  routedOpen: z.array(z.tuple([routeShape(), z.boolean()])).optional(),
});
const rowShape = caseShape.extend({
  id: z.string(),
  says: z.string(),
  differs: z.string().optional(),
  why: z.string().optional(),
  more: z.array(caseShape).optional(),
});
const fileShape = z.array(z.strictObject({ section: z.string(), rows: z.array(rowShape) }));

function routeShape() {
  return z.strictObject({
    product: z.string().nullable(),
    categories: z.array(z.string()),
    services: z.array(z.string()),
  });
}

export type ConformanceCase = z.infer<typeof caseShape>;
export type ConformanceRow = z.infer<typeof rowShape>;

/** The points of docs/sigma-conformance.md with their cases, as they stand in the file. */
export const sections: z.infer<typeof fileShape> = fileShape.parse(
  parse(readFileSync(new URL('sigma-cases.yml', import.meta.url), 'utf8')),
);

/** A row's own case and its further ones. */
export function casesOf(row: ConformanceRow): readonly ConformanceCase[] {
  return [row, ...(row.more ?? [])];
}

/** The lines of a block of events. */
export function linesOf(block: string | undefined): string[] {
  return (block ?? '').split('\n').filter((line) => line !== '');
}

/** What correlations are built on: r1, r2 and r3 meet events of the kinds a, b and c. */
const baseRules = ['a', 'b', 'c'].map(
  (kind, i) =>
    `title: r${i + 1}\nname: r${i + 1}\nid: 00000000-0000-4000-8000-00000000000${i + 1}\nlogsource: { product: windows }\ndetection:\n  sel: { kind: ${kind} }\n  condition: sel\n---\n`,
);

/** The documents of a case: its `rules`, or a rule around its detection, or rules and a correlation. */
export function documentsOf({ rule, rules, correlation, logsource }: ConformanceCase): string {
  if (rules !== undefined) return /^correlation:/m.test(rules) ? baseRules.join('') + rules : rules;
  if (correlation !== undefined) {
    const lines = correlation.trimEnd().replace(/^(?=.)/gm, '  ');
    return `${baseRules.join('')}title: c\nid: 00000000-0000-4000-8000-000000000009\ncorrelation:\n${lines}\n`;
  }
  const detection = (rule ?? '').trimEnd();
  const whole = /^condition:/m.test(detection) ? detection : `${detection}\ncondition: sel`;
  const indented = whole.replace(/^(?=.)/gm, '  ');
  const source = JSON.stringify(logsource ?? { product: 'windows' });
  return `title: row\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: ${source}\nlevel: low\ndetection:\n${indented}\n`;
}

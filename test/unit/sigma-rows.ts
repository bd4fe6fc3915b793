import { compileRules, meets, type ParseOptions, parseRules, type RuleProblem } from '../../src/sigma/index.ts';

/** A rule around a detection given as YAML lines without indentation. */
export function ruleText(detection: string): string {
  const indented = detection
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  const head = 'title: row\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: { product: windows }\nlevel: low\n';
  return `${head}detection:\n${indented}\n`;
}

/** `selection` alone: `sel: …`, condition added. */
export function withCondition(detection: string): string {
  return /^condition:/m.test(detection) ? detection : `${detection.trim()}\ncondition: sel`;
}

/** Whether the event meets the detection; the reference and the fast evaluator must say the same. */
export function verdict(detection: string, fields: Record<string, unknown>, options: ParseOptions = {}): boolean {
  const { rules, problems } = parseRules(ruleText(withCondition(detection)), 'row.yml', options);
  const [rule] = rules;
  if (rule === undefined) throw new Error(`refused: ${problems.map((p) => `${p.code} ${p.message}`).join('; ')}`);
  const slow = meets(rule.ir, fields);
  const event = { fields, logsource: { product: 'linux', categories: [], services: [] } };
  const fast = compileRules(rules).match(event, { routing: false }).length === 1;
  if (slow !== fast) throw new Error(`reference says ${slow}, fast says ${fast}`);
  return slow;
}

/** Codes of what is wrong with the detection, in the order of places. */
export function codes(detection: string, options: ParseOptions = {}): string[] {
  return problemsOf(detection, options).map((problem) => problem.code);
}

export function problemsOf(detection: string, options: ParseOptions = {}): RuleProblem[] {
  return parseRules(ruleText(withCondition(detection)), 'row.yml', options).problems;
}

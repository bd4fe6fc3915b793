import type { Readable } from 'node:stream';
import { loadMappings, MappingsRefused } from '../compose/mappings.ts';
import { createLineReader } from '../ingest/read-line.ts';
import type { NormalisedEvent } from '../model/event.ts';
import {
  applies,
  explainRule,
  linkRules,
  type ParseOptions,
  parseRules,
  type Rule,
  renderProblem,
} from '../sigma/index.ts';
import { explainText } from './explain-text.ts';
import { NoEvent, readOneEvent } from './one-event.ts';
import { printable } from './printable.ts';
import { readRuleTexts } from './rule-texts.ts';

/** Rules listed when several fit. */
const namedMax = 20;

export interface RulesExplainOptions {
  /** A file or folder of rules; `#id` after it names one of several. */
  readonly rule: string;
  /** A JSON file, `FILE:LINE`, or `-` for standard input. */
  readonly event: string;
  readonly json: boolean;
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  /** Folder of mappings; without it, those the package brings. */
  readonly mappings?: string;
  out(line: string): void;
  err(line: string): void;
  readonly stdin: Readable;
}

/**
 * `vonggac rules explain`: why an event meets a rule or does not, item by item, and whether the rule applies to its log
 * source. The line is read as live ingest reads it.
 * Exit code: 0 the event is a hit · 1 it is not, or rule or event cannot be read.
 */
export async function runRulesExplain(o: RulesExplainOptions): Promise<number> {
  const rule = await findRule(o);
  if (rule === null) return 1;
  let event: NormalisedEvent;
  try {
    const { readLine } = createLineReader(await loadMappings(o.mappings));
    event = readLine(await readOneEvent(o.event, o.stdin), 'auto', Date.now());
  } catch (error) {
    if (!(error instanceof NoEvent || error instanceof MappingsRefused)) throw error;
    o.err(error.message);
    return 1;
  }
  const explained = explainRule(rule.ir, event.fields);
  const applied = applies(rule.logsource, event.logsource, 'closed');
  const hit = applied && explained.met;
  if (o.json) {
    const { id, title, file, line, logsource } = rule;
    const { parser, parseStatus, parseReason } = event;
    o.out(
      JSON.stringify({
        hit,
        rule: { id, title, file, line, logsource },
        event: { parser, parseStatus, parseReason, logsource: event.logsource },
        applies: applied,
        explained,
      }),
    );
  } else for (const line of explainText(rule, event, o.event, applied, explained)) o.out(line);
  return hit ? 0 : 1;
}

/** The rule as the platform would run it: filters that stand in the same files are applied. */
async function findRule(o: RulesExplainOptions): Promise<Rule | null> {
  const hash = o.rule.lastIndexOf('#');
  const [path, id] = hash < 0 ? [o.rule, ''] : [o.rule.slice(0, hash), o.rule.slice(hash + 1)];
  const { files, unread } = await readRuleTexts([path]);
  for (const line of unread) o.err(line);
  const parsed = files.map(({ file, text }) => ({ text, ...parseRules(text, file, o.parse) }));
  const documents = parsed.flatMap((one) => one.documents);
  const linked = linkRules(documents);
  const fitting = linked.rules.filter((rule) => id === '' || rule.id === id || rule.title === id);
  const [rule, other] = fitting;
  if (rule !== undefined && other === undefined) return rule;
  if (other !== undefined) {
    o.err(`${path} holds several rules: name one of them`);
    for (const { id: name, title } of fitting.slice(0, namedMax)) o.err(printable(`  ${path}#${name}  ${title}`));
    if (fitting.length > namedMax) o.err(`  and ${fitting.length - namedMax} more`);
    return null;
  }
  const wanted = id === '' || documents.some((document) => document.id === id);
  if (files.length === 1 || wanted) {
    for (const { text, problems } of parsed) for (const problem of problems) o.err(renderProblem(problem, text));
  }
  const correlation = linked.correlations.find((one) => id === '' || one.id === id || one.title === id);
  if (correlation !== undefined) {
    o.err(printable(`${correlation.title} is a correlation; an event meets the rules it is built on:`));
    for (const rule of linked.rules.filter((one) => correlation.ir.references.some((named) => named.id === one.id)))
      o.err(printable(`  ${path}#${rule.id}  ${rule.title}`));
    return null;
  }
  o.err(wanted ? `${path} holds no detection rule that stands` : `${path} holds no rule ${printable(id)}`);
  return null;
}

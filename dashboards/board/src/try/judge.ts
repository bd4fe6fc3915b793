/**
 * A rule and a pasted line, tried as the platform would: the same engine, the same reading of lines, the same mappings.
 * Pure; runs in a worker of the page, and in tests.
 */
import type { MappingsView } from '../../../../src/contract/api.ts';
import { createLineReader, type ReadLine } from '../../../../src/ingest/read-line.ts';
import type { LogsourceTags, NormalisedEvent, ParseStatus } from '../../../../src/model/event.ts';
import {
  applies,
  type ExplainedRule,
  explainRule,
  type Finding,
  type Logsource,
  lintRules,
  parseRules,
  type Rule,
} from '../../../../src/sigma/index.ts';

export interface Trial {
  /** One or more rules as YAML. */
  readonly rule: string;
  /** A line of log as it came; JSON may stand over several lines. */
  readonly line: string;
  /** Parser id, or `auto`. */
  readonly parser: string;
}

export interface Judgement {
  readonly problems: readonly ShownProblem[];
  /** Problems left out of the list. */
  readonly problemsMore: number;
  readonly rules: readonly TriedRule[];
  readonly rulesMore: number;
  /** Correlations and filters: they need more than one event or rule. */
  readonly otherDocuments: number;
  /** null when no line was given. */
  readonly event: ReadEvent | null;
  /** Lines pasted behind the first, which alone is tried. */
  readonly linesMore: number;
}

export interface ShownProblem {
  readonly severity: Finding['severity'];
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly advice: string;
  /** The line it stands in, cut, and where in it the caret goes. */
  readonly source: string;
  readonly caret: number;
}

export interface TriedRule {
  readonly title: string;
  readonly id: string;
  readonly line: number;
  readonly logsource: Logsource;
  /** Dimensions in which the event is none of the rule's; [] when the rule applies. */
  readonly foreign: readonly (typeof dimensions)[number][];
  readonly applies: boolean;
  /** null without an event. */
  readonly explained: ExplainedRule | null;
}

export interface ReadEvent {
  readonly parser: string;
  readonly status: ParseStatus;
  readonly reason: string;
  readonly timeMs: number | null;
  readonly host: string;
  readonly logsource: LogsourceTags;
  readonly fields: readonly ReadField[];
  readonly fieldsMore: number;
}

export interface ReadField {
  readonly name: string;
  readonly value: string;
  /** Made by a mapping, not by the line. */
  readonly mapped: boolean;
}

/** What is shown of a trial; the rest is counted. */
const shownMax: Readonly<Record<'problems' | 'rules' | 'fields' | 'valueChars' | 'sourceChars', number>> = {
  problems: 50,
  rules: 20,
  fields: 500,
  valueChars: 2_000,
  sourceChars: 120,
};

const severityOrder: readonly Finding['severity'][] = ['error', 'warning', 'info'];

export type Judge = (trial: Trial) => Judgement;

/** `clock`: receipt of the line, ms since the epoch, for times without a year. */
export function createJudge(mappings: MappingsView, clock: () => number): Judge {
  const { readLine } = createLineReader(mappings);
  const { readLine: readBare } = createLineReader({ version: '', all: [] });

  return ({ rule, line, parser }) => {
    const { text, linesMore } = firstEvent(line);
    const event = text === '' ? null : readLine(text, parser, clock());
    const problems = rule.trim() === '' ? [] : problemsOf(rule);
    const { rules, documents } = rule.trim() === '' ? { rules: [], documents: [] } : parseRules(rule, 'rule.yml');
    return {
      problems: problems.slice(0, shownMax.problems),
      problemsMore: Math.max(0, problems.length - shownMax.problems),
      rules: rules.slice(0, shownMax.rules).map((each) => tried(each, event, mappings.unknownLogsource)),
      rulesMore: Math.max(0, rules.length - shownMax.rules),
      otherDocuments: documents.filter((each) => each.correlation !== undefined || each.filter !== undefined).length,
      event: event === null ? null : readEvent(event, readBare, text, parser, clock()),
      linesMore,
    };
  };
}

/** The first line, or the whole text when it is one JSON object written over several. */
function firstEvent(pasted: string): { readonly text: string; readonly linesMore: number } {
  const text = pasted.trim();
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length > 1 && text.startsWith('{')) {
    try {
      JSON.parse(text);
      return { text, linesMore: 0 };
    } catch {
      // Several objects, a line each.
    }
  }
  return { text: lines[0] ?? '', linesMore: Math.max(0, lines.length - 1) };
}

function problemsOf(text: string): ShownProblem[] {
  const lines = text.split('\n');
  const rank = (finding: Finding): number => severityOrder.indexOf(finding.severity);
  // A pasted rule has no file whose name could be wrong.
  return lintRules([{ file: 'rule.yml', text }], { disable: ['file-name'] })
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ severity, code, line, column, message, advice }) => {
      const whole = lines[line - 1] ?? '';
      const from = Math.max(0, column - 1 - shownMax.sourceChars / 2);
      const source = whole.slice(from, from + shownMax.sourceChars).replaceAll('\t', ' ');
      return {
        severity,
        code,
        line,
        column,
        message,
        advice,
        source,
        caret: Math.min(source.length, column - 1 - from),
      };
    });
}

const dimensions = ['product', 'category', 'service'] as const;

function tried(rule: Rule, event: NormalisedEvent | null, unknown: MappingsView['unknownLogsource']): TriedRule {
  const { title, id, line, logsource } = rule;
  const foreign = dimensions.filter((dimension) => {
    const alone = { product: null, category: null, service: null, [dimension]: logsource[dimension] };
    return event !== null && !applies(alone, event.logsource, unknown);
  });
  return {
    title,
    id,
    line,
    logsource,
    foreign,
    applies: foreign.length === 0,
    explained: event === null ? null : explainRule(rule.ir, event.fields),
  };
}

function readEvent(event: NormalisedEvent, readBare: ReadLine, line: string, parser: string, nowMs: number): ReadEvent {
  const bare = readBare(line, parser, nowMs).fields;
  const fields = Object.entries(event.fields);
  return {
    parser: event.parser,
    status: event.parseStatus,
    reason: event.parseReason,
    timeMs: event.eventTimeMs,
    host: event.host,
    logsource: event.logsource,
    fields: fields.slice(0, shownMax.fields).map(([name, value]) => ({
      name,
      value: shorten(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')),
      mapped: !Object.hasOwn(bare, name),
    })),
    fieldsMore: Math.max(0, fields.length - shownMax.fields),
  };
}

function shorten(text: string): string {
  return text.length <= shownMax.valueChars ? text : `${text.slice(0, shownMax.valueChars)}…`;
}

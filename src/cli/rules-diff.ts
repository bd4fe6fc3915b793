import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { loadMappings, MappingsRefused } from '../compose/mappings.ts';
import { loadRuleDirs, RulesUnreadable } from '../detect/rule-files.ts';
import { createLineReader, type ReadLine } from '../ingest/read-line.ts';
import type { NormalisedEvent } from '../model/event.ts';
import type { ParseOptions } from '../sigma/index.ts';
import { defaultDetectLimits } from './detect.ts';
import { createDetectCorrelations } from './detect-correlations.ts';
import {
  type ComparedRules,
  type CorrelatedHit,
  createHitDifferences,
  type DifferenceExample,
  type HitDifferences,
  type RuleDifference,
} from './hit-differences.ts';
import { printable } from './printable.ts';
import { readLines } from './read-lines.ts';

export interface RulesDiffOptions {
  /** A folder or file of rules each. */
  readonly before: string;
  readonly after: string;
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  /** Log files; `-` is standard input. */
  readonly over: readonly string[];
  /** false holds every rule against every event. */
  readonly routing: boolean;
  /** One JSON object a rule that differs, then one with the totals. */
  readonly json: boolean;
  /** Hits of correlations that are kept of each set to be compared; with more, none are. Default 200,000. */
  readonly correlatedHitsMax?: number;
  /** Folder of mappings; without it, those the package brings. */
  readonly mappings?: string;
  out(line: string): void;
  err(line: string): void;
  readonly stdin: Readable;
}

/**
 * `vonggac rules diff`: which hits a change of rules gains and loses over logs, with lines that show it.
 * Exit code: 0 the same hits · 1 other hits, or something could not be read.
 */
export async function runRulesDiff(o: RulesDiffOptions): Promise<number> {
  let before: Side;
  let after: Side;
  let readLine: ReadLine;
  try {
    ({ readLine } = createLineReader(await loadMappings(o.mappings)));
    before = await load(o.before, o);
    after = await load(o.after, o);
  } catch (error) {
    if (!(error instanceof RulesUnreadable || error instanceof MappingsRefused)) throw error;
    o.err(error.message);
    return 1;
  }
  const differences = createHitDifferences(before, after);
  let unread = 0;
  for (const file of o.over) {
    try {
      await compareFile(file, before, after, readLine, differences, o);
    } catch (error) {
      unread++;
      o.err(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const [toldBefore, toldAfter] = [before.correlated(o.err), after.correlated(o.err)];
  if (toldBefore === null || toldAfter === null) unread++;
  else differences.takeCorrelated(toldBefore, toldAfter);
  const differing = differences.differing();
  for (const rule of differing) {
    if (o.json) o.out(JSON.stringify(rule));
    else for (const line of textOf(rule)) o.out(printable(line));
  }
  sayTotals(o, differing, differences);
  return unread > 0 || differing.length > 0 ? 1 : 0;
}

/** A set of rules and what its correlations make of the lines. */
interface Side extends ComparedRules {
  /** What a line meets; correlations are told of it. */
  match(event: NormalisedEvent, file: string, line: number): readonly number[];
  /** What correlations told of all lines; null when that was more than is kept. To be asked once. */
  correlated(err: (line: string) => void): readonly CorrelatedHit[] | null;
}

async function load(place: string, o: RulesDiffOptions): Promise<Side> {
  const { set, documents, correlations, silent } = await loadRuleDirs([place], o.parse);
  const refused = documents.filter(({ outcome }) => outcome === 'refused').length;
  if (refused > 0) o.err(`${place}: ${refused} rules refused; \`vonggac rules check\` says why`);
  const hits: CorrelatedHit[] = [];
  const hitsMax = o.correlatedHitsMax ?? 200_000;
  let told = 0;
  const correlated = createDetectCorrelations({
    ...{ correlations, silent, rules: set.rules, files: o.over, isEndless: false },
    out(line) {
      if (told++ < hitsMax) hits.push(JSON.parse(line));
    },
  });
  return {
    ...{ rules: set.rules, correlations, silent },
    match(event, file, line) {
      const met = set.match(event, { routing: o.routing });
      if (met.some(correlated.takes)) correlated.add(met, event, o.over.indexOf(file), line);
      return met;
    },
    correlated(err) {
      correlated.flush();
      const { untimed } = correlated.stats();
      if (untimed > 0) err(`${place}: correlations: ${untimed} events have no time and took no part`);
      if (told > hitsMax) err(`${place}: ${told} hits of correlations; over ${hitsMax} they are not compared`);
      return told > hitsMax ? null : hits;
    },
  };
}

async function compareFile(
  file: string,
  before: Side,
  after: Side,
  readLine: ReadLine,
  differences: HitDifferences,
  o: RulesDiffOptions,
): Promise<void> {
  const { lineBytes, messages } = defaultDetectLimits;
  const receivedTimeMs = Date.now();
  let tooLong = 0;
  await readLines(file === '-' ? o.stdin : createReadStream(file), lineBytes, {
    line(bytes, from, to, number) {
      const text = bytes.toString('utf8', from, to);
      if (text.trim() === '') return;
      const event = readLine(text, 'auto', receivedTimeMs);
      differences.take(file, number, text, before.match(event, file, number), after.match(event, file, number));
    },
    tooLong(number, bytes) {
      if (tooLong++ < messages) o.err(`${file}:${number}: the line has more than ${bytes} bytes and was left out`);
    },
    full: () => false,
    drain: () => Promise.resolve(),
  });
  if (tooLong > messages) o.err(`${file}: ${tooLong - messages} more such lines`);
}

function textOf({
  id,
  title,
  rule,
  before,
  after,
  gained,
  lost,
  gainedExamples,
  lostExamples,
}: RuleDifference): string[] {
  const example = (sign: string) => (one: DifferenceExample) => `    ${sign} ${one.file}:${one.line}: ${one.text}`;
  const more = (count: number, shown: readonly unknown[], sign: string) =>
    count > shown.length ? [`    ${sign} … ${count - shown.length} more`] : [];
  return [
    `${title} (${id}, rule ${rule})`,
    `  ${before} -> ${after} hits: ${gained} gained, ${lost} lost`,
    ...gainedExamples.map(example('+')),
    ...more(gained, gainedExamples, '+'),
    ...lostExamples.map(example('-')),
    ...more(lost, lostExamples, '-'),
  ];
}

function sayTotals(o: RulesDiffOptions, differing: readonly RuleDifference[], differences: HitDifferences): void {
  const { lines, before, after } = differences.totals();
  const gained = differing.reduce((sum, rule) => sum + rule.gained, 0);
  const lost = differing.reduce((sum, rule) => sum + rule.lost, 0);
  const totals = { lines, before, after, gained, lost, rules: differing.length };
  if (o.json) o.out(JSON.stringify({ totals }));
  else
    o.err(`${lines} lines: ${before} -> ${after} hits, ${gained} gained and ${lost} lost by ${differing.length} rules`);
}

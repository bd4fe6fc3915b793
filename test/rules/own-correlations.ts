import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRules, type RuleDocument, type RuleProblem } from '../../src/sigma/index.ts';

export const correlationsDir = 'rules/correlations';

/** One line of a log, sent several times; it may hold {n}, and the moment as {iso}, {clf}, {date}, {clock}, {ms}. */
interface Burst {
  readonly times: number;
  readonly everySeconds: number;
  /** Pause before the first, after the last of the burst before. */
  readonly afterSeconds?: number;
  readonly line: unknown;
}

export interface CorrelationSample {
  readonly expect: 'hit' | 'miss';
  readonly why: string;
  readonly events: readonly Burst[];
  readonly place: string;
}

export interface OwnCorrelation {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
  readonly samples: readonly CorrelationSample[];
}

/** Every file of correlations of ours with its samples, in the order of names. */
export function readOwnCorrelations(): readonly OwnCorrelation[] {
  return readdirSync(correlationsDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => {
      const file = join(correlationsDir, name);
      const text = readFileSync(file, 'utf8');
      return { file, text, ...parseRules(text, file), samples: readSamples(file.replace(/\.yml$/, '.samples.jsonl')) };
    });
}

function readSamples(file: string): CorrelationSample[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line, at) => ({ line, place: `${file}:${at + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, place }) => ({ ...(JSON.parse(line) as Omit<CorrelationSample, 'place'>), place }));
}

const startMs = Date.UTC(2026, 10, 22, 2);
const vietnamMs = 7 * 3_600_000;

/** The lines of a sample as a collector receives them. */
export function linesOf(sample: CorrelationSample): string[] {
  let timeMs = startMs;
  return sample.events.flatMap(({ times, everySeconds, afterSeconds = 0, line }) => {
    timeMs += afterSeconds * 1000;
    const template = typeof line === 'string' ? line : JSON.stringify(line);
    return Array.from({ length: times }, (_, i) => {
      if (i > 0) timeMs += everySeconds * 1000;
      return filled(template, timeMs, i + 1);
    });
  });
}

function filled(template: string, timeMs: number, n: number): string {
  const local = new Date(timeMs + vietnamMs).toISOString();
  const [date = '', clock = ''] = local.slice(0, 19).split('T');
  const [year, , day] = date.split('-');
  const values: Readonly<Record<string, string>> = {
    n: String(n),
    iso: new Date(timeMs).toISOString(),
    clf: `${day}/Nov/${year}:${clock} +0700`,
    ms: String(timeMs),
    date,
    clock,
  };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

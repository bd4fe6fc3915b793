import { type ProblemCode, problemCodes, type Severity } from './problem-codes.ts';

/** A place in a rule file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a rule, where, and what to write instead. `refused` rules do not run, `warning` ones do. */
export interface RuleProblem extends Position {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly file: string;
  readonly message: string;
  readonly advice: string;
}

/** Collects the problems of one file, so that a reader sees all of them at once. */
export interface Problems {
  /** Adds a problem; its severity and advice come from the code table unless `advice` says more. */
  report(code: ProblemCode, at: Position, message: string, advice?: string): void;
  /** How many problems so far refuse a rule. */
  refusals(): number;
  readonly all: readonly RuleProblem[];
}

export function createProblems(file: string, max: number): Problems {
  const all: RuleProblem[] = [];
  const seen = new Set<string>();
  let refused = 0;
  return {
    all,
    refusals: () => refused,
    report(code, at, message, advice) {
      const entry = problemCodes[code];
      if (entry.severity === 'refused') refused++;
      const key = `${code} ${at.line} ${at.column} ${message}`;
      if (seen.has(key)) return;
      if (all.length >= max) return;
      seen.add(key);
      const last = all.length === max - 1;
      const shown: ProblemCode = last ? 'problem-limit' : code;
      all.push({
        severity: problemCodes[shown].severity,
        code: shown,
        file,
        line: at.line,
        column: at.column,
        message: last ? `more than ${max - 1} problems in this file; the rest is left out` : message,
        advice: last ? problemCodes[shown].advice : (advice ?? entry.advice),
      });
    },
  };
}

/** What can be shown at its place: a problem of the loader, or a finding of the linter. */
type Shown = Pick<RuleProblem, 'file' | 'line' | 'column' | 'message' | 'advice'> & {
  readonly severity: string;
  readonly code: string;
};

/** The problem with its line and a caret under the column, for people: four lines, no colour, no final newline. */
export function renderProblem(problem: Shown, text: string): string {
  const shownMax = 160;
  const head = printable(
    `${problem.file}:${problem.line}:${problem.column}: ${problem.severity} ${problem.code}: ${problem.message}`,
  );
  const advice = `  ${printable(problem.advice)}`;
  const line = lineOf(text, problem.line);
  if (line === null) return `${head}\n${advice}`;
  const from = Math.max(0, problem.column - 1 - shownMax / 2);
  const cut = printable(line.slice(from, from + shownMax));
  const gutter = String(problem.line);
  const caret = `${' '.repeat(gutter.length)} | ${' '.repeat(Math.min(cut.length, problem.column - 1 - from))}^`;
  return `${head}\n${gutter} | ${cut}\n${caret}\n${advice}`;
}

/** Nothing that moves a terminal's cursor or turns its text round, whatever a rule's author wrote. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
}

function lineOf(text: string, line: number): string | null {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return null;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

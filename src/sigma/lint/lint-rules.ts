import { defaultSigmaLimits } from '../limits.ts';
import { linkRules } from '../link/link-rules.ts';
import type { ParseOptions, RuleDocument } from '../parse-rules.ts';
import type { RuleProblem } from '../problem.ts';
import { problemCodes } from '../problem-codes.ts';
import { allChecks } from './all-checks.ts';
import type { Check, Report } from './check.ts';
import { disabledIn } from './disable-comment.ts';
import { type LintDocument, readLintFile, textAt } from './document.ts';
import type { Finding } from './finding.ts';

/** A rule file: its name is shown, and some checks look at it. */
export interface RuleText {
  readonly file: string;
  readonly text: string;
}

export interface LintOptions extends ParseOptions {
  /** Ids of checks and codes of problems to leave out everywhere. */
  readonly disable?: readonly string[];
}

/**
 * Everything there is to say about some rule files: what the parser refuses or warns of, and what the checks find, in
 * the order of files and places. Checks over several rules (ids, titles, references) look at all files together.
 * So name the whole folder: a filter or a correlation is told of rules that are not among the files.
 * A comment `# vonggac-lint-disable id, id` switches checks off for its document. Never throws.
 */
export function lintRules(files: readonly RuleText[], options: LintOptions = {}): Finding[] {
  const disabled = new Set(options.disable ?? []);
  const limits = options.limits ?? defaultSigmaLimits;
  const documents: LintDocument[] = [];
  const parsed: RuleDocument[] = [];
  const findings: Finding[] = [];
  const order = new Map<string, number>();
  for (const { file, text } of files) {
    order.set(file, order.size);
    const read = readLintFile(text, file, options);
    documents.push(...read.documents);
    parsed.push(...read.parsed);
    findings.push(...read.problems.map(findingOf));
  }
  // Doubled ids are the check's, which shows the id itself, where one is written.
  const placeOf = ({ file, line }: { readonly file: string; readonly line: number }) => `${file}\n${line}`;
  const withId = new Set(
    documents
      .filter(({ root }) => textAt(root, 'id') !== null)
      .map(({ file, root }) => placeOf({ file, line: root.at.line })),
  );
  const linking = linkRules(parsed, { limits }).problems.filter(
    (problem) => problem.code !== 'id-duplicate' || !withId.has(placeOf(problem)),
  );
  findings.push(...linking.map(findingOf));
  for (const check of allChecks) {
    if (!disabled.has(check.id)) run(check, documents, (document) => reporter(check, document, findings));
  }
  const sorted = withoutDisabled(withoutDoubles(findings), documents, disabled).toSorted(
    (a, b) =>
      (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) ||
      a.line - b.line ||
      a.column - b.column ||
      a.code.localeCompare(b.code, 'en'),
  );
  return bounded(sorted);
}

/** Findings shown of one file; the last one says that more were left out. */
const findingsMax = 500;

function bounded(sorted: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  return sorted.flatMap((finding) => {
    const count = (counts.get(finding.file) ?? 0) + 1;
    counts.set(finding.file, count);
    if (count < findingsMax) return [finding];
    if (count > findingsMax) return [];
    const message = `more than ${findingsMax - 1} findings in this file; the rest is left out`;
    return [{ ...finding, code: 'problem-limit', message, advice: problemCodes['problem-limit'].advice, fix: null }];
  });
}

function run(check: Check, documents: readonly LintDocument[], reportOf: (document: LintDocument) => Report): void {
  check.set?.(documents, reportOf);
  if (check.document === undefined && check.item === undefined) return;
  for (const document of documents) {
    const report = reportOf(document);
    check.document?.(document, report);
    if (check.item !== undefined) for (const item of document.items) check.item(item, report);
  }
}

function reporter(check: Check, document: LintDocument, into: Finding[]): Report {
  const { severity, id: code } = check;
  const { file } = document;
  return ({ line, column }, message, extra) => {
    const { advice = check.advice, fix = null } = extra ?? {};
    into.push({ severity, code, file, line, column, message, advice, fix });
  };
}

function findingOf(problem: RuleProblem): Finding {
  return { ...problem, severity: problem.severity === 'refused' ? 'error' : 'warning', fix: null };
}

/** A check may carry a problem's code, to add a fix: then the check's word stands for both. */
function withoutDoubles(findings: readonly Finding[]): Finding[] {
  const place = (f: Finding) => `${f.file}\n${f.line}\n${f.column}\n${f.code}`;
  const fixed = new Set(findings.filter((f) => f.fix !== null).map(place));
  return findings.filter((f) => f.fix !== null || !fixed.has(place(f)));
}

function withoutDisabled(
  findings: readonly Finding[],
  documents: readonly LintDocument[],
  everywhere: ReadonlySet<string>,
): Finding[] {
  const commented = new Map<string, { from: number; to: number; ids: ReadonlySet<string> }[]>();
  for (const document of documents) {
    const ids = new Set(disabledIn(document).map(({ id }) => id));
    if (ids.size === 0) continue;
    const ofFile = commented.get(document.file) ?? [];
    ofFile.push({ from: document.from, to: document.to, ids });
    commented.set(document.file, ofFile);
  }
  return findings.filter(
    ({ file, line, code }) =>
      !everywhere.has(code) &&
      !(commented.get(file) ?? []).some(({ from, to, ids }) => line >= from && line <= to && ids.has(code)),
  );
}

import { writeFile } from 'node:fs/promises';
import {
  applyFixes,
  type Finding,
  type FindingSeverity,
  lintIds,
  lintRules,
  type ParseOptions,
  renderProblem,
} from '../sigma/index.ts';
import { printable } from './printable.ts';
import { readRuleTexts } from './rule-texts.ts';

export interface RulesLintOptions {
  readonly paths: readonly string[];
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  /** One JSON object a finding. */
  readonly json: boolean;
  /** Write the fixes that do not change what a rule means. */
  readonly fix: boolean;
  /** Findings below it are neither shown nor fixed nor counted. */
  readonly severity: FindingSeverity;
  /** Ids of checks to leave out. */
  readonly disable: readonly string[];
  out(line: string): void;
  err(line: string): void;
}

/** A fix can make room for another; this many rounds settle every rule we know of. */
const fixRoundsMax = 8;

const weights: Readonly<Record<FindingSeverity, number>> = { error: 2, warning: 1, info: 0 };

/**
 * `vonggac rules lint`: what is wrong, doubtful or untidy in rule files, with the line and a caret under the place.
 * Exit code: 0 nothing but infos · 1 an error or a warning remains, or a file cannot be read · 2 `disable` names no check.
 */
export async function runRulesLint(o: RulesLintOptions): Promise<number> {
  for (const id of o.disable.filter((one) => one !== '' && !lintIds().includes(one))) {
    o.err(`--disable: there is no check ${printable(id)}; docs/sigma-lint.md lists them`);
    return 2;
  }
  const { files, unread } = await readRuleTexts(o.paths);
  for (const line of unread) o.err(line);
  const shown = (texts: typeof files) =>
    lintRules(texts, { ...o.parse, disable: o.disable }).filter(
      ({ severity }) => weights[severity] >= weights[o.severity],
    );
  let texts = files;
  let findings = shown(texts);
  let fixed = 0;
  for (let round = 0; o.fix && round < fixRoundsMax && findings.some(({ fix }) => fix !== null); round++) {
    const byFile = new Map<string, Finding[]>();
    for (const finding of findings) byFile.set(finding.file, [...(byFile.get(finding.file) ?? []), finding]);
    texts = texts.map(({ file, text }) => {
      const after = applyFixes(text, byFile.get(file) ?? []);
      fixed += after.fixed;
      return { file, text: after.text };
    });
    findings = shown(texts);
  }
  const written = await writeChanged(files, texts);
  const textOf = new Map(texts.map(({ file, text }) => [file, text]));
  for (const finding of findings) {
    const { fix, ...plain } = finding;
    o.out(
      o.json
        ? JSON.stringify({ ...plain, fixable: fix !== null })
        : `${renderProblem(finding, textOf.get(finding.file) ?? '')}${fix === null ? '' : ' [--fix]'}`,
    );
  }
  const count = (severity: FindingSeverity) => findings.filter((finding) => finding.severity === severity).length;
  const fixable = findings.filter(({ fix }) => fix !== null).length;
  const tail = o.fix
    ? `, ${fixed} fixed in ${written} files`
    : fixable > 0
      ? `, ${fixable} of them fixable (--fix)`
      : '';
  o.err(`${files.length} files: ${count('error')} errors, ${count('warning')} warnings, ${count('info')} infos${tail}`);
  return unread.length > 0 || count('error') + count('warning') > 0 ? 1 : 0;
}

type Texts = readonly { readonly file: string; readonly text: string }[];

async function writeChanged(before: Texts, after: Texts): Promise<number> {
  let written = 0;
  for (const [i, { file, text }] of after.entries()) {
    if (before[i]?.text === text) continue;
    await writeFile(file, text);
    written++;
  }
  return written;
}

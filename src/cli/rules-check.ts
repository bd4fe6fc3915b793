import { loadRuleDirs, RulesUnreadable } from '../detect/rule-files.ts';
import type { FileDocument } from '../detect/rule-pack.ts';
import type { ParseOptions } from '../sigma/index.ts';
import { printable } from './printable.ts';

export interface RulesCheckOptions {
  readonly dirs: readonly string[];
  readonly json: boolean;
  /** How the files are to be read. */
  readonly parse?: ParseOptions;
  out(line: string): void;
  /** Default: standard error. */
  err?(line: string): void;
}

/** Reasons of one rule shown on its line; the JSON form has all, and so has `rules lint`. */
const reasonsMax = 3;

/**
 * `vonggac rules check`: one line a rule, a summary on standard error.
 * Exit code: 0 none refused · 1 at least one refused, or a folder that cannot be read.
 */
export async function runRulesCheck(o: RulesCheckOptions): Promise<number> {
  const err = o.err ?? ((line: string) => process.stderr.write(`${line}\n`));
  try {
    const { documents } = await loadRuleDirs(o.dirs, o.parse);
    for (const document of documents) o.out(o.json ? jsonLine(document) : textLine(document));
    const count = (outcome: string) => documents.filter((document) => document.outcome === outcome).length;
    const refused = count('refused');
    err(`${documents.length} rules: ${count('ok')} ok, ${count('warning')} warning, ${refused} refused`);
    return refused > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RulesUnreadable)) throw error;
    err(error.message);
    return 1;
  }
}

function textLine(document: FileDocument): string {
  const name = document.title || document.id || '-';
  const reasons = document.problems
    .toSorted(
      (a, b) =>
        Number(b.severity === 'refused') - Number(a.severity === 'refused') || a.line - b.line || a.column - b.column,
    )
    .map((problem) => `${problem.line}:${problem.column} ${problem.code}: ${problem.message}. ${problem.advice}`);
  const more = reasons.length > reasonsMax ? ` (and ${reasons.length - reasonsMax} more: \`vonggac rules lint\`)` : '';
  const why = reasons.slice(0, reasonsMax).join('; ') + more;
  return printable([document.outcome, document.file, name, why].filter((part) => part !== '').join('  '));
}

function jsonLine({ outcome, file, line, id, title, problems }: FileDocument): string {
  return JSON.stringify({ outcome, file, line, id, title, problems });
}

import type { Position } from '../problem.ts';
import type { LintDocument, LintItem } from './document.ts';
import type { Edit, FindingSeverity } from './finding.ts';

/** Tells of one place; `fix` keeps the meaning of the rule, or is left out. */
export type Report = (at: Position, message: string, extra?: ReportExtra) => void;

export interface ReportExtra {
  readonly advice?: string;
  readonly fix?: readonly Edit[] | null;
}

/** One check of the linter. Pure: it sees parsed documents and reports. */
export interface Check {
  readonly id: string;
  readonly severity: FindingSeverity;
  /** What it finds, one line, for docs/sigma-lint.md. */
  readonly finds: string;
  readonly advice: string;
  /** Whether it ever offers a fix. */
  readonly fixes?: true;
  /** Called with every document: rules, correlations, filters. */
  readonly document?: (document: LintDocument, report: Report) => void;
  /** Called with every item of every selection of rules and filters. */
  readonly item?: (item: LintItem, report: Report) => void;
  /** Called once with all documents that are linted together. */
  readonly set?: (documents: readonly LintDocument[], reportOf: (document: LintDocument) => Report) => void;
}

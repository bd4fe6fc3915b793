import type { Position } from '../problem.ts';

/** `error`: the rule is refused or never does what it says · `warning`: most likely a mistake · `info`: custom, style. */
export type FindingSeverity = 'error' | 'warning' | 'info';

/** A replacement in the file's text: UTF-16 offsets [from, to). */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What a check found, where, and what to write instead. */
export interface Finding extends Position {
  readonly severity: FindingSeverity;
  /** Id of the check, or code of the parser's problem (docs/sigma.md). */
  readonly code: string;
  readonly file: string;
  readonly message: string;
  readonly advice: string;
  /** Edits that repair it without changing what the rule means; null when a person must decide. */
  readonly fix: readonly Edit[] | null;
}

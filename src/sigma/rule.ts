import type { RuleIr } from './lower/ir.ts';
import type { RuleMetadata } from './parse/metadata.ts';
import type { Logsource } from './parse/rule.ts';

/** A detection rule that was read and understood. Plain data. */
export interface Rule extends RuleMetadata {
  readonly logsource: Logsource;
  readonly file: string;
  /** Line of the document in its file, from 1. */
  readonly line: number;
  /** SHA-256 of the document's text with line ends as \n: says which text of the rule matched. */
  readonly hash: string;
  /** The document as written, for people to read. */
  readonly source: string;
  readonly ir: RuleIr;
}

import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord, ParseOutcome } from '../model/record.ts';
import type { ParseLimits } from './limits.ts';
import type { JoinRule } from './multi-line.ts';

/** A format of whole lines. */
export interface LineFormat {
  /** Parser id a source may be pinned to. */
  readonly id: string;
  /** The first characters its lines may have, '' for any: asked before `looksLike`, by a table. */
  readonly starts: string;
  /**
   * Whether a text may be of this format; cheap: a prefix, a character at a place, then at most one anchored regex.
   * null: only for sources that are pinned to it.
   */
  readonly looksLike: ((text: string) => boolean) | null;
  /** Other formats look like it, too: when it does not understand, its reason says nothing. */
  readonly isGuess?: true;
  parse(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome;
  /** How its records are made of lines, when one may have several: for whoever reads a source that is pinned to it. */
  readonly lines?: JoinRule;
  /** How lines of its files name the values of those behind them, when they do. */
  readonly header?: HeaderRule;
}

/**
 * What a line does to the header in force: the header from here on when it speaks of the lines behind it, null when it is
 * a record. `isFirst`: nothing but blank lines came before it. A format with a rule is given the header in force, a
 * newline, and the record's own text; without a header the text alone.
 */
export type HeaderRule = (before: string, line: string, isFirst: boolean) => string | null;

/** A format of what stands inside a syslog message. One of `parse` and `words`. */
export interface BodyFormat {
  /** The parser's name behind the header's: `syslog-3164+<id>`; `parse` may say a nearer one. */
  readonly id: string;
  /** Programs whose messages are of this format, in lower case; of `postfix/smtpd` the part before `/` counts, too. */
  readonly programs: readonly string[];
  /** Whether a text of any program is of this format; null: only its programs are. */
  readonly looksLike: ((body: string, program: string) => boolean) | null;
  /** A body that is a record of its own: its fields come first, the header's stand beside as `syslog.*`. */
  readonly parse?: (body: string, program: string, receivedTimeMs: number, limits: ParseLimits) => ParseOutcome;
  /** A message of words: what it says, to stand beside the header's fields and the message; null when it says nothing. */
  readonly words?: (body: string, header: ParsedRecord) => Record<string, FieldValue> | null;
}

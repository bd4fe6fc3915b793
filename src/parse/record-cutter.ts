import { headerRuleOf, joinRuleOf } from './index.ts';
import { createLineJoiner } from './multi-line.ts';

/** One record: its own text, and the header it stands under, '' for none. */
export interface CutRecord {
  readonly text: string;
  readonly header: string;
  /** Lines it was made of. */
  readonly lines: number;
}

/** What a reader of one file or stream has to remember between lines, so that parsing itself needs nothing but a record. */
export interface RecordCutter {
  /** The records that are complete with this line; none for a line that speaks of those behind it. */
  push(line: string, nowMs: number): readonly CutRecord[];
  /** What is held, given out: the file ended, or nothing has come for as long as the caller waits. */
  end(): readonly CutRecord[];
  /** The header in force. */
  readonly header: string;
  /** When the last line came that is still held; null when none is. */
  readonly heldSinceMs: number | null;
}

/**
 * Cuts lines into records as the pinned parser's format wants: several lines a record, or lines under a header. `header`
 * is what was in force where the stream goes on.
 */
export function createRecordCutter(parser: string, header: string = ''): RecordCutter {
  const joinRule = joinRuleOf(parser);
  const headerRule = headerRuleOf(parser);
  const joiner = joinRule === null ? null : createLineJoiner(joinRule);
  let inForce = header;
  let isFirst = true;

  return {
    get header() {
      return inForce;
    },
    get heldSinceMs() {
      return joiner?.heldSinceMs ?? null;
    },
    push(line, nowMs) {
      if (joiner !== null) return joiner.push(line, nowMs).map(({ text, lines }) => ({ text, lines, header: '' }));
      const told = headerRule?.(inForce, line, isFirst) ?? null;
      isFirst &&= line.trim() === '';
      if (told === null) return [{ text: line, header: inForce, lines: 1 }];
      inForce = told;
      return [];
    },
    end() {
      const last = joiner?.flush() ?? null;
      return last === null ? [] : [{ text: last.text, lines: last.lines, header: '' }];
    },
  };
}

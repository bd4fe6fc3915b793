import { hasHeaderLine, joinRuleOf } from './index.ts';
import { createLineJoiner } from './multi-line.ts';
import { isW3cDirective } from './w3c.ts';
import { isZeekDirective, zeekHeader } from './zeek.ts';

/** What a reader of one file or source has to remember between lines, so that parsing itself needs nothing but a text. */
export interface RecordCutter {
  /** The records that are complete with this line. */
  push(line: string): readonly string[];
  end(): readonly string[];
  /** A record with the header in force before it, on a line of its own, when its format needs one. */
  withHeader(record: string): string;
}

/** Cuts lines into records as the pinned parser's format wants: several lines a record, or under a header (`#Fields:`, Zeek's). */
export function createRecordCutter(parser: string): RecordCutter {
  const rule = joinRuleOf(parser);
  const joiner = rule === null ? null : createLineJoiner(rule);
  let header = '';
  let awaitsHeader = hasHeaderLine(parser);
  return {
    push(line) {
      if (joiner !== null) return joiner.push(line, 0).map(({ text }) => text);
      if (awaitsHeader) {
        if (line.trim() === '') return [];
        header = line;
        awaitsHeader = false;
        return [];
      }
      if (line.startsWith('#') && isW3cDirective(line)) {
        if (line.startsWith('#Fields:')) header = line;
        return [];
      }
      if (awaitsHeader) {
        if (line.trim() === '') return [];
        header = line;
        awaitsHeader = false;
        return [];
      }
      if (line.startsWith('#') && isZeekDirective(line)) {
        header = zeekHeader(header, line);
        return [];
      }
      return [line];
    },
    end() {
      const last = joiner?.flush() ?? null;
      return last === null ? [] : [last.text];
    },
    withHeader: (record) => (header === '' ? record : `${header}\n${record}`),
  };
}

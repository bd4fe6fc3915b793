import type { RawLine, Source } from '../model/source.ts';
import { hasRecords, joinRuleOf } from '../parse/index.ts';
import { type CutRecord, createRecordCutter } from '../parse/record-cutter.ts';
import { costOf } from './line-cost.ts';
import type { LineHeaders } from './line-headers.ts';

/** What is to be stored of some lines of a stream. */
export interface LineRecord {
  /** null: the lines only speak of others (a header), or are blank. */
  readonly line: RawLine | null;
  /** How many lines of the stream it stands for; they come in the stream's order. */
  readonly lines: number;
}

/** Puts the lines of one stream together as the parser its source is pinned to wants. */
export interface LineRecords {
  push(line: RawLine | null, nowMs: number): readonly LineRecord[];
  /** What is held, given out: the stream ended, or its record has waited long enough. */
  flush(): readonly LineRecord[];
  /** When the last line came that is still held; null when none is. */
  readonly heldSinceMs: number | null;
  readonly heldBytes: number;
}

function bytesOf(line: RawLine): Buffer {
  return line.base64 === undefined ? Buffer.from(line.text) : Buffer.from(line.base64, 'base64');
}

/** Several lines as one, with the bytes of all when some are no UTF-8. */
function joined(lines: readonly RawLine[], text: string): RawLine | null {
  const [first] = lines;
  if (first === undefined || lines.length === 1) return first ?? null;
  const flaw = lines.find((line) => line.flaw !== undefined)?.flaw;
  const bytes = lines.some((line) => line.base64 !== undefined)
    ? Buffer.concat(lines.flatMap((line, i) => (i === 0 ? [bytesOf(line)] : [Buffer.from('\n'), bytesOf(line)])))
    : null;
  return {
    text,
    line: first.line,
    ...(bytes === null ? {} : { base64: bytes.toString('base64') }),
    ...(flaw === undefined ? {} : { flaw }),
  };
}

/** Lines as they are: what most sources send. */
const single: LineRecords = {
  push: (line) => [{ line, lines: 1 }],
  flush: () => [],
  heldSinceMs: null,
  heldBytes: 0,
};

/** `isFile`: the lines are a file's, so that a header in them counts whatever the parser. */
export function createLineRecords(source: Source, headers: LineHeaders, isFile = false): LineRecords {
  if (!hasRecords(source.parser) && !(isFile && source.parser === 'auto')) return single;
  const cutter = createRecordCutter(source.parser, source.parser === 'auto' ? '' : headers.of(source.id));
  let held: RawLine[] = [];
  let heldBytes = 0;

  function give({ lines, text, header }: CutRecord): LineRecord {
    const parts = held.slice(0, lines);
    held = held.slice(lines);
    for (const part of parts) heldBytes -= costOf(part);
    const line = joined(parts, text);
    return { line: line === null || header === '' ? line : { ...line, header }, lines };
  }

  const flush = (): LineRecord[] => cutter.end().map(give);

  return {
    flush,
    get heldSinceMs() {
      return cutter.heldSinceMs;
    },
    get heldBytes() {
      return heldBytes;
    },
    push(line, nowMs) {
      // Nothing, or what cannot be stored, belongs to no record, and what came before it is whole.
      if (line === null || line.flaw?.fatal === true) return [...flush(), { line, lines: 1 }];
      held.push(line);
      heldBytes += costOf(line);
      const records = cutter.push(line.text, nowMs);
      const out = records.map(give);
      if (records.length > 0 || cutter.heldSinceMs !== null) return out;
      headers.keep(source.id, cutter.header);
      held = [];
      heldBytes = 0;
      return [{ line: null, lines: 1 }];
    },
  };
}

/** The records of several lines among those of one request; headers are not looked for. */
export function recordsOfLines(lines: readonly RawLine[], source: Source): readonly RawLine[] {
  if (joinRuleOf(source.parser) === null) return lines;
  return recordsOfFile(lines, source, { of: () => '', keep: () => undefined });
}

/** The records of a file's lines, or of a part of it that begins with the header in force and ends with a record. */
export function recordsOfFile(lines: readonly RawLine[], source: Source, headers: LineHeaders): readonly RawLine[] {
  const records = createLineRecords(source, headers, true);
  const all = [...lines.flatMap((line) => records.push(line, 0)), ...records.flush()];
  return all.flatMap(({ line }) => (line === null ? [] : [line]));
}

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { loadMappings } from '../compose/mappings.ts';
import { createLineReader, type ReadLine } from '../ingest/read-line.ts';
import type { NormalisedEvent } from '../model/event.ts';
import { ecsOf } from '../normalise/ecs.ts';
import { parserIds } from '../parse/index.ts';
import { type CutRecord, createRecordCutter } from '../parse/record-cutter.ts';
import { eventLogLines, isEventLog } from './read-evtx.ts';
import { readLines } from './read-lines.ts';

export interface ParseOptions {
  /** Paths; `-` is standard input. gzip and event logs (.evtx) are told by their first bytes. */
  readonly files: readonly string[];
  /** A parser id, or `auto`. */
  readonly parser: string;
  /** The names of the Elastic Common Schema instead of the event's own. */
  readonly ecs: boolean;
  readonly mappings?: string;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly stdin: Readable;
  /** Whether whoever takes the output is behind, and waiting for it; absent when it never is. */
  readonly pressure?: Pressure;
}

interface Pressure {
  full(): boolean;
  drain(): Promise<void>;
}

const noPressure: Pressure = { full: () => false, drain: () => Promise.resolve() };

/** Longest line that is read; a longer one is told and left out. */
const lineBytesMax = 4 * 1024 * 1024;

/** One event as a line of JSON; what was not fully understood has its reason and the text as it came. */
function printed(event: NormalisedEvent, raw: string, ecs: boolean): string {
  const head = {
    parse_status: event.parseStatus,
    parser: event.parser,
    ...(event.parseStatus === 'parsed' ? {} : { parse_reason: event.parseReason, raw }),
  };
  if (ecs) return JSON.stringify({ ...head, ...ecsOf(event) });
  return JSON.stringify({
    ...head,
    time: event.eventTimeMs === null ? null : new Date(event.eventTimeMs).toISOString(),
    host: event.host,
    logsource: event.logsource,
    message: event.message,
    fields: event.fields,
  });
}

/**
 * `vonggac parse`: every record of the files as one JSON line, in the order of the input, read as the platform would read
 * it. Resolves to 0, or 1 when a file could not be read or a line was too long; a record that is not understood is printed
 * and is no failure.
 */
export async function runParse(options: ParseOptions): Promise<number> {
  const { files, parser, ecs, out, err, stdin, pressure = noPressure } = options;
  if (!parserIds.includes(parser)) {
    err(`vonggac parse: there is no parser "${parser}"; there are ${parserIds.join(', ')}`);
    return 2;
  }
  const { readLine } = createLineReader(await loadMappings(options.mappings));
  let status = 0;
  for (const file of files) {
    try {
      const problems = await parseFile(
        file,
        parser,
        readLine,
        (event, raw) => out(printed(event, raw, ecs)),
        stdin,
        pressure,
      );
      for (const problem of problems) err(`vonggac parse: ${problem}`);
      if (problems.length > 0) status = 1;
    } catch (error) {
      err(`vonggac parse: ${file}: ${error instanceof Error ? error.message : String(error)}`);
      status = 1;
    }
  }
  return status;
}

type OnEvent = (event: NormalisedEvent, raw: string) => void;

async function parseFile(
  file: string,
  parser: string,
  readLine: ReadLine,
  onEvent: OnEvent,
  stdin: Readable,
  pressure: Pressure,
): Promise<string[]> {
  const problems: string[] = [];
  const receivedTimeMs = Date.now();
  if (file !== '-' && (await isEventLog(file))) {
    for await (const { text } of eventLogLines(file, (what) => problems.push(what))) {
      onEvent(readLine(text, parser, receivedTimeMs), text);
      if (pressure.full()) await pressure.drain();
    }
    return problems;
  }
  const cutter = createRecordCutter(parser);
  const give = (records: readonly CutRecord[]): void => {
    for (const { text, header } of records) {
      if (text.trim() !== '') onEvent(readLine(text, parser, receivedTimeMs, header), text);
    }
  };
  await readLines(file === '-' ? stdin : createReadStream(file, { highWaterMark: 262_144 }), lineBytesMax, {
    line(bytes, from, to) {
      give(cutter.push(bytes.toString('utf8', from, to), receivedTimeMs));
    },
    tooLong: (number, bytes) => problems.push(`${file}:${number}: a line of more than ${bytes} bytes was left out`),
    full: () => pressure.full(),
    drain: () => pressure.drain(),
  });
  give(cutter.end());
  return problems;
}

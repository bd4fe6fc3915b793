import { hasRecords } from '../parse/index.ts';
import { createRecordCutter } from '../parse/record-cutter.ts';

const lineFeed = 10;
const carriageReturn = 13;
/** A header that is longer than any real one is not kept. */
const headerCharsMax = 16_384;

/** What whole lines of a file are to the parser they are read by. */
export interface Records {
  /** Where the last record ends that is surely complete; 0 when the first one may go on. */
  readonly end: number;
  /** The header in force behind them. */
  readonly header: string;
}

/** Finds the end of the last complete record in whole lines. `parser` '' is the server's affair: each line is a record. */
export function readRecords(bytes: Buffer, parser: string, header: string): Records {
  const isPlain = parser === '' || parser === 'auto';
  if (isPlain ? !hasDirectives(bytes) : !hasRecords(parser)) return { end: bytes.length, header };
  const cutter = createRecordCutter(isPlain ? 'auto' : parser, header);
  const starts: number[] = [];
  let complete = 0;
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(lineFeed, from);
    const end = at < 0 ? bytes.length : at;
    starts.push(from);
    const isCr = end > from && bytes[end - 1] === carriageReturn;
    for (const { lines } of cutter.push(bytes.toString('utf8', from, isCr ? end - 1 : end), 0)) complete += lines;
    // Nothing held: the line was a record or spoke of those behind it.
    if (cutter.heldSinceMs === null) complete = starts.length;
    from = end + 1;
  }
  const isKept = cutter.header.length <= headerCharsMax;
  return { end: starts[complete] ?? bytes.length, header: isKept ? cutter.header : '' };
}

/** W3C and Zeek files say in lines that begin with `#` how their lines are read. */
function hasDirectives(bytes: Buffer): boolean {
  return bytes[0] === 35 || bytes.includes('\n#');
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRecordCutter } from '../parse/record-cutter.ts';
import { eventLogLines, isEventLog } from './read-evtx.ts';
import { readLines } from './read-lines.ts';

/** Lines of a file that are posted together. */
export interface Piece {
  readonly body: Buffer;
  /** `text/plain`: the server puts records together, as the source's parser wants. */
  readonly type: 'text/plain' | 'application/x-ndjson';
  readonly lines: number;
  /** Bytes of the file that have been read by its end. */
  readonly readBytes: number;
  /** Follows from its place and bytes alone, so that the same piece sent again is known by it. */
  readonly key: string;
}

export interface PieceLimits {
  readonly bytes: number;
  readonly lines: number;
}

/** Well below what a server takes in one post. */
export const defaultPieceLimits: PieceLimits = { bytes: 4 * 1024 * 1024, lines: 10_000 };

/**
 * Cuts a file into pieces of whole lines: text as it is (gzip unpacked), an event log (.evtx) as one JSON line a
 * record. A piece ends where a record of `parser` does, and begins with the header in force, so that it is read without
 * the others. The same file gives the same pieces each time. What cannot be read is told, and what lies behind is read on.
 * Each piece is taken before more is read.
 */
export async function readPieces(
  file: string,
  parser: string,
  limits: PieceLimits,
  tell: (what: string) => void,
  take: (piece: Piece) => Promise<void>,
): Promise<void> {
  const isLog = await isEventLog(file);
  const pieces = createPieces(limits, isLog ? 'application/x-ndjson' : 'text/plain');
  const takeWhole = async (): Promise<void> => {
    for (const piece of pieces.takeWhole()) await take(piece);
  };
  if (isLog) {
    for await (const { text, readBytes } of eventLogLines(file, tell)) {
      pieces.add(Buffer.from(text), readBytes, true, '');
      await takeWhole();
    }
  } else {
    const source = createReadStream(file, { highWaterMark: 262_144 });
    const cutter = createRecordCutter(parser);
    await readLines(source, limits.bytes, {
      line: (bytes, from, to) => {
        const { header } = cutter;
        // Each byte a character, so that headers of any encoding stay what they are.
        const isWhole = cutter.push(bytes.toString('latin1', from, to), 0).length > 0 || cutter.heldSinceMs === null;
        pieces.add(bytes.subarray(from, to), source.bytesRead, isWhole, header);
      },
      tooLong: (number, bytes) => tell(`${file}:${number}: a line of more than ${bytes} bytes was left out`),
      full: () => pieces.whole > 0,
      drain: takeWhole,
    });
  }
  pieces.end();
  await takeWhole();
}

const lineEnd = Buffer.from('\n');

/** Gathers lines into pieces; lines are copied. */
function createPieces(limits: PieceLimits, type: Piece['type']) {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let lines = 0;
  let readBytes = 0;
  let index = 0;
  let whole: Piece[] = [];

  const end = (): void => {
    if (lines === 0) return;
    const body = Buffer.concat(waiting);
    const key = `import-${index}-${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
    whole.push({ body, type, lines, readBytes, key });
    [waiting, bytes, lines, index] = [[], 0, 0, index + 1];
  };

  const put = (line: Buffer): void => {
    waiting.push(Buffer.from(line), lineEnd);
    bytes += line.length + 1;
    lines += 1;
  };

  return {
    get whole(): number {
      return whole.length;
    },
    /** `isWhole`: what came before the line is; `header`: what is in force before it. */
    add(line: Buffer, readSoFar: number, isWhole: boolean, header: string): void {
      if (isWhole && (bytes + line.length + 1 > limits.bytes || lines >= limits.lines)) {
        end();
        if (header !== '') put(Buffer.from(header, 'latin1'));
      }
      put(line);
      readBytes = readSoFar;
    },
    end,
    takeWhole(): readonly Piece[] {
      const taken = whole;
      whole = [];
      return taken;
    },
  };
}

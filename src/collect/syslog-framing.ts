import type { RawLine } from '../model/source.ts';
import { createLineSplitter, type LineSplitter } from './line-splitter.ts';
import { type LineRules, markCut, tooLong, toRawLine } from './line-text.ts';
import { createPartialLine, type PartialLine } from './partial-line.ts';

/** Cuts one syslog TCP stream into messages. */
export interface SyslogFramer {
  push(chunk: Buffer): RawLine[];
  /** What is left when the connection ends. */
  end(): RawLine[];
  readonly heldBytes: number;
  /** `octets` | `lf`, '' until the first bytes settle it. */
  readonly framing: '' | 'octets' | 'lf';
}

/** Octet counting begins with `LEN <`: a length, a blank and the priority (RFC 6587 3.4.1). */
const counted = /^[1-9]\d{0,9} </;
/** A beginning that may still become one. */
const maybeCounted = /^(?:[1-9]\d{0,9} ?)?$/;
const lengthDigitsMax = 10;

/** NUL ends a message for some senders (RFC 6587 3.4.2), Python's among them. */
function nulToLf(chunk: Buffer): Buffer {
  if (!chunk.includes(0)) return chunk;
  return Buffer.from(chunk.map((byte) => (byte === 0 ? 10 : byte)));
}

/**
 * Octet counting or LF (RFC 6587), told apart once a connection by its first bytes. Inside a counted message line ends
 * are text, so a multi-line message stays one event. When a count is broken the stream can no longer be trusted to be
 * counted, and what follows is cut at LF.
 */
export function createSyslogFramer(rules: LineRules): SyslogFramer {
  let framing: '' | 'octets' | 'lf' = '';
  let undecided: Buffer = Buffer.alloc(0);
  const splitter: LineSplitter = createLineSplitter(rules);
  const message: PartialLine = createPartialLine(rules.lineBytesMax);
  let header = '';
  /** Bytes of the message still to come; null while its length is read. */
  let missing: number | null = null;
  let messages = 0;

  function finish(out: RawLine[], cut: boolean): void {
    const { bytes, size, isOver } = message.take();
    messages += 1;
    const line = isOver ? tooLong(bytes, size, messages) : toRawLine(bytes, messages, rules);
    if (line !== null) out.push(cut ? markCut(line, size) : line);
    missing = null;
  }

  function pushCounted(chunk: Buffer): RawLine[] {
    const out: RawLine[] = [];
    let i = 0;
    while (i < chunk.length) {
      if (missing === null) {
        const byte = chunk[i] ?? 0;
        // Some senders put a line end behind the counted bytes as well.
        if (header === '' && (byte === 10 || byte === 13 || byte === 0)) {
          i++;
        } else if (byte === 32 && header !== '') {
          missing = Number(header);
          header = '';
          i++;
          if (missing === 0) missing = null;
        } else if (byte >= 48 && byte <= 57 && header.length < lengthDigitsMax) {
          header += String.fromCharCode(byte);
          i++;
        } else {
          framing = 'lf';
          const rest = header === '' ? chunk.subarray(i) : Buffer.concat([Buffer.from(header), chunk.subarray(i)]);
          header = '';
          return [...out, ...splitter.push(nulToLf(rest))];
        }
      } else {
        const part = chunk.subarray(i, i + missing);
        message.add(part);
        missing -= part.length;
        i += part.length;
        if (missing === 0) finish(out, false);
      }
    }
    return out;
  }

  return {
    push(chunk) {
      if (framing === 'lf') return splitter.push(nulToLf(chunk));
      if (framing === 'octets') return pushCounted(chunk);
      const bytes = undecided.length === 0 ? chunk : Buffer.concat([undecided, chunk]);
      const start = bytes.toString('latin1', 0, lengthDigitsMax + 2);
      if (maybeCounted.test(start)) {
        undecided = bytes;
        return [];
      }
      undecided = Buffer.alloc(0);
      framing = counted.test(start) ? 'octets' : 'lf';
      return framing === 'octets' ? pushCounted(bytes) : splitter.push(nulToLf(bytes));
    },
    end() {
      const out: RawLine[] = [];
      if (message.size > 0) finish(out, true);
      // A last line without LF is whole for senders that close to end it, and cut for the others: kept, and flagged.
      const rest = undecided.length > 0 ? splitter.push(nulToLf(undecided)) : [];
      undecided = Buffer.alloc(0);
      return [...out, ...rest, ...splitter.end(true)];
    },
    get heldBytes() {
      return message.heldBytes + splitter.heldBytes + undecided.length;
    },
    get framing() {
      return framing;
    },
  };
}

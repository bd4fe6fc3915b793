import { createPartialLine } from './partial-line.ts';

/** One frame: `TXNR COMMAND LENGTH[ DATA]\n`. */
export interface RelpFrame {
  readonly txnr: string;
  readonly command: string;
  readonly data: Buffer;
  /** Bytes of the data as sent; more than `data` holds when it was over the bound. */
  readonly size: number;
}

export interface RelpFramer {
  /** Frames complete with these bytes. Throws RelpFault when the stream is no RELP; nothing behind it can be read. */
  push(chunk: Buffer): RelpFrame[];
  readonly heldBytes: number;
}

export class RelpFault extends Error {
  readonly code = 'relp-fault';
}

/** A transaction number and a length have nine digits at most, a command 32 letters (RELP 1.0, "frame"). */
const headerBytesMax = 9 + 1 + 32 + 1 + 9 + 1;
const header = /^(\d{1,9}) ([A-Za-z]{1,32}) (\d{1,9})$/;
const [lf, blank] = [10, 32];

/** Cuts a stream into RELP frames. Data over `dataBytesMax` is not held: its head and size come out. */
export function createRelpFramer(dataBytesMax: number): RelpFramer {
  const body = createPartialLine(dataBytesMax);
  let head = '';
  let blanks = 0;
  let current: { readonly txnr: string; readonly command: string } | null = null;
  /** Bytes of data still to come. */
  let missing = 0;

  function begin(): void {
    const found = header.exec(head);
    if (found === null) throw new RelpFault(`no frame begins with ${JSON.stringify(head.slice(0, 60))}`);
    current = { txnr: found[1] ?? '', command: found[2] ?? '' };
    missing = Number(found[3]);
    head = '';
    blanks = 0;
  }

  function finish(out: RelpFrame[]): void {
    const { bytes, size } = body.take();
    if (current !== null) out.push({ ...current, data: bytes, size });
    current = null;
  }

  return {
    get heldBytes() {
      return body.heldBytes + head.length;
    },
    push(chunk) {
      const out: RelpFrame[] = [];
      let i = 0;
      while (i < chunk.length) {
        if (current !== null && missing > 0) {
          const part = chunk.subarray(i, i + missing);
          body.add(part);
          missing -= part.length;
          i += part.length;
          continue;
        }
        const byte = chunk[i++] ?? 0;
        if (current !== null) {
          if (byte !== lf) throw new RelpFault('a frame is longer than it says');
          finish(out);
        } else if (byte === lf || (byte === blank && ++blanks === 3)) {
          // Without data the length is followed by the line end at once, and librelp writes a blank before it, too.
          begin();
          if (byte === lf && missing > 0) throw new RelpFault('a frame is shorter than it says');
          if (byte === lf) finish(out);
        } else if (head.length === headerBytesMax) {
          throw new RelpFault('a frame has no header');
        } else head += String.fromCharCode(byte);
      }
      return out;
    },
  };
}

import type { Mappings } from '../normalise/index.ts';
import type { UnknownDimension } from '../sigma/index.ts';
import { type HitFormat, HitLines, hitHead } from './detect-hits.ts';
import type { ImageDoor } from './detect-images.ts';
import type { LineMatcher } from './detect-lines.ts';
import { cutLines } from './read-lines.ts';

/** The first message to a worker of `vonggac detect`. Rules are packed once and shared by all. */
export interface DetectWorkerData extends AnswerOptions {
  /** As packRules packs them. */
  readonly rules: Uint8Array;
  readonly images: ImageDoor;
  readonly mappings: Mappings;
  readonly unknownDimension: UnknownDimension;
  readonly routing: boolean;
}

/** What is told of batches. */
export interface AnswerOptions {
  readonly format: HitFormat;
  /** By rule: 1 when a correlation is built on it, so that the event itself is needed. */
  readonly wanted: Uint8Array;
  /** Bytes of one line; a longer one is told of and left out. */
  readonly lineBytes: number;
  /** Lines of one batch that are told of one by one; the rest is counted. */
  readonly messages: number;
}

/** Lines for one of the threads that match: a block as read-blocks.ts gives it, in memory that all see. */
export interface LineBatch {
  readonly bytes: SharedArrayBuffer;
  readonly to: number;
  readonly isFirst: boolean;
  /** Number of its first line. */
  readonly line: number;
  readonly file: string;
}

/** What the lines of a batch met, by the numbers of lines. */
export interface BatchReply {
  readonly lines: number;
  /** Lines that were not blank. */
  readonly events: number;
  /** Hits as they are told, each with its newline, up to the line `numbersFrom`. */
  readonly text: Uint8Array;
  readonly textHits: number;
  /** From this line on hits are not in the text, which is bounded, but among `hits`. */
  readonly numbersFrom: number;
  /**
   * All that was met by lines that a correlation wants, and by those from `numbersFrom` on. `hitWidth` numbers a hit:
   * line, where it begins and ends in the batch, bytes and hits of the text up to its last hit, index of the rule.
   */
  readonly hits: Int32Array;
  /** Lines with something to say about them; the first of them, and how many there were. */
  readonly told: readonly (readonly [line: number, about: LineTrouble])[];
  readonly toldCount: number;
}

export const hitWidth = 6;

/** `too-long`: left out. Otherwise why the line was not understood. */
export type LineTrouble = { readonly kind: 'too-long' } | { readonly kind: 'raw'; readonly reason: string };

/** Bytes of hits that are written down for one batch; usual lines come nowhere near. */
const textBytesMax = 4 * 2 ** 20;

/** What batches of lines met, as threads tell each other; the same in all of them. */
export function createBatchAnswers(matcher: LineMatcher, o: AnswerOptions): (batch: LineBatch) => BatchReply {
  const written = new HitLines(o.format);
  let [head, headOf] = [hitHead(''), ''];
  return ({ bytes: memory, to, isFirst, line: firstLine, file }) => {
    if (file !== headOf) [head, headOf] = [hitHead(file), file];
    const hitsBefore = written.hits;
    const hits: number[] = [];
    const told: [number, LineTrouble][] = [];
    let numbersFrom = Number.POSITIVE_INFINITY;
    let toldCount = 0;
    let events = 0;
    const tell = (line: number, trouble: LineTrouble) => {
      if (toldCount++ < o.messages) told.push([line, trouble]);
    };
    const lines = cutLines(
      Buffer.from(memory),
      to,
      { isFirst, maxBytes: o.lineBytes, number: firstLine },
      {
        line(bytes, from, end, number) {
          const met = matcher.match(bytes, from, end);
          if (met === null) return;
          events++;
          const { reason } = matcher;
          if (reason !== '') tell(number, { kind: 'raw', reason });
          if (met.length === 0) return;
          if (written.length > textBytesMax) numbersFrom = Math.min(numbersFrom, number);
          else written.add(head, number, met);
          if (number < numbersFrom && !met.some((rule) => o.wanted[rule] === 1)) return;
          for (const rule of met) hits.push(number, from, end, written.length, written.hits - hitsBefore, rule);
        },
        tooLong: (number) => tell(number, { kind: 'too-long' }),
      },
    );
    return {
      lines,
      events,
      text: written.take().slice(),
      textHits: written.hits - hitsBefore,
      numbersFrom,
      hits: Int32Array.from(hits),
      told,
      toldCount,
    };
  };
}

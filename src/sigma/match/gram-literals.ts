import type { LiteralTruths } from './automata.ts';
import { eventText } from './event-text.ts';
import { gramLiteralMin, gramSize } from './image.ts';
import { IntBuffer } from './int-buffer.ts';

/** Bytes from one look to the next: more of them are more windows a literal, common ones among them. */
const strideMin = 2;
const strideMax = 8;
/** Windows that one index may know: their numbers have 16 bits. */
const windowsMax = 65_535;
/** Bytes of a literal: places in it have 16 bits, with a sign. */
const literalMax = 32_767;
/** Windows of a literal that has fewer than `strideMin`: whatever byte stands before it, and behind it. */
const windowsOfShort = 193;

/** Literals of contains automata as windows of bytes find them, for an image; see EngineImage.grams. */
export class GramLiteralsBuilder {
  readonly #grams = new IntBuffer();
  readonly #bytes = new IntBuffer();
  readonly #writtenAt = new Map<string, number>();
  /** Choices made for other fields: keywords come back in every field that holds them. */
  readonly #chosen = new Map<string, number>();

  constructor() {
    // Place 0 is none.
    this.#grams.push(0);
  }

  /** Where the set stands; 0 when the automaton of these literals would be quicker, or windows would not be right. */
  add(literals: LiteralTruths, listOf: (truths: readonly number[]) => number): number {
    const written = new Map<string, readonly number[]>();
    for (const [text, truths] of literals) {
      if (text.length < gramLiteralMin) return 0;
      const one = asWritten(text);
      if (one !== null && one.length > literalMax) return 0;
      if (one !== null) written.set(one, truths);
    }
    if (written.size === 0) return 0;
    const lengths = [...written.keys()].map(({ length }) => length);
    const shortest = lengths.reduce((least, length) => Math.min(least, length), strideMax + gramSize - 1);
    const stride = Math.max(strideMin, shortest - gramSize + 1);
    const windows = lengths.reduce((sum, length) => sum + (length < gramSize + 1 ? windowsOfShort : stride), 0);
    if (windows > windowsMax) return 0;
    const at = this.#grams.length;
    this.#grams.push(stride);
    this.#grams.push(written.size);
    for (const [text, truths] of written) {
      // In the order of gramStart, gramLength, gramList, gramFrom.
      for (const number of [this.#bytesAt(text), text.length, listOf(truths), this.#choice(text, stride)]) {
        this.#grams.push(number);
      }
    }
    return at;
  }

  take(): { grams: Int32Array; gramBytes: Uint8Array } {
    return { grams: this.#grams.take(), gramBytes: Uint8Array.from(this.#bytes.take()) };
  }

  #bytesAt(text: string): number {
    let at = this.#writtenAt.get(text);
    if (at === undefined) {
      at = this.#bytes.length;
      this.#writtenAt.set(text, at);
      for (let i = 0; i < text.length; i++) this.#bytes.push(text.charCodeAt(i));
    }
    return at;
  }

  #choice(text: string, stride: number): number {
    const key = `${stride} ${text}`;
    let from = this.#chosen.get(key);
    if (from === undefined) {
      from = rarest(text, stride);
      this.#chosen.set(key, from);
    }
    return from;
  }
}

/** A folded literal as JSON writes it; null when it only has `\u` spellings, which are not read as bytes. */
function asWritten(text: string): string | null {
  if (JSON.stringify(text.replaceAll('\\', '')).includes('\\u')) return null;
  return JSON.stringify(text).slice(1, -1);
}

/** Where the rarest `stride` windows in a row begin; 0 when there are not so many. */
function rarest(text: string, stride: number): number {
  const windows = text.length - gramSize + 1;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from + stride <= windows; from++) {
    let chance = 0;
    for (let i = from; i < from + stride; i++) chance += eventText.chanceOf(text.slice(i, i + gramSize));
    if (chance >= least) continue;
    least = chance;
    best = from;
  }
  return best;
}

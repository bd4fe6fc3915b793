import type { TextEncoding } from '../../model/source.ts';
import { decodeSingleByte, tcvn3, viscii } from './single-byte.ts';
import { isSyllable } from './syllable.ts';
import { decodeVni } from './vni.ts';

export interface Decoded {
  /** NFC, except for what was UTF-8 already. */
  readonly text: string;
  /** null: no encoding makes sense of the bytes; what is no UTF-8 in them is U+FFFD. */
  readonly encoding: TextEncoding | null;
  /** 0–1: how much of the text beyond ASCII is built like Vietnamese, and how far the next encoding is behind. */
  readonly confidence: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const windows1258 = new TextDecoder('windows-1258');

/** Bytes read in one encoding. */
export function decodeAs(bytes: Uint8Array, encoding: TextEncoding): string {
  switch (encoding) {
    case 'utf-8':
      return lossy.decode(bytes);
    case 'windows-1258':
      return windows1258.decode(bytes).normalize('NFC');
    case 'tcvn3':
      return decodeSingleByte(bytes, tcvn3);
    case 'viscii':
      return decodeSingleByte(bytes, viscii);
    case 'vni':
      return decodeVni(bytes);
  }
}

/** Asked in this order where two fit alike. */
const legacy: readonly TextEncoding[] = ['windows-1258', 'tcvn3', 'vni', 'viscii'];
/** A word with what may have been letters in it: in the wrong encoding they are signs (© ½ …). */
const word = /[A-Za-z\u0080-\uffff]+/g;
const beyondAscii = /[^\0-\x7f]/;

/** How many bytes of a line are looked at to find its encoding. */
const sampleBytes = 4_096;
/** Below this the text stays undecoded: a wrong reading is worse than an open question. */
const confidenceMin = 0.6;

function isOneCase(text: string): boolean {
  const tail = text.slice(1);
  return tail === tail.toLowerCase() || text === text.toUpperCase();
}

/** Share of the words beyond ASCII that are Vietnamese syllables, by their letters. */
function vietnameseShare(text: string, encoding: TextEncoding): number {
  let good = 0;
  let all = 0;
  for (const [each] of text.matchAll(word)) {
    if (!beyondAscii.test(each)) continue;
    all += each.length;
    // TCVN3 has no capitals with tones.
    if (isSyllable(each) && (encoding === 'tcvn3' || isOneCase(each))) good += each.length;
  }
  return all === 0 ? 0 : good / all;
}

/**
 * Text of bytes of unknown encoding: UTF-8 when they are, else the Vietnamese encoding in which they make Vietnamese
 * words. Bounded by a sample: the whole is decoded once.
 */
export function decodeBytes(bytes: Uint8Array): Decoded {
  try {
    return { text: utf8.decode(bytes), encoding: 'utf-8', confidence: 1 };
  } catch {
    // Not UTF-8.
  }
  const sample = bytes.subarray(0, sampleBytes);
  let best: TextEncoding = 'windows-1258';
  let [most, next] = [-1, -1];
  for (const encoding of legacy) {
    const share = vietnameseShare(decodeAs(sample, encoding), encoding);
    if (share > most) {
      next = most;
      most = share;
      best = encoding;
    } else if (share > next) next = share;
  }
  // Two that fit alike are no answer: 1 against 1 is half sure; who is a little behind is soon out of the question.
  const confidence = most <= 0 ? 0 : most * (1 - (Math.max(next, 0) / most) ** 4 / 2);
  if (confidence < confidenceMin) return { text: lossy.decode(bytes), encoding: null, confidence };
  return { text: decodeAs(bytes, best), encoding: best, confidence };
}

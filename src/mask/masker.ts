import { createHmac } from 'node:crypto';
import { type MaskedValue, maskText, type PersonalKind } from '../model/personal.ts';
import { type FindOptions, findPersonal } from './find.ts';

/** A line with its personal data masked. */
export interface MaskedText {
  readonly text: string;
  /** Which kinds there were, once each; [] when the text is as it came. */
  readonly kinds: readonly PersonalKind[];
}

/**
 * Masks lines with keyed tokens: without the key nobody finds out by trying which citizen's number a token stands for, and
 * the same number has the same token in every line of every source.
 */
export interface Masker {
  mask(text: string): MaskedText;
  /** A token for bytes that hold personal data in another encoding. */
  maskBytes(base64: string): string;
  /** What was masked for the first time since this was last asked; to be kept before the lines are. */
  takeNew(): readonly MaskedValue[];
  /** Puts back what could not be kept. */
  putBack(values: readonly MaskedValue[]): void;
  /** Takes every value for a new one again, so that what is still met is kept anew before it expires. */
  forget(): void;
}

export interface MaskerOptions extends FindOptions {
  /** At least 32 bytes; who has it can find out what tokens stand for. */
  readonly key: Uint8Array;
  /** Values whose token and whose being kept is remembered. */
  readonly rememberedMax: number;
}

export function createMasker(o: MaskerOptions): Masker {
  const tokens = new Map<string, string>();
  let fresh = new Map<string, MaskedValue>();

  function tokenOf(kind: PersonalKind, value: string): string {
    const name = `${kind}:${value}`;
    const known = tokens.get(name);
    if (known !== undefined) return known;
    const token = createHmac('sha256', o.key).update(name).digest('hex').slice(0, 16);
    // Forgetting costs a little work and one more row of the same value; remembering without end costs memory.
    if (tokens.size >= o.rememberedMax) tokens.clear();
    tokens.set(name, token);
    fresh.set(token, { token, kind, value });
    return token;
  }

  return {
    mask(text) {
      const found = findPersonal(text, o);
      if (found.length === 0) return { text, kinds: [] };
      let out = '';
      let at = 0;
      for (const { kind, start, end, value } of found) {
        out += text.slice(at, start) + maskText(kind, tokenOf(kind, value));
        at = end;
      }
      return { text: out + text.slice(at), kinds: [...new Set(found.map(({ kind }) => kind))] };
    },
    maskBytes: (base64) => maskText('bytes', tokenOf('bytes', base64)),
    takeNew() {
      const values = [...fresh.values()];
      fresh = new Map();
      return values;
    },
    putBack(values) {
      for (const each of values) fresh.set(each.token, each);
    },
    forget: () => tokens.clear(),
  };
}

import type { SealedValue } from '../model/personal.ts';
import type { Masker } from './masker.ts';
import type { Seal } from './vault.ts';

/** Where sealed values are kept. */
export interface SealedValues {
  keep(rows: readonly SealedValue[]): Promise<void>;
  find(token: string, kind: string): Promise<SealedValue | null>;
}

/** Sees to it that what was masked can be revealed: values are kept before the lines that hold their tokens. */
export interface MaskKeeper {
  /** Resolves once everything masked until now is kept; rejects when the store is away, and then nothing is forgotten. */
  keepNew(): Promise<void>;
  /** What a token stands for; null when it is not there or sealed with another key. */
  reveal(kind: string, token: string): Promise<string | null>;
}

export function createMaskKeeper(o: {
  readonly masker: Pick<Masker, 'takeNew' | 'putBack'>;
  readonly seal: Seal;
  readonly values: SealedValues;
}): MaskKeeper {
  let underWay: Promise<void> = Promise.resolve();

  async function keep(): Promise<void> {
    const fresh = o.masker.takeNew();
    if (fresh.length === 0) return;
    try {
      await o.values.keep(fresh.map(o.seal.seal));
    } catch (error) {
      o.masker.putBack(fresh);
      throw error;
    }
  }

  return {
    keepNew() {
      // One after the other: a value another batch brought a moment ago must be kept before this batch is, too.
      underWay = underWay.then(keep, keep);
      return underWay;
    },
    async reveal(kind, token) {
      const sealed = await o.values.find(token, kind);
      return sealed === null ? null : o.seal.open(sealed);
    },
  };
}

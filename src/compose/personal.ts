import type { Config } from '../config.ts';
import { createMaskKeeper, type SealedValues } from '../mask/keeper.ts';
import { createMasker } from '../mask/masker.ts';
import { createSeal } from '../mask/vault.ts';
import type { PersonalKind } from '../model/personal.ts';
import { openMaskKey } from './mask-key.ts';

/** Masking of personal data as the platform's other parts want it. */
export interface Personal {
  /** null: masking is off. */
  readonly line: {
    text(text: string): { readonly text: string; readonly kinds: readonly PersonalKind[] };
    bytes(base64: string): string;
  } | null;
  text(text: string): string;
  /** Resolves once what was masked until now can be revealed; lines are acknowledged after it. */
  keepNew(): Promise<void>;
  reveal(kind: string, token: string): Promise<string | null>;
  /** Once a day: what is still met is kept anew. */
  forget(): void;
}

/** Values whose token is remembered; some 25 MB. */
const rememberedMax = 200_000;

export function openPersonal(
  config: Pick<Config, 'maskingKinds' | 'maskingOwnDomains' | 'maskingKey' | 'dataDir'>,
  values: SealedValues,
): Personal {
  if (config.maskingKinds.length === 0)
    return {
      line: null,
      text: (text) => text,
      keepNew: async () => undefined,
      reveal: async () => null,
      forget: () => undefined,
    };
  const key = openMaskKey({ setting: config.maskingKey, dataDir: config.dataDir });
  const kinds = new Set<PersonalKind>(config.maskingKinds);
  const masker = createMasker({ key, kinds, ownDomains: config.maskingOwnDomains, rememberedMax });
  const keeper = createMaskKeeper({ masker, seal: createSeal(key), values });
  return {
    line: { text: masker.mask, bytes: masker.maskBytes },
    text: (text) => masker.mask(text).text,
    ...keeper,
    forget: masker.forget,
  };
}

/** What the page and its worker tell each other. */
import type { MappingsView } from '../../../../src/contract/api.ts';
import type { Judgement, Trial } from './judge.ts';

export type ToWorker =
  | { readonly kind: 'mappings'; readonly mappings: MappingsView }
  | { readonly kind: 'try'; readonly trial: Trial };

export type FromWorker =
  | { readonly kind: 'ready'; readonly parsers: readonly string[] }
  | { readonly kind: 'tried'; readonly judgement: Judgement }
  /** The engine broke on this input: a fault of ours. */
  | { readonly kind: 'broke'; readonly message: string };

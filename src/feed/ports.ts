import type { FeedItem } from '../contract/feed.ts';

export interface FeedHead {
  readonly epoch: string;
  readonly seq: number;
}

export interface NumberedItem {
  readonly epoch: string;
  readonly seq: number;
  readonly atMs: number;
  readonly item: FeedItem;
}

export type FeedNews =
  | { readonly kind: 'message'; readonly message: NumberedItem }
  | { readonly kind: 'broken'; readonly reason: 'gap' | 'epoch'; readonly head: FeedHead };

/** The stream behind the feed; one reader a process, in order. */
export interface FeedBus {
  head(): Promise<FeedHead>;
  since(
    epoch: string,
    seq: number,
    max: number,
  ): Promise<
    | { readonly kind: 'ok'; readonly messages: readonly NumberedItem[]; readonly head: FeedHead }
    | { readonly kind: 'gap' | 'epoch'; readonly head: FeedHead }
  >;
  subscribe(listener: (news: FeedNews) => void): () => void;
  /** Resolves once subscribers miss nothing any more. */
  listening(): Promise<void>;
}

/**
 * A rule's condition with the answer of one event at every step. The tree is the same whatever is said of its items: what
 * the matcher tells (told.ts) or what a person reads (explained.ts).
 */
export type AnsweredCondition<Item extends AnsweredItem> =
  | { readonly kind: 'and' | 'or'; readonly met: boolean; readonly of: readonly AnsweredCondition<Item>[] }
  | { readonly kind: 'not'; readonly met: boolean; readonly of: AnsweredCondition<Item> }
  | {
      readonly kind: 'selections';
      readonly link: 'any' | 'all';
      readonly met: boolean;
      readonly of: readonly AnsweredSelection<Item>[];
    };

export interface AnsweredSelection<Item extends AnsweredItem> {
  readonly name: string;
  readonly met: boolean;
  readonly detection: AnsweredDetection<Item>;
}

export type AnsweredDetection<Item extends AnsweredItem> =
  | Item
  | { readonly kind: 'all' | 'any'; readonly met: boolean; readonly of: readonly AnsweredDetection<Item>[] };

/** What an item says at least. */
export interface AnsweredItem {
  readonly kind: 'item';
  readonly met: boolean;
}

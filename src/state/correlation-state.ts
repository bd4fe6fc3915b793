import type { MemberSlice, MemberWriting } from '../model/correlation.ts';

/** Bounds of the recent members of correlations. */
export interface CorrelationStateLimits {
  /** Members one slice may hold; a bigger one is read from the store group by group. */
  readonly sliceMembersMax: number;
  /** Members of all slices together (memory), and slices at once (Redis); the ones longest unused go. */
  readonly membersMax: number;
  readonly slicesMax: number;
  /** A slice nobody used for so long goes (Redis). */
  readonly idleMs: number;
  /** What was read from the store for longer than this is not taken for whole any more. */
  readonly fillMs: number;
}

export const defaultCorrelationStateLimits: CorrelationStateLimits = {
  sliceMembersMax: 50_000,
  membersMax: 100_000,
  slicesMax: 500,
  idleMs: 2 * 3_600_000,
  fillMs: 60_000,
};

/** What a slice says of the groups asked for. */
export type SliceAnswer =
  | { readonly kind: 'whole'; readonly members: readonly MemberWriting[] }
  /** Not known here: read the whole slice from the store, which has the added members already, and `fill` it. */
  | { readonly kind: 'missing'; readonly ticket: string }
  /** More than a slice may hold: read the groups from the store. */
  | { readonly kind: 'too-large' };

/**
 * The recent members of correlations, by slices of event time, so that an evaluation need not ask the store. A slice is
 * known whole or not at all, and whoever adds members before asking gets everything that anybody added before.
 */
export interface CorrelationState {
  /**
   * Adds members (in the store already) to a slice and gives all members of the groups, or why it cannot. Of a member
   * written several times the newest writing is among what is given; older ones may be too.
   */
  exchange(slice: MemberSlice, add: readonly MemberWriting[], groups: readonly string[]): Promise<SliceAnswer>;
  /**
   * Makes the slice whole with what the store holds of it; null: more than a slice may hold. False when it was lost again
   * since the ticket: exchange once more.
   */
  fill(slice: MemberSlice, ticket: string, members: readonly MemberWriting[] | null): Promise<boolean>;
}

export function keyOf({ correlation, fromMs, toMs }: MemberSlice): string {
  return `${correlation} ${fromMs} ${toMs}`;
}

import type { CorrelationShape, MemberSlice, MemberWriting } from '../model/correlation.ts';
import type { RuleFacts } from '../model/finding.ts';
import type { Correlation, CorrelationIr } from '../sigma/index.ts';

/** A correlation of the live rules. */
export interface LiveCorrelation {
  readonly facts: RuleFacts;
  readonly ir: CorrelationIr;
  /** The same condition over members of one group: nothing to group by, and what is reckoned with is `memberValue`. */
  readonly overMembers: Correlation;
  readonly shape: CorrelationShape;
  /** Names its members in the store: the id and the hash of what it means, so that another meaning begins anew. */
  readonly key: string;
  /** Raises no alert of its own: another correlation is built on it and says so. */
  readonly silent: boolean;
  /** Where it holds for some members it holds for more of them: nothing is ever taken back. */
  readonly onlyGrows: boolean;
  /** The same as long as no member is taken back and no number is negative. */
  readonly mostlyGrows: boolean;
}

/** The correlations of a rule set, referenced before referencing. */
export interface LiveCorrelations {
  readonly all: readonly LiveCorrelation[];
  /** Numbers of those that refer to a rule or correlation. */
  referringTo(id: string): readonly number[];
  /** The number of the correlation with this key; -1 for one of another rule set. */
  numberOf(key: string): number;
}

/** Members in the store: the truth. Throws while the store is away. */
export interface MembersPort {
  insertMembers(writings: readonly MemberWriting[], token: string): Promise<void>;
  membersOfSlice(slice: MemberSlice, max: number): Promise<readonly MemberWriting[] | null>;
  membersOfGroups(
    slice: MemberSlice,
    groups: readonly string[],
    maxPerGroup: number,
  ): Promise<readonly MemberWriting[]>;
  membersFrom(
    sources: readonly string[],
    correlations: readonly string[],
    within: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly MemberWriting[]>;
}

/** Recent members: whoever adds before asking gets everything anybody added before. Throws while it is away. */
export interface RecentMembersPort {
  exchange(
    slice: MemberSlice,
    add: readonly MemberWriting[],
    groups: readonly string[],
  ): Promise<
    | { readonly kind: 'whole'; readonly members: readonly MemberWriting[] }
    | { readonly kind: 'missing'; readonly ticket: string }
    | { readonly kind: 'too-large' }
  >;
  fill(slice: MemberSlice, ticket: string, members: readonly MemberWriting[] | null): Promise<boolean>;
}

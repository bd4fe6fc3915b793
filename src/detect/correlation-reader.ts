import type { MemberSlice, MemberWriting } from '../model/correlation.ts';
import type { LiveCorrelation, MembersPort, RecentMembersPort } from './correlation-ports.ts';
import { type HourRange, lookBackMs, sliceLengthMs } from './correlation-ranges.ts';
import type { DetectLimits } from './limits.ts';

/** What is wanted of a group: the members that decide on these hours. */
export interface Wanted {
  readonly group: string;
  readonly ranges: readonly HourRange[];
  /** Members just stored. */
  readonly add: readonly MemberWriting[];
}

export interface ReaderParts {
  readonly members: MembersPort;
  readonly recent: RecentMembersPort;
  readonly limits: Pick<DetectLimits, 'groupMembersMax' | 'sliceMembersMax'>;
  /** Told where members came from, for the counters. */
  readonly read: (from: 'recent' | 'store' | 'filled') => void;
}

/** Fills tried before the groups are read from the store instead. */
const fillsMax = 3;

/**
 * The members of groups, from recent state where that is whole, else from the store. The members to add must be in the
 * store already. Doubles are possible.
 */
export async function readGroups(
  correlation: LiveCorrelation,
  wanted: readonly Wanted[],
  parts: ReaderParts,
): Promise<ReadonlyMap<string, readonly MemberWriting[]>> {
  const found = new Map<string, MemberWriting[]>(wanted.map(({ group }) => [group, []]));
  const keep = (writings: readonly MemberWriting[]): void => {
    for (const writing of writings) found.get(writing.member.group)?.push(writing);
  };
  const lengthMs = sliceLengthMs(correlation.ir);
  const slices = new Map<number, { add: MemberWriting[]; groups: Set<string> }>();
  const sliceAt = (fromMs: number): { add: MemberWriting[]; groups: Set<string> } => {
    const known = slices.get(fromMs) ?? { add: [], groups: new Set() };
    slices.set(fromMs, known);
    return known;
  };
  for (const { group, ranges, add } of wanted) {
    for (const writing of add) sliceAt(Math.floor(writing.member.timeMs / lengthMs) * lengthMs).add.push(writing);
    for (const { fromMs, toMs } of ranges) {
      const first = Math.floor((fromMs - lookBackMs(correlation.ir)) / lengthMs) * lengthMs;
      for (let at = first; at < toMs; at += lengthMs) sliceAt(at).groups.add(group);
    }
  }
  const read = (fromMs: number, add: readonly MemberWriting[], groups: readonly string[]) =>
    readSlice({ correlation: correlation.key, fromMs, toMs: fromMs + lengthMs }, add, groups, parts);
  // All is added before anything is looked at: of two workers, who asks last then sees what both added, in every slice.
  await Promise.all([...slices].map(([fromMs, { add }]) => (add.length > 0 ? read(fromMs, add, []) : [])));
  const all = await Promise.all(
    [...slices].map(([fromMs, { groups }]) => (groups.size > 0 ? read(fromMs, [], [...groups]) : [])),
  );
  for (const writings of all) keep(writings);
  return found;
}

async function readSlice(
  slice: MemberSlice,
  add: readonly MemberWriting[],
  groups: readonly string[],
  parts: ReaderParts,
): Promise<readonly MemberWriting[]> {
  const { members, recent, limits } = parts;
  for (let tried = 0; tried < fillsMax; tried += 1) {
    const answer = await recent.exchange(slice, add, groups);
    if (answer.kind === 'whole') {
      parts.read('recent');
      return answer.members;
    }
    if (answer.kind === 'too-large') break;
    const all = await members.membersOfSlice(slice, limits.sliceMembersMax);
    parts.read('filled');
    await recent.fill(slice, answer.ticket, all);
  }
  if (groups.length === 0) return [];
  parts.read('store');
  // One more than is looked at, so that a cut is seen as one.
  return members.membersOfGroups(slice, groups, limits.groupMembersMax + 1);
}

import { type MemberWriting, memberKey } from '../model/correlation.ts';
import {
  type CorrelationState,
  type CorrelationStateLimits,
  defaultCorrelationStateLimits,
  keyOf,
} from './correlation-state.ts';

interface Held {
  /** The newest writing of each member, by group, then by the member's key; null for a slice that is too large. */
  groups: Map<string, Map<string, MemberWriting>> | null;
  size: number;
}

/** Recent members in this process: for one worker alone, since nobody else's members come in here. */
export function createMemoryCorrelationState(
  o: { readonly limits?: Partial<CorrelationStateLimits> } = {},
): CorrelationState {
  const limits: CorrelationStateLimits = { ...defaultCorrelationStateLimits, ...o.limits };
  const slices = new Map<string, Held>();
  let total = 0;
  /** Grows when a slice is dropped: what was read before for it may lack what was added meanwhile. */
  let losses = 0;

  const drop = (key: string): void => {
    total -= slices.get(key)?.size ?? 0;
    slices.delete(key);
    losses += 1;
  };

  const put = (held: Held, members: readonly MemberWriting[]): void => {
    for (const writing of members) {
      if (held.groups === null) return;
      const { member, version } = writing;
      const group = held.groups.get(member.group) ?? new Map<string, MemberWriting>();
      held.groups.set(member.group, group);
      const key = memberKey(member);
      const before = group.get(key);
      if (before === undefined || before.version < version) group.set(key, writing);
      if (before !== undefined) continue;
      held.size += 1;
      total += 1;
      if (held.size <= limits.sliceMembersMax) continue;
      total -= held.size;
      held.groups = null;
      held.size = 0;
    }
  };

  /** The slice used last is the last in the map. */
  const shrink = (used: string): void => {
    for (const key of slices.keys()) {
      if (total <= limits.membersMax && slices.size <= limits.slicesMax) return;
      if (key !== used) drop(key);
    }
  };

  return {
    exchange: async (slice, add, groups) => {
      const key = keyOf(slice);
      const held = slices.get(key);
      if (held === undefined) return { kind: 'missing', ticket: String(losses) };
      slices.delete(key);
      slices.set(key, held);
      put(held, add);
      shrink(key);
      const found = held.groups;
      if (found === null) return { kind: 'too-large' };
      return { kind: 'whole', members: groups.flatMap((group) => [...(found.get(group)?.values() ?? [])]) };
    },
    fill: async (slice, ticket, members) => {
      if (ticket !== String(losses)) return false;
      const key = keyOf(slice);
      const held = slices.get(key) ?? { groups: new Map(), size: 0 };
      slices.set(key, held);
      if (members === null) {
        total -= held.size;
        held.groups = null;
        held.size = 0;
      } else put(held, members);
      shrink(key);
      return true;
    },
  };
}

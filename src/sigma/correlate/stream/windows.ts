import { meetsComparisons } from '../condition.ts';
import type { CorrelationHit, CorrelationStreamLimits, HitMember } from '../hit.ts';
import { type CorrelationIr, isTemporal } from '../ir.ts';
import { tupleMembers } from '../tuple.ts';
import type { Groups } from './groups.ts';
import { createMeasure, type Measure } from './measure.ts';
import { Members } from './members.ts';
import { Slots } from './slots.ts';
import { none, type Waiting } from './waiting.ts';

/** Members of one time of one group that are compared one by one before a set takes over. */
const comparedMax = 16;

/** The windows of one correlation. Members come in the order of time; those of one time in any order. */
export class Windows {
  readonly ir: CorrelationIr;
  readonly slots: Slots = new Slots();
  readonly members: Members = new Members();
  duplicates = 0;
  evictedGroups = 0;
  evictedMembers = 0;
  readonly #index: number;
  readonly #groups: Groups;
  readonly #limits: CorrelationStreamLimits;
  readonly #groupMembers: number;
  readonly #temporal: boolean;
  readonly #measure: Measure;
  /** What was seen of the newest time, of the groups that have very much of it. */
  readonly #seen = new Map<number, Set<string>>();
  #seenMs = Number.NaN;

  constructor(index: number, ir: CorrelationIr, groups: Groups, limits: CorrelationStreamLimits) {
    this.ir = ir;
    this.#index = index;
    this.#groups = groups;
    this.#limits = limits;
    // A condition that counts further than the limit of a group must be able to.
    const counted = Math.max(0, ...ir.condition.map(({ number }) => (isCount(ir) ? number : 0)));
    this.#groupMembers = Math.min(limits.members, Math.max(limits.groupMembers, Math.ceil(counted) + 1));
    this.#temporal = isTemporal(ir.kind);
    this.#measure = createMeasure(ir, this.slots, this.members, this.#groupMembers);
  }

  /** Takes a waiting member over; the slot that is to be settled for it, or -1 when there is none or it is known. */
  enter(waiting: Waiting, at: number, reference: number): number {
    const { slots, members } = this;
    const timeMs = waiting.time[at] ?? 0;
    const order = waiting.order[at] ?? '';
    const group = waiting.group[at] ?? 0;
    let slot = slots.find(group);
    if (slot < 0) {
      slot = slots.add(group);
      this.#groups.use(group);
    }
    const first = slots.last[slot] !== timeMs;
    if (!first && this.#isSeen(slot, timeMs, order, reference)) {
      this.duplicates++;
      return -1;
    }
    if (first) {
      if ((slots.last[slot] ?? 0) < timeMs - this.ir.timespanMs) slots.since[slot] = Number.NaN;
      slots.touch(slot, timeMs);
    }
    this.#makeRoom(slot);
    const member = members.allocate();
    members.time[member] = timeMs;
    members.number[member] = waiting.number[at] ?? 0;
    members.reference[member] = reference;
    members.order[member] = order;
    members.text[member] = waiting.text[at] ?? '';
    members.carried[member] = waiting.carried[at] ?? none;
    members.next[member] = -1;
    const tail = slots.tail[slot] ?? -1;
    members.previous[member] = tail;
    if (tail >= 0) members.next[tail] = member;
    else slots.head[slot] = member;
    slots.tail[slot] = member;
    if (first || (slots.instant[slot] ?? -1) < 0) slots.instant[slot] = member;
    slots.count[slot] = (slots.count[slot] ?? 0) + 1;
    this.#measure.added(slot, member);
    if (slots.unsettled[slot] === 1) return -1;
    slots.unsettled[slot] = 1;
    return slot;
  }

  /** All members of `timeMs` are in: the value of the slot's window, or NaN when the condition does not hold. */
  settle(slot: number, timeMs: number): number {
    const { slots, members } = this;
    const fromMs = timeMs - this.ir.timespanMs;
    slots.unsettled[slot] = 0;
    for (let head = slots.head[slot] ?? -1; (members.time[head] ?? 0) < fromMs; head = slots.head[slot] ?? -1) {
      this.#dropFirst(slot);
    }
    const value = this.#measure.value(slot, timeMs, fromMs);
    const { meets } = this.#measure;
    const holds = meets === undefined ? meetsComparisons(this.ir.condition, value) : meets(slot, fromMs);
    if (holds) return value;
    slots.since[slot] = Number.NaN;
    return Number.NaN;
  }

  /** The last event of the slot's newest time; of its members the first, which is the one of the first reference. */
  completing(slot: number): number {
    const { members } = this;
    let last = this.slots.instant[slot] ?? -1;
    for (let at = last; at >= 0; at = members.next[at] ?? -1) {
      if ((members.order[at] ?? '') > (members.order[last] ?? '')) last = at;
    }
    return last;
  }

  groupOf(slot: number): readonly string[] {
    return tupleMembers(this.#groups.textOf(this.slots.group[slot] ?? 0), this.ir.groupBy.length);
  }

  hit(slot: number, value: number): CorrelationHit {
    const { slots } = this;
    return {
      correlation: this.#index,
      group: this.groupOf(slot),
      timeMs: slots.last[slot] ?? 0,
      sinceMs: slots.since[slot] ?? 0,
      order: this.members.order[this.completing(slot)] ?? '',
      value,
      memberCount: slots.count[slot] ?? 0,
      members: this.#latest(slot),
    };
  }

  /** The last members of the window by (time, order). Those of one time are strung together unsorted, so all are taken. */
  #latest(slot: number): readonly HitMember[] {
    const { members } = this;
    const { evidence } = this.#limits;
    const latest: HitMember[] = [];
    for (let at = this.slots.tail[slot] ?? -1; at >= 0; at = members.previous[at] ?? -1) {
      const timeMs = members.time[at] ?? 0;
      if (latest.length >= evidence && latest.at(-1)?.timeMs !== timeMs) break;
      latest.push({ timeMs, order: members.order[at] ?? '', reference: members.reference[at] ?? 0 });
    }
    return latest.toSorted(compareHitMembers).slice(-evidence);
  }

  /** Lets go of the groups whose members can be in no window from `nowMs` on. */
  expire(nowMs: number): void {
    const { slots } = this;
    const fromMs = nowMs - this.ir.timespanMs;
    while (slots.oldest >= 0 && (slots.last[slots.oldest] ?? 0) < fromMs) this.#dropSlot(slots.oldest);
  }

  /** When the group longest without a member had its last; infinite when there is none. */
  oldestMs(): number {
    const { oldest, last } = this.slots;
    return oldest < 0 ? Number.POSITIVE_INFINITY : (last[oldest] ?? 0);
  }

  /** Gives up the group longest without a member. */
  evictOldest(): void {
    const { slots } = this;
    if (slots.oldest < 0) return;
    this.evictedGroups++;
    this.evictedMembers += slots.count[slots.oldest] ?? 0;
    this.#dropSlot(slots.oldest);
  }

  #makeRoom(slot: number): void {
    const { slots, members } = this;
    if (members.count >= this.#limits.members) {
      slots.touch(slot, slots.last[slot] ?? 0);
      while (members.count >= this.#limits.members && slots.oldest !== slot) this.evictOldest();
    }
    if ((slots.count[slot] ?? 0) < this.#groupMembers) return;
    this.evictedMembers++;
    this.#dropFirst(slot);
  }

  #dropFirst(slot: number): void {
    const { slots, members } = this;
    const head = slots.head[slot] ?? -1;
    this.#measure.removing(slot, head);
    const next = members.next[head] ?? -1;
    slots.head[slot] = next;
    if (next >= 0) members.previous[next] = -1;
    else slots.tail[slot] = -1;
    if (slots.instant[slot] === head) slots.instant[slot] = next;
    slots.count[slot] = (slots.count[slot] ?? 1) - 1;
    members.free(head);
  }

  #dropSlot(slot: number): void {
    const { slots, members } = this;
    for (let at = slots.head[slot] ?? -1; at >= 0; ) {
      const next = members.next[at] ?? -1;
      members.free(at);
      at = next;
    }
    this.#measure.cleared(slot);
    this.#groups.release(slots.group[slot] ?? 0);
    slots.remove(slot);
  }

  /** Whether the newest time of the slot has this event (for temporal kinds: this event under this reference). */
  #isSeen(slot: number, timeMs: number, order: string, reference: number): boolean {
    const { members } = this;
    if (this.#seenMs !== timeMs) {
      this.#seen.clear();
      this.#seenMs = timeMs;
    }
    let seen = this.#seen.get(slot);
    if (seen === undefined) {
      let compared = 0;
      for (let at = this.slots.instant[slot] ?? -1; at >= 0; at = members.next[at] ?? -1) {
        if (members.order[at] === order && (!this.#temporal || members.reference[at] === reference)) return true;
        compared++;
      }
      if (compared < comparedMax) return false;
      seen = new Set();
      this.#seen.set(slot, seen);
      for (let at = this.slots.instant[slot] ?? -1; at >= 0; at = members.next[at] ?? -1) {
        seen.add(this.#nameOf(members.order[at] ?? '', members.reference[at] ?? 0));
      }
    }
    const { size } = seen;
    return seen.add(this.#nameOf(order, reference)).size === size;
  }

  #nameOf(order: string, reference: number): string {
    return this.#temporal ? `${reference} ${order}` : order;
  }
}

function isCount({ kind }: CorrelationIr): boolean {
  return kind === 'event_count' || kind === 'value_count';
}

function compareHitMembers(a: HitMember, b: HitMember): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.reference - b.reference;
}

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
  readonly #hasText: boolean;
  readonly #isCarrying: boolean;
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
    this.#hasText = ir.kind === 'value_count';
    this.#isCarrying = ir.carries.length > 0;
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
    const lastMs = slots.lastMs(slot);
    const first = lastMs !== timeMs;
    if (!first && this.#isSeen(slot, timeMs, order, reference)) {
      this.duplicates++;
      return -1;
    }
    if (first) {
      if (lastMs < timeMs - this.ir.timespanMs) slots.setSince(slot, Number.NaN);
      slots.touch(slot, timeMs);
    }
    this.#makeRoom(slot);
    const tail = slots.tailOf(slot);
    const member = members.add(timeMs, waiting.number[at] ?? 0, reference, order, tail);
    if (this.#hasText) members.text[member] = waiting.text[at] ?? '';
    if (this.#isCarrying) members.carried[member] = waiting.carried[at] ?? none;
    if (tail >= 0) members.setNext(tail, member);
    else slots.setHead(slot, member);
    slots.setTail(slot, member);
    if (first || slots.instantOf(slot) < 0) slots.setInstant(slot, member);
    slots.setCount(slot, slots.countOf(slot) + 1);
    this.#measure.added(slot, member);
    if (slots.isUnsettled(slot)) return -1;
    slots.setUnsettled(slot, true);
    return slot;
  }

  /** All members of `timeMs` are in: the value of the slot's window, or NaN when the condition does not hold. */
  settle(slot: number, timeMs: number): number {
    const { slots, members } = this;
    const fromMs = timeMs - this.ir.timespanMs;
    slots.setUnsettled(slot, false);
    while (members.timeOf(slots.headOf(slot)) < fromMs) this.#dropFirst(slot);
    const value = this.#measure.value(slot, timeMs, fromMs);
    const { meets } = this.#measure;
    const holds = meets === undefined ? meetsComparisons(this.ir.condition, value) : meets(slot, fromMs);
    if (holds) return value;
    slots.setSince(slot, Number.NaN);
    return Number.NaN;
  }

  /** The last event of the slot's newest time; of its members the first, which is the one of the first reference. */
  completing(slot: number): number {
    const { members } = this;
    let last = this.slots.instantOf(slot);
    for (let at = last; at >= 0; at = members.nextOf(at)) {
      if ((members.order[at] ?? '') > (members.order[last] ?? '')) last = at;
    }
    return last;
  }

  groupOf(slot: number): readonly string[] {
    return tupleMembers(this.#groups.textOf(this.slots.groupOf(slot)), this.ir.groupBy.length);
  }

  hit(slot: number, value: number): CorrelationHit {
    const { slots } = this;
    return {
      correlation: this.#index,
      group: this.groupOf(slot),
      timeMs: slots.lastMs(slot),
      sinceMs: slots.sinceMs(slot),
      order: this.members.order[this.completing(slot)] ?? '',
      value,
      memberCount: slots.countOf(slot),
      members: this.#latest(slot),
    };
  }

  /** The last members of the window by (time, order). Those of one time are strung together unsorted, so all are taken. */
  #latest(slot: number): readonly HitMember[] {
    const { members } = this;
    const { evidence } = this.#limits;
    const latest: HitMember[] = [];
    for (let at = this.slots.tailOf(slot); at >= 0; at = members.previousOf(at)) {
      const timeMs = members.timeOf(at);
      if (latest.length >= evidence && latest.at(-1)?.timeMs !== timeMs) break;
      latest.push({ timeMs, order: members.order[at] ?? '', reference: members.referenceOf(at) });
    }
    return latest.toSorted(compareHitMembers).slice(-evidence);
  }

  /** Lets go of the groups whose members can be in no window from `nowMs` on. */
  expire(nowMs: number): void {
    const { slots } = this;
    const fromMs = nowMs - this.ir.timespanMs;
    while (slots.oldest >= 0 && slots.lastMs(slots.oldest) < fromMs) this.#dropSlot(slots.oldest);
  }

  /** When the group longest without a member had its last; infinite when there is none. */
  oldestMs(): number {
    const { oldest } = this.slots;
    return oldest < 0 ? Number.POSITIVE_INFINITY : this.slots.lastMs(oldest);
  }

  /** Gives up the group longest without a member. */
  evictOldest(): void {
    const { slots } = this;
    if (slots.oldest < 0) return;
    this.evictedGroups++;
    this.evictedMembers += slots.countOf(slots.oldest);
    this.#dropSlot(slots.oldest);
  }

  #makeRoom(slot: number): void {
    const { slots, members } = this;
    if (members.count >= this.#limits.members) {
      slots.touch(slot, slots.lastMs(slot));
      while (members.count >= this.#limits.members && slots.oldest !== slot) this.evictOldest();
    }
    if (slots.countOf(slot) < this.#groupMembers) return;
    this.evictedMembers++;
    this.#dropFirst(slot);
  }

  #dropFirst(slot: number): void {
    const { slots, members } = this;
    const head = slots.headOf(slot);
    this.#measure.removing(slot, head);
    const next = members.nextOf(head);
    slots.setHead(slot, next);
    if (next >= 0) members.setPrevious(next, -1);
    else slots.setTail(slot, -1);
    if (slots.instantOf(slot) === head) slots.setInstant(slot, next);
    slots.setCount(slot, slots.countOf(slot) - 1);
    members.free(head);
  }

  #dropSlot(slot: number): void {
    const { slots, members } = this;
    for (let at = slots.headOf(slot); at >= 0; ) {
      const next = members.nextOf(at);
      members.free(at);
      at = next;
    }
    this.#measure.cleared(slot);
    this.#groups.release(slots.groupOf(slot));
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
      for (let at = this.slots.instantOf(slot); at >= 0; at = members.nextOf(at)) {
        if (members.order[at] === order && (!this.#temporal || members.referenceOf(at) === reference)) return true;
        compared++;
      }
      if (compared < comparedMax) return false;
      seen = new Set();
      this.#seen.set(slot, seen);
      for (let at = this.slots.instantOf(slot); at >= 0; at = members.nextOf(at)) {
        seen.add(this.#nameOf(members.order[at] ?? '', members.referenceOf(at)));
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

import { meetsComparisons } from '../condition.ts';
import type { CorrelationHit, CorrelationStreamLimits, HitMember } from '../hit.ts';
import { type CorrelationIr, isTemporal } from '../ir.ts';
import { tupleMembers } from '../tuple.ts';
import type { Groups } from './groups.ts';
import { createMeasure, type Measure } from './measure.ts';
import { Members } from './members.ts';
import { Slots } from './slots.ts';
import type { Waiting } from './waiting.ts';

/** Members of one time of one group that are compared one by one before a set takes over. */
const comparedMax = 16;

/** The windows of one correlation. Members come in the order of time; those of one time in any order. */
export class Windows {
  readonly slots: Slots = new Slots();
  readonly members: Members;
  duplicates = 0;
  evictedGroups = 0;
  evictedMembers = 0;
  readonly #ir: CorrelationIr;
  readonly #timespanMs: number;
  readonly #index: number;
  readonly #groups: Groups;
  readonly #evidence: number;
  readonly #membersMax: number;
  readonly #groupMembers: number;
  readonly #temporal: boolean;
  readonly #hasTexts: boolean;
  readonly #measure: Measure;
  /** What was seen of the newest time, of the groups that have very much of it. */
  readonly #seen = new Map<number, Set<string>>();
  #seenMs = Number.NaN;

  constructor(index: number, ir: CorrelationIr, groups: Groups, limits: CorrelationStreamLimits) {
    this.#ir = ir;
    this.#timespanMs = ir.timespanMs;
    this.#index = index;
    this.#groups = groups;
    this.#evidence = limits.evidence;
    this.#membersMax = limits.members;
    // A condition that counts further than the limit of a group must be able to.
    const counted = Math.max(0, ...ir.condition.map(({ number }) => (isCount(ir) ? number : 0)));
    this.#groupMembers = Math.min(limits.members, Math.max(limits.groupMembers, Math.ceil(counted) + 1));
    this.#temporal = isTemporal(ir.kind);
    const hasText = ir.kind === 'value_count';
    const isCarrying = ir.carries.length > 0;
    this.#hasTexts = hasText || isCarrying;
    this.members = new Members(this.slots, hasText, isCarrying);
    this.#measure = createMeasure(ir, this.slots, this.members, this.#groupMembers);
  }

  /**
   * Takes over a waiting member and its use of the group; the slot that is to be settled for it, or -1 when there is one
   * to be settled already or the member is known.
   */
  enter(waiting: Waiting, at: number, reference: number): number {
    const { slots, members } = this;
    const measure = this.#measure;
    const timeMs = waiting.timeOf(at);
    const order = waiting.orderOf(at);
    const group = waiting.groupOf(at);
    this.expire(timeMs);
    let slot = slots.find(group);
    if (slot < 0) {
      slot = slots.add(group);
      if (measure.opened !== null) measure.opened(slot);
    } else {
      this.#groups.release(group);
      if (slots.lastMs(slot) === timeMs && this.#isSeen(slot, timeMs, order, reference)) {
        this.duplicates++;
        return -1;
      }
    }
    if (members.count >= this.#membersMax || slots.countOf(slot) >= this.#groupMembers) this.#makeRoom(slot);
    members.reserve();
    const before = slots.tailOf(slot);
    const member = members.add(timeMs, waiting.numberOf(at), reference, order, slot, before);
    if (this.#hasTexts) members.setTexts(member, waiting.textOf(at), waiting.carriedOf(at));
    if (slots.append(slot, member, timeMs) > 1) members.setNext(before, member);
    if (measure.added !== null) measure.added(slot, member);
    if (slots.isUnsettled(slot)) return -1;
    slots.setUnsettled(slot, true);
    return slot;
  }

  /** All members of `timeMs` are in: the value of the slot's window, or NaN when the condition does not hold. */
  settle(slot: number, timeMs: number): number {
    const { slots } = this;
    const { value: measured, meets } = this.#measure;
    slots.setUnsettled(slot, false);
    const fromMs = timeMs - this.#timespanMs;
    const value = measured === null ? slots.countOf(slot) : measured(slot, timeMs, fromMs);
    const holds = meets === null ? meetsComparisons(this.#ir.condition, value) : meets(slot, fromMs);
    if (holds) return value;
    slots.setSince(slot, Number.NaN);
    return Number.NaN;
  }

  /** The last event of the slot's newest time; of its members that of the first reference, which came first. */
  completing(slot: number): number {
    const { slots, members } = this;
    const timeMs = slots.lastMs(slot);
    let last = slots.tailOf(slot);
    for (let left = slots.countOf(slot) - 1, at = last; left > 0; left--) {
      at = members.previousOf(at);
      if (members.timeOf(at) !== timeMs) break;
      if (members.orderOf(at) >= members.orderOf(last)) last = at;
    }
    return last;
  }

  groupOf(slot: number): readonly string[] {
    return tupleMembers(this.#groups.textOf(this.slots.groupOf(slot)), this.#ir.groupBy.length);
  }

  hit(slot: number, value: number): CorrelationHit {
    const { slots } = this;
    return {
      correlation: this.#index,
      group: this.groupOf(slot),
      timeMs: slots.lastMs(slot),
      sinceMs: slots.sinceMs(slot),
      order: this.members.orderOf(this.completing(slot)),
      value,
      memberCount: slots.countOf(slot),
      members: this.#latest(slot),
    };
  }

  /** The last members of the window by (time, order). Those of one time are strung together unsorted, so all are taken. */
  #latest(slot: number): readonly HitMember[] {
    const { members } = this;
    const latest: HitMember[] = [];
    let isOrdered = true;
    let beforeMs = Number.NaN;
    for (let left = this.slots.countOf(slot), at = this.slots.tailOf(slot); left > 0; left--) {
      const timeMs = members.timeOf(at);
      if (timeMs === beforeMs) isOrdered = false;
      else if (latest.length >= this.#evidence) break;
      latest.push({ timeMs, order: members.orderOf(at), reference: members.referenceOf(at) });
      beforeMs = timeMs;
      at = members.previousOf(at);
    }
    return isOrdered ? latest.reverse() : latest.sort(compareHitMembers).slice(latest.length - this.#evidence);
  }

  /** Lets go of the members that can be in no window from `nowMs` on, and of the groups that have no others. */
  expire(nowMs: number): void {
    const { members } = this;
    const fromMs = nowMs - this.#timespanMs;
    while (members.first !== members.end) {
      const slot = members.slotOf(members.first);
      if (slot >= 0) {
        if (members.timeOf(members.first) >= fromMs) return;
        if (this.#dropFirst(slot) === 0) this.#close(slot);
      }
      members.leaveFirst();
    }
  }

  /** When the group longest without a member had its last; infinite when there is none. */
  oldestMs(): number {
    const slot = this.members.silentSlot(-1);
    return slot < 0 ? Number.POSITIVE_INFINITY : this.slots.lastMs(slot);
  }

  /** Gives up the group longest without a member. @param except one that gets a member now; -1 for none */
  evictOldest(except: number): void {
    const { slots, members } = this;
    const slot = members.silentSlot(except);
    if (slot < 0) return;
    const count = slots.countOf(slot);
    for (let left = count, at = slots.headOf(slot); left > 0; left--) {
      const next = members.nextOf(at);
      members.clear(at);
      at = next;
    }
    this.evictedGroups++;
    this.evictedMembers += count;
    this.#close(slot);
  }

  #makeRoom(slot: number): void {
    const { slots, members } = this;
    while (members.count >= this.#membersMax && members.silentSlot(slot) >= 0) this.evictOldest(slot);
    if (slots.countOf(slot) < this.#groupMembers) return;
    this.evictedMembers++;
    this.#dropFirst(slot);
  }

  /** Takes the first member from a slot's window: how many are left. */
  #dropFirst(slot: number): number {
    const { slots, members } = this;
    const head = slots.headOf(slot);
    if (this.#measure.removing !== null) this.#measure.removing(slot, head);
    members.clear(head);
    return slots.removeFirst(slot, members.nextOf(head));
  }

  #close(slot: number): void {
    if (this.#measure.closed !== null) this.#measure.closed(slot);
    if (this.#seen.size > 0) this.#seen.delete(slot);
    this.#groups.release(this.slots.groupOf(slot));
    this.slots.remove(slot);
  }

  /** Whether the newest time of the slot has this event (for temporal kinds: this event under this reference). */
  #isSeen(slot: number, timeMs: number, order: string, reference: number): boolean {
    const { slots, members } = this;
    if (this.#seenMs !== timeMs) {
      this.#seen.clear();
      this.#seenMs = timeMs;
    }
    let seen = this.#seen.get(slot);
    if (seen === undefined) {
      let compared = 0;
      const count = slots.countOf(slot);
      for (let at = slots.tailOf(slot); compared < count; at = members.previousOf(at)) {
        if (members.timeOf(at) !== timeMs) break;
        if (members.orderOf(at) === order && (!this.#temporal || members.referenceOf(at) === reference)) return true;
        compared++;
      }
      if (compared < comparedMax) return false;
      seen = new Set();
      this.#seen.set(slot, seen);
      for (let at = slots.tailOf(slot); compared > 0; compared--, at = members.previousOf(at)) {
        seen.add(this.#nameOf(members.orderOf(at), members.referenceOf(at)));
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

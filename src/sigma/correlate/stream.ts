import type { EventFields } from '../match/field-content.ts';
import { type CorrelationHit, type CorrelationStreamLimits, defaultCorrelationStreamLimits } from './hit.ts';
import { hitEvent } from './hit-event.ts';
import type { Correlation } from './ir.ts';
import { Groups, ownText } from './stream/groups.ts';
import { carriedOf, type Handle, handlesOf, numberOf, type Subscription, tupleOf } from './stream/subscription.ts';
import { none, Waiting } from './stream/waiting.ts';
import { Windows } from './stream/windows.ts';

export interface CorrelationStreamOptions {
  readonly limits?: CorrelationStreamLimits;
  /** The condition turned true: an alert begins. */
  onBegin(hit: CorrelationHit): void;
  /** It still holds at a later instant. Left out, no time is spent on it. */
  readonly onAmend?: (hit: CorrelationHit) => void;
}

export type PushOutcome =
  /** At least one correlation takes it. */
  | 'taken'
  /** It lacks the fields that the correlations of its rule group or reckon by. */
  | 'ignored'
  /** Its time was evaluated already: the caller evaluates its groups again over stored events. */
  | 'late';

export interface CorrelationStreamStats {
  readonly taken: number;
  readonly ignored: number;
  readonly late: number;
  readonly duplicates: number;
  readonly waiting: number;
  readonly groups: number;
  readonly members: number;
  /** What fell to limits. */
  readonly forced: number;
  readonly evictedGroups: number;
  readonly evictedMembers: number;
}

/** Correlations over events in about the order of their time; gives exactly what evaluateCorrelations gives. */
export interface CorrelationStream {
  /** The number under which events of a rule are pushed; -1 when no correlation refers to it. */
  handleOf(ruleId: string): number;
  push(handle: number, fields: EventFields, timeMs: number, order: string): PushOutcome;
  /** The present is at least `timeMs`: evaluates all that is older by more than the reorder window. */
  advance(timeMs: number): void;
  /** Evaluates all that waits, at the end of input. What comes later must be younger. */
  flush(): void;
  stats(): CorrelationStreamStats;
}

/**
 * A stream over correlations as linkRules gives them: one that is built on another comes after it.
 *
 * The same answers as evaluateCorrelations, however the events are shuffled within the reorder window, as long as no limit
 * bites and none is late.
 */
export function createCorrelationStream(
  correlations: readonly Correlation[],
  options: CorrelationStreamOptions,
): CorrelationStream {
  const limits = options.limits ?? defaultCorrelationStreamLimits;
  const { onBegin, onAmend } = options;
  const { handles, subscriptions } = handlesOf(correlations);
  const handleList = [...handles.values()];
  const handleIndex = new Map([...handles.keys()].map((id, index) => [id, index]));
  const groups = new Groups();
  const waiting = new Waiting(limits.reorderMs);
  const windows = correlations.map(({ ir }, index) => new Windows(index, ir, groups, limits));
  const uppers = correlations.map(({ id }) => handles.get(id) ?? null);
  const levels = levelsOf(correlations);
  const references = Int32Array.from(subscriptions, ({ reference }) => reference);
  const owners = Int32Array.from(subscriptions, ({ correlation }) => correlation);
  /** Waiting members of the millisecond at hand. */
  const together: number[] = [];
  /** Waiting members of the time at hand, by the level of their correlation. */
  const agenda: number[][] = Array.from({ length: Math.max(0, ...levels) + 1 }, () => []);
  /** Slots with new members of the time at hand: correlation and slot in turn. */
  const dirty: number[] = [];
  const groupingsMax = Math.max(1, ...handleList.map(({ groupings }) => groupings.length));
  const held = new Int32Array(groupingsMax);
  const heldOfHit = new Int32Array(groupingsMax);
  let nextReleaseMs = Number.NEGATIVE_INFINITY;
  let taken = 0;
  let ignored = 0;
  let late = 0;
  let forced = 0;

  return {
    handleOf: (ruleId) => handleIndex.get(ruleId) ?? -1,
    push,
    advance(timeMs) {
      const untilMs = timeMs - limits.reorderMs;
      if (untilMs < nextReleaseMs) return;
      while (waiting.oldestMs() + waiting.sliceMs <= untilMs) releaseSlice();
      const sliceStartMs = Math.floor(untilMs / waiting.sliceMs) * waiting.sliceMs;
      waiting.releasedMs = Math.max(waiting.releasedMs, sliceStartMs);
      nextReleaseMs = sliceStartMs + waiting.sliceMs;
      expire();
    },
    flush() {
      while (waiting.count > 0) releaseSlice();
    },
    stats() {
      const sum = (of: (one: Windows) => number) => windows.reduce((total, one) => total + of(one), 0);
      return {
        taken,
        ignored,
        late,
        duplicates: sum((one) => one.duplicates),
        waiting: waiting.count,
        groups: groups.size,
        members: sum((one) => one.members.count),
        forced,
        evictedGroups: sum((one) => one.evictedGroups),
        evictedMembers: sum((one) => one.evictedMembers),
      };
    },
  };

  function push(handleAt: number, fields: EventFields, timeMs: number, order: string): PushOutcome {
    const handle = handleList[handleAt];
    if (handle === undefined || !Number.isFinite(timeMs)) {
      ignored++;
      return 'ignored';
    }
    while (waiting.count >= limits.waiting) {
      const before = waiting.count;
      releaseSlice();
      forced += before - waiting.count;
    }
    if (timeMs < waiting.releasedMs) {
      late++;
      return 'late';
    }
    holdGroups(handle, fields, held, true);
    // Making room for a group may have released the slice of this very time.
    if (timeMs < waiting.releasedMs) {
      releaseGroups(handle, held);
      late++;
      return 'late';
    }
    let entered = 0;
    for (const subscription of handle.subscriptions) {
      const at = wait(subscription, held, fields, timeMs, order);
      if (at < 0) continue;
      waiting.enter(at, timeMs);
      entered++;
    }
    releaseGroups(handle, held);
    if (entered > 0) taken++;
    else ignored++;
    return entered > 0 ? 'taken' : 'ignored';
  }

  /** Looks up the event's group under each list of group-by fields; -1 where it has none. To be released afterwards. */
  function holdGroups({ groupings }: Handle, fields: EventFields, into: Int32Array, makesRoom: boolean): void {
    for (let i = 0; i < groupings.length; i++) {
      const text = tupleOf(fields, groupings[i] ?? []);
      let group = -1;
      if (text !== null) {
        group = groups.find(text);
        if (group < 0) {
          if (makesRoom) makeRoomForGroup();
          group = groups.add(text);
        }
        groups.use(group);
      }
      into[i] = group;
    }
  }

  function releaseGroups({ groupings }: Handle, from: Int32Array): void {
    for (let i = 0; i < groupings.length; i++) {
      const group = from[i] ?? -1;
      if (group >= 0) groups.release(group);
    }
  }

  /** Nothing is younger than what is still taken, so windows that end before may go. */
  function expire(): void {
    for (const one of windows) one.expire(waiting.releasedMs);
  }

  function makeRoomForGroup(): void {
    if (groups.size >= limits.groups) expire();
    while (groups.size >= limits.groups) {
      let oldest: Windows | null = null;
      for (const one of windows) if (one.oldestMs() < (oldest?.oldestMs() ?? Number.POSITIVE_INFINITY)) oldest = one;
      if (oldest !== null) oldest.evictOldest(-1);
      else if (waiting.count > 0) {
        const before = waiting.count;
        releaseSlice();
        forced += before - waiting.count;
      } else return;
    }
  }

  /** A waiting member of the event, in no slice yet; -1 when it takes no part. */
  function wait(
    subscription: Subscription,
    groupIds: Int32Array,
    fields: EventFields,
    timeMs: number,
    order: string,
  ): number {
    const group = groupIds[subscription.grouping] ?? -1;
    if (group < 0) return -1;
    let number = 0;
    let text = '';
    if (subscription.numeric) {
      const measured = numberOf(fields, subscription.values[0] ?? '');
      if (measured === null) return -1;
      number = measured;
    } else if (subscription.values.length > 0) {
      const tuple = tupleOf(fields, subscription.values);
      if (tuple === null) return -1;
      text = ownText(tuple);
    }
    const carried = subscription.carries.length === 0 ? none : carriedOf(fields, subscription.carries);
    groups.use(group);
    return waiting.add(timeMs, subscription.index, group, number, order, text, carried);
  }

  function releaseSlice(): void {
    waiting.takeOldest();
    for (let first = waiting.nextTogether(); first >= 0; first = waiting.nextTogether()) {
      if (agenda.length === 1 && waiting.nextOf(first) < 0) enterAlone(first);
      else releaseTogether(first);
    }
  }

  /** Members of one millisecond, whose times may differ by fractions of it: time by time. */
  function releaseTogether(first: number): void {
    for (let at = first; at >= 0; at = waiting.nextOf(at)) {
      let to = together.push(at) - 1;
      // Few are put in their places one by one, since an array's own sort takes long to begin.
      for (; to > 0 && to < insertedMax && comesBefore(at, together[to - 1] ?? 0); to--)
        together[to] = together[to - 1] ?? 0;
      together[to] = at;
    }
    if (together.length > insertedMax) together.sort((a, b) => (comesBefore(a, b) ? -1 : comesBefore(b, a) ? 1 : 0));
    for (let from = 0; from < together.length; ) {
      const timeMs = waiting.timeOf(together[from] ?? 0);
      for (; from < together.length; from++) {
        const at = together[from] ?? 0;
        if (waiting.timeOf(at) !== timeMs) break;
        agenda[levels[correlationOf(at)] ?? 0]?.push(at);
      }
      settleTime(timeMs);
    }
    together.length = 0;
  }

  /** Of members of one time that of the first reference comes first, under which an event counts that met several. */
  function comesBefore(a: number, b: number): boolean {
    const later = waiting.timeOf(a) - waiting.timeOf(b);
    return later < 0 || (later === 0 && referenceOf(a) < referenceOf(b));
  }

  function correlationOf(at: number): number {
    return owners[waiting.subscriptionOf(at)] ?? 0;
  }

  function referenceOf(at: number): number {
    return references[waiting.subscriptionOf(at)] ?? 0;
  }

  /** Most times have one event and nothing is built on its hits: no agenda is needed. */
  function enterAlone(at: number): void {
    const timeMs = waiting.timeOf(at);
    const correlation = correlationOf(at);
    const slot = enter(at, correlation);
    if (slot >= 0) settle(correlation, slot, timeMs);
  }

  /** Correlations of events first, then those built on them, whose members come of the hits at this very time. */
  function settleTime(timeMs: number): void {
    for (const members of agenda) {
      for (const at of members) {
        const correlation = correlationOf(at);
        const slot = enter(at, correlation);
        if (slot >= 0) dirty.push(correlation, slot);
      }
      members.length = 0;
      for (let i = 0; i < dirty.length; i += 2) settle(dirty[i] ?? 0, dirty[i + 1] ?? 0, timeMs);
      dirty.length = 0;
    }
  }

  /** Moves a waiting member into its window; see Windows.enter. */
  function enter(at: number, correlation: number): number {
    const slot = windows[correlation]?.enter(waiting, at, referenceOf(at)) ?? -1;
    waiting.free(at);
    return slot;
  }

  function settle(correlation: number, slot: number, timeMs: number): void {
    const one = windows[correlation];
    if (one === undefined || !one.slots.isUnsettled(slot)) return;
    const value = one.settle(slot, timeMs);
    if (Number.isNaN(value)) return;
    if (Number.isNaN(one.slots.sinceMs(slot))) {
      one.slots.setSince(slot, timeMs);
      onBegin(one.hit(slot, value));
      handOn(correlation, one, slot, timeMs);
    } else onAmend?.(one.hit(slot, value));
  }

  /** A hit is an event of the correlations above. */
  function handOn(index: number, one: Windows, slot: number, timeMs: number): void {
    const handle = uppers[index];
    const correlation = correlations[index];
    if (handle === null || handle === undefined || correlation === undefined) return;
    const completing = one.completing(slot);
    const { members } = one;
    const hit = hitEvent(
      correlation,
      { order: members.orderOf(completing), carried: members.carriedOf(completing) },
      one.groupOf(slot),
    );
    // Room is made when the next event comes: what is at hand must stay.
    holdGroups(handle, hit.fields, heldOfHit, false);
    for (const subscription of handle.subscriptions) {
      const at = wait(subscription, heldOfHit, hit.fields, timeMs, hit.order);
      if (at >= 0) agenda[levels[subscription.correlation] ?? 0]?.push(at);
    }
    releaseGroups(handle, heldOfHit);
  }
}

/** Up to so many members are sorted by insertion. */
const insertedMax = 16;

/** 0 for correlations of rules alone, one more than the highest below for the others. */
function levelsOf(correlations: readonly Correlation[]): number[] {
  const levels = new Map<string, number>();
  for (const { id, ir } of correlations) {
    const below = ir.references.map((reference) => levels.get(reference.id) ?? -1);
    levels.set(id, Math.max(...below) + 1);
  }
  return correlations.map(({ id }) => levels.get(id) ?? 0);
}

import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** Windows of no more members are looked through; only larger ones keep a map, which would be most of their memory. */
const smallMax = 16;

/** value_count: how many different texts. */
export function createDistinct(slots: Slots, members: Members): Measure {
  const counts = new Map<number, Map<string, number>>();
  /** 1 in a slot that keeps a map. */
  const isLarge = slots.reserveInts(1);

  return {
    opened: (slot) => slots.setInt(slot, isLarge, 0),
    added(slot, member) {
      if (slots.int(slot, isLarge) === 1) {
        const many = counts.get(slot);
        const text = members.textOf(member);
        many?.set(text, (many.get(text) ?? 0) + 1);
      } else if (slots.countOf(slot) > smallMax) {
        slots.setInt(slot, isLarge, 1);
        counts.set(slot, countsOf(slot));
      }
    },
    removing(slot, member) {
      if (slots.int(slot, isLarge) === 0) return;
      const many = counts.get(slot);
      const text = members.textOf(member);
      const left = (many?.get(text) ?? 0) - 1;
      if (left > 0) many?.set(text, left);
      else many?.delete(text);
    },
    closed(slot) {
      if (slots.int(slot, isLarge) === 1) counts.delete(slot);
    },
    value: (slot) => (slots.int(slot, isLarge) === 1 ? (counts.get(slot)?.size ?? 0) : smallSize(slot)),
    meets: null,
  };

  function countsOf(slot: number): Map<string, number> {
    const many = new Map<string, number>();
    for (let left = slots.countOf(slot), at = slots.tailOf(slot); left > 0; left--, at = members.previousOf(at)) {
      const text = members.textOf(at);
      many.set(text, (many.get(text) ?? 0) + 1);
    }
    return many;
  }

  function smallSize(slot: number): number {
    const count = slots.countOf(slot);
    const tail = slots.tailOf(slot);
    let size = 0;
    for (let i = 0, at = tail; i < count; i++, at = members.previousOf(at)) {
      const text = members.textOf(at);
      let before = 0;
      for (let other = tail; before < i && members.textOf(other) !== text; before++) other = members.previousOf(other);
      if (before === i) size++;
    }
    return size;
  }
}

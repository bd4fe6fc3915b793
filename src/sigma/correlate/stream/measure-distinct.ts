import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** Windows of no more members are looked through; only larger ones keep a map, which would be most of their memory. */
const smallMax = 16;

/** value_count: how many different texts. */
export function createDistinct(slots: Slots, members: Members): Measure {
  const counts = new Map<number, Map<string, number>>();

  return {
    added(slot, member) {
      const many = counts.get(slot);
      if (many !== undefined) {
        const text = members.text[member] ?? '';
        many.set(text, (many.get(text) ?? 0) + 1);
      } else if (slots.countOf(slot) > smallMax) counts.set(slot, countsOf(slot));
    },
    removing(slot, member) {
      const many = counts.get(slot);
      if (many === undefined) return;
      const text = members.text[member] ?? '';
      const left = (many.get(text) ?? 0) - 1;
      if (left > 0) many.set(text, left);
      else many.delete(text);
    },
    cleared(slot) {
      counts.delete(slot);
    },
    value(slot) {
      return counts.get(slot)?.size ?? smallSize(slot);
    },
  };

  function countsOf(slot: number): Map<string, number> {
    const many = new Map<string, number>();
    for (let at = slots.headOf(slot); at >= 0; at = members.nextOf(at)) {
      const text = members.text[at] ?? '';
      many.set(text, (many.get(text) ?? 0) + 1);
    }
    return many;
  }

  function smallSize(slot: number): number {
    const head = slots.headOf(slot);
    let size = 0;
    for (let at = head; at >= 0; at = members.nextOf(at)) {
      const text = members.text[at];
      let before = head;
      while (before !== at && members.text[before] !== text) before = members.nextOf(before);
      if (before === at) size++;
    }
    return size;
  }
}

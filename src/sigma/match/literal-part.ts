import { EventTextModel } from './event-text.ts';

/** Longest part of a literal that an automaton knows. */
const partMax = 8;
/** What it costs to compare a literal where its part was met, counted in steps of an automaton. */
const checkCost = 40;
const stateCost = 0.0002;

const model = new EventTextModel();

/**
 * The part [from, to) of a folded ASCII literal that the contains automaton looks for; the rest is checked where it is
 * met. Chosen to leave the automaton near its root on common text: small tables, few of whose rows are ever touched,
 * stay in the processor's cache, and that decides the speed of a scan.
 */
export function partOf(text: string): readonly [number, number] {
  let best: readonly [number, number] = [0, text.length];
  let leastCost = Number.POSITIVE_INFINITY;
  for (let from = 0; from < text.length; from++) {
    let chance = 1;
    let steps = 0;
    const end = Math.min(text.length, from + partMax);
    for (let to = from + 1; to <= end; to++) {
      const unit = text.charCodeAt(to - 1);
      chance *= to === from + 1 ? model.single(unit) : model.after(text.charCodeAt(to - 2), unit);
      steps += chance;
      const cost = steps + checkCost * chance + stateCost * (to - from);
      if (cost < leastCost) {
        leastCost = cost;
        best = [from, to];
      }
    }
  }
  return best;
}

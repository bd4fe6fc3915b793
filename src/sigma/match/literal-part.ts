import { eventText } from './event-text.ts';

/** Longest part of a literal that an automaton knows. */
const partMax = 24;
/** What it costs to compare a literal where its part was met, counted in steps of an automaton. */
const checkCost = 120;
/** The same where the part is the whole literal. */
const wholeCost = 12;
/** What a state costs for being there: rows that others push out of the cache. */
const stateCost = 0.0002;

/** Literals that may share a part: each is compared when the part is met. */
const sharersMax = 6;

/** A part [from, to) of a literal. */
export type LiteralPart = readonly [from: number, to: number];
/** Parts chosen before, by their least length and literal. */
export type KnownParts = Map<number, Map<string, LiteralPart>>;

/**
 * The part of each folded ASCII literal that the contains automaton looks for; the rest is checked where it is met.
 * Chosen to leave the automaton near its root on common text: small tables, few of whose rows are ever touched, stay
 * in the processor's cache, and that decides the speed of a scan. `known` keeps choices from one automaton to the next.
 */
export function partsOf(literals: Iterable<string>, known: KnownParts): Map<string, LiteralPart> {
  const parts = new Map<string, LiteralPart>();
  let open = [...literals];
  for (let least = 1; open.length > 0; least += 2) {
    const sharers = new Map<string, string[]>();
    const chosen = known.get(least) ?? new Map<string, LiteralPart>();
    known.set(least, chosen);
    for (const text of open) {
      const part = chosen.get(text) ?? bestPart(text, least);
      chosen.set(text, part);
      parts.set(text, part);
      if (part[1] - part[0] === text.length) continue;
      const key = text.slice(...part);
      const others = sharers.get(key);
      if (others === undefined) sharers.set(key, [text]);
      else others.push(text);
    }
    open = least >= partMax ? [] : [...sharers.values()].filter((texts) => texts.length > sharersMax).flat();
  }
  return parts;
}

function bestPart(text: string, least: number): LiteralPart {
  let best: LiteralPart = [0, text.length];
  let leastCost = Number.POSITIVE_INFINITY;
  for (let from = 0; from < text.length; from++) {
    let chance = 1;
    let steps = 0;
    const end = Math.min(text.length, from + partMax);
    for (let to = from + 1; to <= end; to++) {
      chance *= eventText.chance(text, from, to - 1);
      steps += chance;
      if (to - from < least) continue;
      const hitCost = to - from === text.length ? wholeCost : checkCost;
      const cost = steps + hitCost * chance + stateCost * (to - from);
      if (cost < leastCost) {
        leastCost = cost;
        best = [from, to];
      }
      // What a longer part saves in hits is less than its states cost.
      if (hitCost * chance < stateCost) break;
    }
  }
  return best;
}

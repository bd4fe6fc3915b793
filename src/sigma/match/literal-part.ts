/** Longest part of a literal that an automaton knows. */
const partMax = 8;

/** The part [from, to) of a literal that the contains automaton looks for; the rest is checked where it is found. */
export function partOf(text: string): readonly [number, number] {
  return [0, Math.min(text.length, partMax)];
}

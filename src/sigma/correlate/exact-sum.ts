/**
 * The sum of the numbers, rounded once: the same in whatever order they come, so that a sum is a function of the set of
 * events (Shewchuk 1997: partial sums that do not overlap; as Python's math.fsum, with rounding half to even).
 */
export function exactSum(numbers: Iterable<number>): number {
  const partials: number[] = [];
  for (const number of numbers) {
    let x = number;
    let kept = 0;
    for (const partial of partials) {
      let y = partial;
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  let at = partials.length - 1;
  let high = partials[at] ?? 0;
  let low = 0;
  while (at > 0 && low === 0) {
    const x = high;
    const y = partials[--at] ?? 0;
    high = x + y;
    low = y - (high - x);
  }
  // Half way between two doubles, the next partial decides.
  const next = partials[at - 1] ?? 0;
  if (at > 0 && ((low < 0 && next < 0) || (low > 0 && next > 0))) {
    const doubled = low * 2;
    const rounded = high + doubled;
    if (doubled === rounded - high) high = rounded;
  }
  return high;
}

/**
 * The percentile of numbers in ascending order, interpolated between the two nearest ranks (type 7 of Hyndman and Fan;
 * quantileExactInclusive of ClickHouse). `count` > 0 of them are looked at.
 */
export function percentileOf(ascending: ArrayLike<number>, count: number, percentile: number): number {
  const rank = (percentile / 100) * (count - 1);
  const below = Math.floor(rank);
  const low = ascending[below] ?? 0;
  const high = ascending[Math.min(below + 1, count - 1)] ?? low;
  return low + (high - low) * (rank - below);
}

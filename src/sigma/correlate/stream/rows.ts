/**
 * Rows of numbers, whole ones and doubles over the same bytes. What is touched together lies together: with many groups
 * every touch of a row is a miss of the cache, and one is enough.
 */
export class Rows {
  ints: Int32Array;
  doubles: Float64Array;

  /** @param length in doubles, each of which has the room of two ints */
  constructor(length: number) {
    this.doubles = new Float64Array(length);
    this.ints = new Int32Array(this.doubles.buffer);
  }

  /** Makes room for `length` doubles, which is no less; what is there stays. */
  grow(length: number): void {
    const { doubles } = this;
    this.doubles = new Float64Array(length);
    this.doubles.set(doubles);
    this.ints = new Int32Array(this.doubles.buffer);
  }
}

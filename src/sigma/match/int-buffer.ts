/** Int32 numbers appended one by one; doubles its room when full. */
export class IntBuffer {
  #numbers: Int32Array;
  #used = 0;

  constructor(capacity = 1024) {
    this.#numbers = new Int32Array(capacity);
  }

  get length(): number {
    return this.#used;
  }

  push(number: number): void {
    this.reserve(1);
    this.#numbers[this.#used++] = number;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  set(index: number, number: number): void {
    this.#numbers[index] = number;
  }

  /** Appends `count` zeros; their first index. */
  extend(count: number): number {
    this.reserve(count);
    const from = this.#used;
    this.#used += count;
    return from;
  }

  copyWithin(to: number, from: number, count: number): void {
    this.#numbers.copyWithin(to, from, from + count);
  }

  reserve(count: number): void {
    const wanted = this.#used + count;
    if (wanted <= this.#numbers.length) return;
    const larger = new Int32Array(Math.max(wanted, this.#numbers.length * 2));
    larger.set(this.#numbers.subarray(0, this.#used));
    this.#numbers = larger;
  }

  /** The numbers so far, in an array of exactly their size. */
  take(): Int32Array {
    return this.#numbers.slice(0, this.#used);
  }
}

/** Runs of so many are sorted by insertion before they are merged. */
const run = 16;

/** Whether the first of two stands before the second. */
type Before = (a: number, b: number) => boolean;

/**
 * Sorts the first `length` of `numbers` in place, those that are equal in the order they stand in; quick when they are
 * nearly in order. An array's own sort with a comparison takes several times as long. @param spare no shorter
 */
export function sortNumbers(numbers: Int32Array, length: number, spare: Int32Array, before: Before): void {
  for (let from = 0; from < length; from += run) insertionSort(numbers, from, Math.min(from + run, length), before);
  let source = numbers;
  let target = spare;
  for (let width = run; width < length; width *= 2) {
    for (let from = 0; from < length; from += width * 2) {
      merge(source, from, Math.min(from + width, length), Math.min(from + width * 2, length), target, before);
    }
    [source, target] = [target, source];
  }
  if (source !== numbers) numbers.set(source.subarray(0, length));
}

function insertionSort(numbers: Int32Array, from: number, to: number, before: Before): void {
  for (let i = from + 1; i < to; i++) {
    const number = numbers[i] ?? 0;
    let at = i;
    while (at > from && before(number, numbers[at - 1] ?? 0)) {
      numbers[at] = numbers[at - 1] ?? 0;
      at--;
    }
    numbers[at] = number;
  }
}

function merge(source: Int32Array, from: number, middle: number, to: number, target: Int32Array, before: Before): void {
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    const takesRight = left === middle || (right < to && before(source[right] ?? 0, source[left] ?? 0));
    target[at] = source[takesRight ? right++ : left++] ?? 0;
  }
}

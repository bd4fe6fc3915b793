/** A slice of long work. What waits meanwhile is late by this much, and by what collecting garbage takes. */
const sliceMs = 8;

/**
 * Does what a generator does step by step, in slices: between two of them the event loop has its turn, so that lines are
 * taken in and requests answered while a list of a hundred thousand indicators is taken over.
 */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  let begun = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - begun < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    begun = performance.now();
  }
}

/** Does it at once: for what is small, and for threads that hold up nobody. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

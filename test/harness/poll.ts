/**
 * Asks again until the fact holds; throws with what was seen last when it does not within `timeoutMs`, which only ends a
 * test that waits for what never comes: a busy machine takes its time.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  timeoutMs: number = 60_000,
): Promise<T> {
  const endAt = performance.now() + timeoutMs;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (performance.now() > endAt) throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { describe, expect, test } from 'vitest';
import { createRandom } from './sigma-case-random.ts';
import { correlationBatch } from './sigma-correlation-cases.ts';
import { bruteForce, delayed, doubled, leaving, streamed } from './sigma-correlation-contenders.ts';

/** `npm run proof` does the same for longer, and in ClickHouse. */
const batches = 120;
const count = { correlations: 5, events: 60 };

describe('generated correlations', { timeout: 120_000 }, () => {
  test('the stream begins and amends what brute force finds, however events are shuffled and doubled', () => {
    let begun = 0;
    for (let seed = 1; seed <= batches; seed++) {
      const batch = correlationBatch(seed, count);
      const wanted = bruteForce(batch, batch.events);
      begun += wanted.begins.length;
      const random = createRandom(seed);
      for (const reorderMs of [60_000, 5_000]) {
        const arriving = delayed(random, doubled(random, batch.events), reorderMs);
        const given = streamed(batch, arriving, reorderMs);
        const wrong = leaving(wanted, given);
        if (wrong !== '') expect.fail(`seed ${seed}, reorder ${reorderMs}: ${wrong}\n${batch.text}`);
        expect(given.late.size).toBe(0);
      }
    }
    expect(begun).toBeGreaterThan(batches * 5);
  });

  test('what comes too late is told of, and the rest is as if it had not been', () => {
    let lateEvents = 0;
    for (let seed = 1; seed <= batches; seed++) {
      const batch = correlationBatch(seed, count);
      const given = streamed(batch, delayed(createRandom(seed), batch.events, 8_000), 2_000);
      lateEvents += given.late.size;
      const taken = batch.events.map((event) => ({
        ...event,
        rules: event.rules.filter((rule) => !given.late.has(`${event.order} ${rule}`)),
      }));
      const wrong = leaving(bruteForce(batch, taken), given);
      if (wrong !== '') expect.fail(`seed ${seed}: ${wrong}\n${batch.text}`);
    }
    expect(lateEvents).toBeGreaterThan(batches);
  });

  test('a stream that lost an event is caught', () => {
    const batch = correlationBatch(1, count);
    const wanted = bruteForce(batch, batch.events);
    const shortened = batch.events.slice(0, -30);
    expect(leaving(wanted, streamed(batch, shortened, 60_000))).not.toBe('');
  });
});

import { threadCpuMs } from './process-usage.ts';

export interface Speed {
  /** Lines a second of this thread's CPU. */
  readonly perSecond: number;
  /** Keeps the work from being optimised away, and says that it was done. */
  readonly sum: number;
}

/** A sample lasts as long as this, so that the clock's grain and a single collection do not show. */
export const sampleMs = 300;
/** Until V8 has compiled what is hot. */
const warmUpMs = 1_500;

/** The quickest of some samples, each of as many passes as fill its time, after one that warms up. */
export function bestOf(repeats: number, lines: number, pass: () => number): Speed {
  let sum = 0;
  let best = 0;
  for (let sample = 0; sample <= repeats; sample += 1) {
    const from = threadCpuMs();
    let passes = 0;
    let usedMs = 0;
    while (usedMs < (sample === 0 ? warmUpMs : sampleMs)) {
      sum = pass();
      passes += 1;
      usedMs = threadCpuMs() - from;
    }
    if (sample > 0) best = Math.max(best, (passes * lines * 1000) / usedMs);
  }
  return { perSecond: best, sum };
}

export function sumOf(lines: readonly string[], one: (line: string) => number): number {
  let sum = 0;
  for (const line of lines) sum += one(line);
  return sum;
}

export function sumOfLines(text: Buffer, one: (from: number, to: number) => number): number {
  let sum = 0;
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf(10, from);
    sum += one(from, to);
    from = to + 1;
  }
  return sum;
}

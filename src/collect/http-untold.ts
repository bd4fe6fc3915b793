import { createHash } from 'node:crypto';
import type { Receipt, Submission } from '../model/source.ts';

/**
 * Outcomes that were not told: the client had gone (its own patience is often shorter than the store's silence), or was
 * told that nobody knows yet. Such a client sends the same lines again; they are answered by the outcome of the first
 * sending, so that a slow store doubles nothing. Bounded in number and time, and gone with the process.
 */
export interface Untold {
  /** The outcome of these very lines, when it is still to be told; the caller tells it now. */
  claim(print: string): Promise<Receipt> | null;
  keep(print: string, outcome: Promise<Receipt>): void;
}

export function createUntold(o: { readonly max: number; readonly ms: number; readonly clock: () => number }): Untold {
  const kept = new Map<string, { readonly outcome: Promise<Receipt>; readonly untilMs: number }>();

  function drop(print: string, outcome: Promise<Receipt>): void {
    if (kept.get(print)?.outcome === outcome) kept.delete(print);
  }

  return {
    claim(print) {
      const entry = kept.get(print);
      if (entry === undefined) return null;
      kept.delete(print);
      return entry.untilMs > o.clock() ? entry.outcome : null;
    },
    keep(print, outcome) {
      kept.delete(print);
      kept.set(print, { outcome, untilMs: o.clock() + o.ms });
      // Lines that were not taken in the end are to be taken when they come again.
      outcome.catch(() => drop(print, outcome));
      if (kept.size > o.max) for (const oldest of kept.keys()) return void kept.delete(oldest);
    },
  };
}

/** The same sender with the same lines, and only that. */
export function printOf({ source, peer, lines, transport }: Submission): string {
  const hash = createHash('sha256').update(`${source.id}\0${peer}\0${transport}`);
  for (const { text, base64 } of lines) hash.update(`\0${base64 ?? text}`);
  return hash.digest('base64');
}

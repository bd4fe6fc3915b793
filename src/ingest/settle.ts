import type { Logger } from '../observe/log.ts';
import type { IntakeLimits } from './limits.ts';
import type { BatchHead } from './ports.ts';

export type Settled =
  | { readonly kind: 'stored' }
  /** The store answered and will not have these rows. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Closing before an answer came: the rows may be stored or not. */
  | { readonly kind: 'unknown' };

export interface SettleOptions {
  readonly write: () => Promise<unknown>;
  readonly limits: IntakeLimits;
  readonly log: Logger;
  /** Told of every try and its end, so that the door can close and open. */
  readonly onTry: (batch: string) => void;
  readonly onFailure: (batch: string) => void;
  readonly onStored: (batch: string) => void;
  /** Waits, but not longer than closing allows; resolves false when the belt is being torn down. */
  readonly pause: (ms: number) => Promise<boolean>;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Write a batch until its outcome is certain: the same id and the same rows every time, so that a batch which landed
 * unseen lands once. A store that does not answer is asked for ever; one that refuses is asked a few times, since a
 * full disk and a busy server refuse too.
 */
export async function settle(
  batch: Pick<BatchHead, 'id'> & { readonly rows: number },
  o: SettleOptions,
): Promise<Settled> {
  let waitMs = o.limits.retryFirstMs;
  let refusals = 0;
  for (;;) {
    o.onTry(batch.id);
    try {
      await o.write();
      o.onStored(batch.id);
      return { kind: 'stored' };
    } catch (error) {
      o.onFailure(batch.id);
      const isRefusal = codeOf(error) !== 'store-away';
      if (isRefusal) refusals += 1;
      o.log.warn(
        { batch: batch.id, rows: batch.rows, code: codeOf(error), reason: textOf(error) },
        'batch not stored yet, trying again',
      );
      if (isRefusal && refusals >= o.limits.refusedTriesMax) return { kind: 'refused', reason: textOf(error) };
      if (!(await o.pause(waitMs))) return { kind: 'unknown' };
      waitMs = Math.min(waitMs * 2, o.limits.retryMaxMs);
    }
  }
}

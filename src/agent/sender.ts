import type { Bell } from './bell.ts';
import type { Client } from './http-client.ts';
import type { AgentLimits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Pace } from './pace.ts';
import { pause } from './pause.ts';
import { sendBatch } from './send.ts';
import type { Spool } from './spool.ts';
import type { Troubles } from './troubles.ts';

export interface SenderOptions {
  readonly client: Client;
  readonly spool: Spool;
  readonly memory: Memory;
  readonly pace: Pace;
  readonly troubles: Troubles;
  readonly toSend: Bell;
  readonly toRead: Bell;
  /** No batch will come any more: end when the spool is empty. */
  readonly isReadAll: () => boolean;
  readonly limits: AgentLimits;
  readonly clock: () => number;
  readonly tell: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface SendTotals {
  sentBatches: number;
  sentRawBytes: number;
  sentWireBytes: number;
  rejectedLines: number;
}

/** From the spool to the server, one batch at a time and in order, each until it is stored. */
export async function sendAll(o: SenderOptions, totals: SendTotals): Promise<void> {
  const { spool, memory, pace, troubles, limits, clock, signal } = o;
  let waitMs = limits.retryFirstMs;
  while (!signal.aborted) {
    const first = spool.first();
    if (first === null) {
      if (o.isReadAll()) return;
      await o.toSend.wait(limits.scanMs);
      continue;
    }
    const { head, body } = first;
    const beganMs = clock();
    const sent = await sendBatch(first, { client: o.client, withinMs: pace.answerWithinMs(body.length), signal });
    if (signal.aborted && sent.kind !== 'stored') return;
    if (sent.kind === 'stored') {
      pace.sent(body.length, head.rawBytes, clock() - beganMs);
      waitMs = limits.retryFirstMs;
      troubles.set('server', '');
      totals.sentBatches += 1;
      totals.sentRawBytes += head.rawBytes;
      totals.sentWireBytes += body.length;
      totals.rejectedLines += sent.rejected.length;
      const [refused] = sent.rejected;
      if (refused !== undefined)
        o.tell(`the server did not take ${sent.rejected.length} lines of a batch, the first for ${refused.reason}`);
      troubles.onDisk('state', () => spool.acknowledged(memory.acknowledged));
      o.toRead.ring();
      continue;
    }
    troubles.set('server', sent.reason);
    // Many agents lose the same server at the same moment; they must not all come back in the same one.
    const jittered = (sent.isRefused ? limits.retryMaxMs : waitMs) * (0.5 + Math.random() / 2);
    await pause(Math.max(sent.retryAfterMs, jittered), signal);
    waitMs = Math.min(limits.retryMaxMs, waitMs * 2);
  }
}

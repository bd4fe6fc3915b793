import { agentBatchType } from '../model/agent.ts';
import type { Rejection } from '../model/source.ts';
import type { Client } from './http-client.ts';
import type { Spooled } from './spool.ts';

export type Sent =
  | { readonly kind: 'stored'; readonly rejected: readonly Rejection[] }
  /** Not now: the server is away, busy, or does not want us; nothing tells that the batch is stored. */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number; readonly isRefused: boolean };

/** Posts a batch once. It goes by its key, so sending it again is safe whatever became of the last time. */
export async function sendBatch(
  { head, body }: Spooled,
  o: { readonly client: Client; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<Sent> {
  try {
    const { status, headers, text } = await o.client.ask({
      method: 'POST',
      path: '/agent/v1/batch',
      headers: { 'content-type': agentBatchType, 'content-encoding': 'br', 'idempotency-key': head.key },
      body,
      withinMs: o.withinMs,
      signal: o.signal,
    });
    if (status === 200) return { kind: 'stored', rejected: rejectedOf(text) };
    const isPassing = status === 429 || status === 408 || status >= 500;
    const reason = `the server answers ${status} ${text.slice(0, 300)}`;
    return { kind: 'later', reason, retryAfterMs: retryAfterMs(headers['retry-after']), isRefused: !isPassing };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'later', reason, retryAfterMs: 0, isRefused: false };
  }
}

/** Throws when a 200 is not our server's: a portal in between may answer anything. */
function rejectedOf(text: string): readonly Rejection[] {
  const { accepted, rejected } = JSON.parse(text) as { accepted: unknown; rejected: readonly Rejection[] };
  if (typeof accepted !== 'number' || !Array.isArray(rejected)) throw new Error('the answer is not from our server');
  return rejected;
}

const retryAfterMaxMs = 10 * 60_000;

/** Seconds, or a date (RFC 9110 10.2.3). */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(retryAfterMaxMs, Math.max(0, ms)) : 0;
}

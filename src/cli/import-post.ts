import { setTimeout as wait } from 'node:timers/promises';
import type { Piece } from './import-pieces.ts';

export interface PostOptions {
  /** Where the platform listens, without a path. */
  readonly server: string;
  /** Token of a collector. */
  readonly token: string;
  /** How long a server that is away or busy is waited for. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

export interface Posted {
  readonly accepted: number;
  /** Line of the piece, from 1, and why it was not taken; the server keeps such lines as dead letters. */
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

/** The server refuses for a reason that waiting does not cure, or was away for too long. */
export class PostRefused extends Error {
  readonly code = 'import-refused';
}

/** The parser of the token's source; `auto` when the server, an older one, does not say. Throws PostRefused. */
export async function parserOfToken(o: PostOptions): Promise<string> {
  const untilMs = performance.now() + o.patienceMs;
  for (;;) {
    const reason = await askParser(o);
    if ('parser' in reason) return reason.parser;
    const left = untilMs - performance.now();
    if (left <= 0) throw new PostRefused(reason.away);
    await wait(Math.min(left, firstWaitMs), undefined, { signal: o.signal });
  }
}

async function askParser(o: PostOptions): Promise<{ readonly parser: string } | { readonly away: string }> {
  const url = new URL('/ingest/v1/source', o.server);
  try {
    const signal = AbortSignal.any([o.signal, AbortSignal.timeout(answerWaitMs)]);
    const response = await fetch(url, { headers: { authorization: `Bearer ${o.token}` }, signal });
    const text = await response.text();
    if (response.status === 404) return { parser: 'auto' };
    const reason = `${url.origin} answers ${response.status} ${text.slice(0, 300)}`;
    if (response.ok) return { parser: String((JSON.parse(text) as { parser: unknown }).parser) };
    if (response.status === 429 || response.status >= 500) return { away: reason };
    throw new PostRefused(reason);
  } catch (error) {
    if (o.signal.aborted || error instanceof PostRefused) throw error;
    return { away: unreachable(url, error) };
  }
}

function unreachable(url: URL, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return `${url.origin} cannot be reached: ${cause}`;
}

const answerWaitMs = 60_000;
const firstWaitMs = 500;
const longestWaitMs = 15_000;

/**
 * Posts a piece until the server says that its rows are stored. Sending again is safe: the piece goes by its key.
 * Throws PostRefused; AbortError when told to stop.
 */
export async function postPiece(piece: Piece, o: PostOptions): Promise<Posted> {
  const untilMs = performance.now() + o.patienceMs;
  let waitMs = firstWaitMs;
  for (;;) {
    const answer = await tryPost(piece, o);
    if (answer.kind === 'posted') return answer.posted;
    const left = untilMs - performance.now();
    if (answer.kind === 'refused' || left <= 0) throw new PostRefused(answer.reason);
    await wait(Math.min(left, Math.max(waitMs, answer.retryAfterMs)), undefined, { signal: o.signal });
    waitMs = Math.min(longestWaitMs, waitMs * 2);
  }
}

type Answer =
  | { readonly kind: 'posted'; readonly posted: Posted }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number };

async function tryPost(piece: Piece, o: PostOptions): Promise<Answer> {
  const url = new URL('/ingest/v1/ndjson', o.server);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${o.token}`,
        'content-type': piece.type,
        'idempotency-key': piece.key,
      },
      body: new Uint8Array(piece.body),
      signal: AbortSignal.any([o.signal, AbortSignal.timeout(answerWaitMs)]),
    });
    const text = await response.text();
    if (response.ok) return { kind: 'posted', posted: JSON.parse(text) as Posted };
    const reason = `${url.origin} answers ${response.status} ${text.slice(0, 300)}`;
    const isPassing = response.status === 429 || response.status >= 500 || response.status === 408;
    if (!isPassing) return { kind: 'refused', reason };
    return { kind: 'later', reason, retryAfterMs: Number(response.headers.get('retry-after') ?? 0) * 1000 };
  } catch (error) {
    if (o.signal.aborted) throw error;
    return { kind: 'later', reason: unreachable(url, error), retryAfterMs: 0 };
  }
}

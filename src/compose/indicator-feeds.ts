import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { request } from 'undici';
import type { IndicatorDesk } from '../indicators/desk.ts';
import { defaultIndicatorLimits } from '../indicators/limits.ts';
import { createPoller, type Poller } from '../indicators/poller.ts';
import type { LockPort } from '../indicators/ports.ts';
import { defaultTaxiiLimits, type TaxiiGet } from '../indicators/taxii.ts';
import { createOutbound, type Outbound } from '../outbound/guarded.ts';
import type { Store } from '../store/index.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Passwords and tokens of feeds: in the ledger they lie sealed, bound to their list. */
export interface FeedSeal {
  seal(list: string, secret: string): string;
  /** null when it was sealed with another key or for another list. */
  open(list: string, sealed: string): string | null;
}

/** AES-256-GCM under a key derived from the platform's (NIST SP 800-38D), which is asked for when it is first needed. */
export function createFeedSeal(key: () => Uint8Array): FeedSeal {
  let derived: Buffer | null = null;
  const own = (): Buffer => {
    derived ??= Buffer.from(hkdfSync('sha256', key(), '', 'vonggac indicator feeds', 32));
    return derived;
  };
  return {
    seal(list, secret) {
      if (secret === '') return '';
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', own(), nonce).setAAD(Buffer.from(list));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
    },
    open(list, sealed) {
      if (sealed === '') return '';
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < nonceBytes + tagBytes) return null;
      const end = bytes.length - tagBytes;
      try {
        const decipher = createDecipheriv('aes-256-gcm', own(), bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(list))
          .setAuthTag(bytes.subarray(end));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}

/** GET through the guarded way out; a body longer than asked for, or one that trickles, ends the request. */
function createFeedGet(outbound: Outbound, timeoutMs: number): TaxiiGet {
  return async (text, headers, bytesMax) => {
    const target = outbound.to(text);
    if (target.kind === 'refused') throw new Error(target.why);
    const answer = await request(target.url, {
      method: 'GET',
      headers: { 'user-agent': 'vonggac', ...headers },
      dispatcher: target.dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of answer.body as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      if (bytes > bytesMax) {
        answer.body.destroy();
        throw new Error(`câu trả lời quá lớn / the answer is over ${bytesMax} bytes`);
      }
      parts.push(part);
    }
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) };
  };
}

/** Time for one page of a feed. */
const pageMs = 30_000;

/** Polls of feeds, joined to the desk; `close` ends requests under way. */
export function openFeeds(o: {
  readonly store: Pick<Store, 'ledger' | 'indicators'>;
  readonly desk: IndicatorDesk;
  readonly lock: LockPort;
  readonly seal: FeedSeal;
  readonly allowedHosts: readonly string[];
  readonly clock: () => number;
}): Poller & { close(): Promise<void> } {
  const { store } = o;
  const outbound = createOutbound({ allowedHosts: o.allowedHosts, timeoutMs: pageMs });
  const poller = createPoller({
    ledger: store.ledger,
    desk: o.desk,
    work: () => store.indicators.work('poll'),
    setWork: (list, atMs, work) => store.indicators.setWork(list, 'poll', atMs, work),
    get: createFeedGet(outbound, pageMs),
    open: (list) => o.seal.open(list.id, list.feed?.sealed ?? ''),
    reasonOf: (error) => outbound.refusalIn(error) ?? reasonOf(error),
    lock: o.lock,
    clock: o.clock,
    limits: defaultIndicatorLimits,
    taxii: defaultTaxiiLimits,
  });
  return { ...poller, close: outbound.close };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'hết thời gian chờ / timeout';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Errors of the system name their code themselves.
  return code === '' || error.message.includes(code) ? error.message : `${code} ${error.message}`;
}

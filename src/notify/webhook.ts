import { createHmac } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import { createOutbound } from '../outbound/guarded.ts';
import type { Channel, SendOutcome } from './channel.ts';

export interface WebhookSettings {
  /** Key of the signatures; each system gets its own, derived from it (`webhookKey`). */
  readonly secret: string;
  /** Hosts that may lie in private ranges and speak plain http; `host` or `host:port`. */
  readonly allowedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly clock: () => number;
}

/** The key an owner checks signatures with, hex: known to that owner and the centre only. */
export function webhookKey(secret: string, system: string): string {
  return createHmac('sha256', secret).update(`vonggac webhook ${system}`).digest('hex');
}

/** `v1=` and the HMAC-SHA256 of `<seconds>.<body>`, hex; the time is signed too, so an old message cannot be replayed. */
export function signature(key: string, seconds: number, body: string): string {
  return `v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}

/**
 * Webhooks by HTTPS POST. The owner chooses the address, so it is a way into our network if we let it: names are
 * resolved once and the very addresses that are connected to must be public, redirects are answers and not followed,
 * and of what comes back a few KiB are read. 410 and 3xx are final; other refusals are tried again.
 */
export function createWebhookChannel(settings: WebhookSettings): Channel {
  const outbound = createOutbound(settings);

  async function post(
    url: URL,
    headers: Record<string, string>,
    body: string,
    dispatcher: Dispatcher,
  ): Promise<SendOutcome> {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      dispatcher,
      headersTimeout: settings.timeoutMs,
      bodyTimeout: settings.timeoutMs,
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    // The status is the answer; a body that breaks off or trickles on changes nothing about it.
    const said = await head(answer.body, settings.answerBytesMax).catch(() => '');
    const status = answer.statusCode;
    const detail = `HTTP ${status} ${said}`.trim();
    if (status >= 200 && status < 300) return { kind: 'sent', detail };
    return { kind: 'failed', permanent: status === 410 || (status >= 300 && status < 400), detail };
  }

  return {
    send: async (notice) => {
      const target = outbound.to(notice.recipient);
      if (target.kind === 'refused') return { kind: 'failed', permanent: true, detail: target.why };
      const seconds = Math.floor(settings.clock() / 1000);
      const key = webhookKey(settings.secret, notice.system);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'vonggac',
        'x-vonggac-notice': notice.id,
        'x-vonggac-timestamp': String(seconds),
        'x-vonggac-signature': signature(key, seconds, notice.body),
      };
      try {
        return await post(target.url, headers, notice.body, target.dispatcher);
      } catch (error) {
        const refused = outbound.refusalIn(error);
        return { kind: 'failed', permanent: refused !== null, detail: refused ?? reasonOf(error) };
      }
    },
    close: outbound.close,
  };
}

/** The first bytes of an answer; the rest is not waited for. */
async function head(body: AsyncIterable<Uint8Array> & { destroy(): unknown }, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= bytesMax) break;
  }
  body.destroy();
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, bytesMax));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'hết thời gian chờ / timeout';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return code + error.message;
}

import { createHmac } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import type { Channel, SendOutcome } from './channel.ts';
import { hostOf, isAddress, isPublicAddress } from './public-address.ts';

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

class AddressRefused extends Error {
  readonly code = 'VG_ADDRESS';
}

/**
 * Webhooks by HTTPS POST. The owner chooses the address, so it is a way into our network if we let it: names are
 * resolved once and the very addresses that are connected to must be public, redirects are answers and not followed,
 * and of what comes back a few KiB are read. 410 and 3xx are final; other refusals are tried again.
 */
export function createWebhookChannel(settings: WebhookSettings): Channel {
  const open = new Agent({ connect: { timeout: settings.timeoutMs } });
  const guarded = new Agent({ connect: guardedConnector(settings.timeoutMs) });

  async function post(url: URL, headers: Record<string, string>, body: string, agent: Agent): Promise<SendOutcome> {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      dispatcher: agent,
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
      const target = targetOf(notice.recipient, settings.allowedHosts);
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
        return await post(target.url, headers, notice.body, target.isAllowed ? open : guarded);
      } catch (error) {
        const refused = causeOf(error, AddressRefused);
        return { kind: 'failed', permanent: refused !== null, detail: refused?.message ?? reasonOf(error) };
      }
    },
    close: async () => {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

type Target =
  | { readonly kind: 'url'; readonly url: URL; readonly isAllowed: boolean }
  | { readonly kind: 'refused'; readonly why: string };

function targetOf(text: string, allowedHosts: readonly string[]): Target {
  if (!URL.canParse(text)) return { kind: 'refused', why: 'địa chỉ webhook sai / not a URL' };
  const url = new URL(text);
  const isAllowed = allowedHosts.includes(url.hostname) || allowedHosts.includes(url.host);
  if (url.username !== '' || url.password !== '') return { kind: 'refused', why: 'URL có mật khẩu / login in the URL' };
  if (url.protocol !== 'https:' && !(isAllowed && url.protocol === 'http:')) {
    return { kind: 'refused', why: 'chỉ nhận https / only https' };
  }
  // A literal address is connected to without any lookup, so it is checked here.
  if (!isAllowed && isAddress(hostOf(url)) && !isPublicAddress(hostOf(url))) {
    return { kind: 'refused', why: refusal(hostOf(url)) };
  }
  return { kind: 'url', url, isAllowed };
}

/** Resolves through a lookup that gives out public addresses only, and looks at the connected socket once more. */
function guardedConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: publicLookup });
  return (options, done) => {
    connect(options, (...[error, socket]) => {
      if (error !== null) return done(error, null);
      const peer = socket.remoteAddress ?? '';
      if (isPublicAddress(peer)) return done(null, socket);
      socket.destroy();
      return done(new AddressRefused(refusal(peer)), null);
    });
  };
}

/** One private address among a name's addresses is enough to refuse the name: a mix is how rebinding looks. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return done(error, '', 0);
    const bad = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (bad !== undefined || first === undefined) return done(new AddressRefused(refusal(bad?.address ?? '')), '', 0);
    return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
  });
};

function refusal(address: string): string {
  return `địa chỉ nội bộ bị từ chối / address not public: ${address}`;
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

function causeOf<T extends Error>(error: unknown, type: new (message: string) => T): T | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof type) return at;
  }
  return null;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'hết thời gian chờ / timeout';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : '';
  return code + error.message;
}

import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { hostOf, isAddress, isPublicAddress } from './public-address.ts';

/** An address inside somebody's network, where a public one was wanted. */
class AddressRefused extends Error {
  readonly code = 'VG_ADDRESS';
}

type Target =
  | { readonly kind: 'url'; readonly url: URL; readonly dispatcher: Dispatcher }
  | { readonly kind: 'refused'; readonly why: string };

/** The way out for addresses that people type: it would be a way into our network if we let it. */
export interface Outbound {
  /** What a request to this address is sent with; refused when it must not be sent at all. */
  to(text: string): Target;
  /** The reason when a request failed because its address is not public, else null. */
  refusalIn(error: unknown): string | null;
  close(): Promise<void>;
}

/**
 * Names are resolved once and the very addresses that are connected to must be public. `allowedHosts` (`host` or
 * `host:port`) may lie in private ranges and speak plain http. Redirects are answers; nobody follows them.
 */
export function createOutbound(o: { readonly allowedHosts: readonly string[]; readonly timeoutMs: number }): Outbound {
  const open = new Agent({ connect: { timeout: o.timeoutMs } });
  const guarded = new Agent({ connect: guardedConnector(o.timeoutMs) });
  return {
    to(text) {
      if (!URL.canParse(text)) return { kind: 'refused', why: 'không phải URL / not a URL' };
      const url = new URL(text);
      const isAllowed = o.allowedHosts.includes(url.hostname) || o.allowedHosts.includes(url.host);
      if (url.username !== '' || url.password !== '')
        return { kind: 'refused', why: 'URL có mật khẩu / login in the URL' };
      if (url.protocol !== 'https:' && !(isAllowed && url.protocol === 'http:'))
        return { kind: 'refused', why: 'chỉ nhận https / only https' };
      // A literal address is connected to without any lookup, so it is checked here.
      if (!isAllowed && isAddress(hostOf(url)) && !isPublicAddress(hostOf(url)))
        return { kind: 'refused', why: refusal(hostOf(url)) };
      return { kind: 'url', url, dispatcher: isAllowed ? open : guarded };
    },
    refusalIn: (error) => {
      for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
        if (at instanceof AddressRefused) return at.message;
      }
      return null;
    },
    close: async () => {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
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

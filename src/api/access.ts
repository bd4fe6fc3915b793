import type { IncomingHttpHeaders } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { Principal } from '../model/account.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import { createDirectory, type Directory, type Freshness } from './directory.ts';
import type { ApiLimits } from './limits.ts';
import type { LedgerPort, SessionRecord, SessionsPort } from './ports.ts';
import { hashSecret, looksLikeSecret } from './secrets.ts';

/** Who is behind a request; shared by the API, the live feed and the HTTP collector. */
export interface Access {
  readonly directory: Directory;
  /**
   * From a bearer API token or, without one, the session cookie; null when neither holds. A bearer token that does not
   * hold is never made up for by a cookie. Throws `store-away`, `state-away`.
   */
  principalOf(request: { readonly headers: IncomingHttpHeaders }, o?: Freshness): Promise<Principal | null>;
  /** The session behind a request's cookie, already checked against its limits; null when there is none. */
  sessionOf(request: { readonly headers: IncomingHttpHeaders }): Promise<LiveSession | null>;
  /** The source a collector's token writes as; null for unknown, revoked and API tokens. */
  authenticateCollector(token: string): Promise<Source | null>;
}

interface LiveSession {
  readonly key: string;
  readonly record: SessionRecord;
}

export interface AccessParts {
  readonly ledger: Pick<LedgerPort, 'all'>;
  readonly sessions: SessionsPort;
  readonly clock: () => number;
  readonly log: Logger;
  readonly limits: ApiLimits;
}

/** Behind https the name carries `__Host-`: the browser then refuses one set for a domain, a path or over http. */
export const sessionCookies = { secure: '__Host-vonggac', plain: 'vonggac' } as const;

export function createAccess(parts: AccessParts): Access {
  const { sessions, clock, limits } = parts;
  const directory = createDirectory({
    ...parts,
    ageMsMax: limits.directoryAgeMsMax,
    missAgeMs: limits.directoryMissAgeMs,
    staleWaitMs: limits.directoryStaleWaitMs,
  });

  async function sessionOf(request: { readonly headers: IncomingHttpHeaders }): Promise<LiveSession | null> {
    const token = cookieOf(request.headers);
    if (token === null) return null;
    const key = hashSecret(token);
    const record = await sessions.get(key);
    if (record === null) return null;
    const nowMs = clock();
    const isOver =
      nowMs - record.createdMs >= limits.sessionAbsoluteMs || nowMs - record.seenMs >= limits.sessionIdleMs;
    if (isOver) {
      await sessions.remove(key);
      return null;
    }
    if (nowMs - record.seenMs >= limits.sessionTouchMs) {
      if (!(await sessions.touch(key, nowMs, sessionTtlMs(record, nowMs, limits)))) return null;
    }
    return { key, record };
  }

  async function bySession(
    request: { readonly headers: IncomingHttpHeaders },
    o: Freshness,
  ): Promise<Principal | null> {
    const session = await sessionOf(request);
    if (session === null) return null;
    const { account: id } = session.record;
    const known =
      (await directory.accounts(o)).byId.get(id) ?? (await directory.accounts({ ...o, missed: true })).byId.get(id);
    const account = known?.value;
    if (account === undefined || account.disabled || account.passwordHash === '') return null;
    const systems = account.role === 'owner' ? account.systems : null;
    return { id: account.id, name: account.name, role: account.role, systems, via: 'session' };
  }

  async function byToken(text: string, o: Freshness): Promise<Principal | null> {
    if (!looksLikeSecret('api', text)) return null;
    const token = await directory.tokenByHash(hashSecret(text), o);
    if (token === null || token.kind !== 'api' || token.role === null) return null;
    const systems = token.role === 'owner' ? (token.systems ?? []) : null;
    return { id: token.id, name: token.name, role: token.role, systems, via: 'token' };
  }

  return {
    directory,
    sessionOf,
    principalOf: (request, o = {}) => {
      const authorization = request.headers.authorization;
      if (authorization === undefined) return bySession(request, o);
      const [scheme = '', text = ''] = authorization.split(' ', 2);
      return scheme.toLowerCase() === 'bearer' ? byToken(text, o) : Promise.resolve(null);
    },
    authenticateCollector: async (text) => {
      if (!looksLikeSecret('collector', text)) return null;
      const token = await directory.tokenByHash(hashSecret(text));
      if (token === null || token.kind !== 'collector') return null;
      return (await directory.sources()).byId.get(token.source)?.value ?? null;
    },
  };
}

/** A session lives until it idles or reaches its absolute age, whichever is first. */
export function sessionTtlMs(record: { readonly createdMs: number }, nowMs: number, limits: ApiLimits): number {
  return Math.max(1, Math.min(limits.sessionIdleMs, record.createdMs + limits.sessionAbsoluteMs - nowMs));
}

function cookieOf(headers: IncomingHttpHeaders): string | null {
  if (headers.cookie === undefined) return null;
  const parsed = fastifyCookie.parse(headers.cookie);
  const token = parsed[sessionCookies.secure] ?? parsed[sessionCookies.plain] ?? '';
  return looksLikeSecret('session', token) ? token : null;
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Where a client says it stopped; null when it comes for the first time or says nothing usable. */
export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

export const feedPath = '/api/v1/feed';

/** Path and resume point of an upgrade request; null for another path. */
export function readKnock(url: string | undefined): { readonly resume: ResumePoint | null } | null {
  const base = 'http://feed.invalid';
  if (url === undefined || !URL.canParse(url, base)) return null;
  const { pathname, searchParams } = new URL(url, base);
  if (pathname !== feedPath) return null;
  const epoch = searchParams.get('epoch') ?? '';
  const since = searchParams.get('since') ?? '';
  if (!/^[\w-]{1,64}$/.test(epoch) || !/^\d{1,16}$/.test(since)) return { resume: null };
  return { resume: { epoch, seq: Number(since) } };
}

/**
 * Against pages of other origins that open the feed with a viewer's cookie (RFC 6455 10.2): a browser always names the
 * page's origin, and it must be ours. A client that names none is no browser and has no cookie to abuse.
 */
export function originAllowed(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

const reasons = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const;

/** Answers an upgrade request with a plain HTTP status and hangs up. */
export function refuse(socket: Duplex, status: keyof typeof reasons): void {
  if (!socket.destroyed) {
    const retry = status === 503 ? 'Retry-After: 2\r\n' : '';
    socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`);
  }
}

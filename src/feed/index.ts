import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Health } from '../contract/api.ts';
import { may, type Principal } from '../model/account.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { originAllowed, type ResumePoint, readKnock, refuse } from './knock.ts';
import { closeCodes, defaultFeedLimits, type FeedLimits } from './limits.ts';
import type { FeedBus, FeedNews } from './ports.ts';
import { hand, leave, send, type Viewer } from './viewer.ts';
import { maySee, messageOf } from './visible.ts';

export { feedPath } from './knock.ts';
export type { FeedLimits } from './limits.ts';

export interface Feed {
  /** For the HTTP server's `upgrade` event; answers requests for other paths with 404. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Clients connected now. */
  clients(): number;
  close(): Promise<void>;
}

/**
 * The live feed over WebSocket. A client names the last number it saw and gets exactly what it missed, or is told to
 * load the lists again. What a viewer may not see never reaches the socket; one that lost the right to look is cut off
 * at the next tick; one that does not keep up is told so and cut off.
 */
export function createFeed(o: {
  readonly bus: FeedBus;
  /** Who is behind a request; null for nobody. Asked again at every tick. */
  readonly principalOf: (request: IncomingMessage) => Promise<Principal | null>;
  readonly health: () => Promise<Health>;
  /** Origins besides our own host that may open the feed, e.g. `https://soc.example.gov.vn` behind a proxy. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<FeedLimits>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'counter' | 'gauge'>;
}): Feed {
  const limits: FeedLimits = { ...defaultFeedLimits, ...o.limits };
  const log = o.log.child({ part: 'feed' });
  const viewers = new Set<Viewer>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.inboundBytesMax,
  });
  const connected = o.metrics.gauge('feed_clients', 'Clients of the live feed');
  const cut = o.metrics.counter('feed_cut_total', 'Clients cut off, by reason', ['reason']);
  const refused = o.metrics.counter('feed_refused_total', 'Upgrade requests refused, by status', ['status']);
  let closed = false;

  const dispatch = (news: FeedNews): void => {
    const text = news.kind === 'message' ? JSON.stringify(messageOf(news.message)) : '';
    for (const viewer of viewers) if (hand(viewer, news, text, limits) === 'slow') cut.inc({ reason: 'slow' });
  };
  let unsubscribe: (() => void) | null = null;

  const expel = (viewer: Viewer, code: number, reason: string): void => {
    cut.inc({ reason });
    leave(viewer, code, reason, limits);
  };

  const connect = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const no = (status: Parameters<typeof refuse>[1]): void => {
      refused.inc({ status: String(status) });
      refuse(socket, status);
    };
    const knock = readKnock(request.url);
    if (knock === null) return no(404);
    if (!originAllowed(request, o.origins ?? [])) return no(403);
    if (closed || viewers.size >= limits.clientsMax) return no(503);
    const principal = await within(o.principalOf(request), limits.answerMs);
    if (principal === null) return no(401);
    if (!may(principal, 'incident.read')) return no(403);
    const own = [...viewers].filter((viewer) => viewer.principal.id === principal.id).length;
    if (closed || own >= limits.clientsPerPrincipalMax || viewers.size >= limits.clientsMax) return no(503);
    if (socket.destroyed) return;
    server.handleUpgrade(request, socket, head, (ws) => {
      welcome(ws, request, principal, knock.resume).catch((error: unknown) => {
        log.warn({ err: error }, 'the feed could not be joined');
        ws.close(1013, 'try again');
      });
    });
  };

  const welcome = async (
    socket: WebSocket,
    request: IncomingMessage,
    principal: Principal,
    resume: ResumePoint | null,
  ): Promise<void> => {
    const viewer: Viewer = {
      socket,
      request,
      principal,
      at: { epoch: '', seq: 0 },
      waiting: [],
      answeredPing: true,
      unverifiedSinceMs: null,
      leaving: false,
    };
    const gone = (): void => {
      viewer.leaving = true;
      viewers.delete(viewer);
      connected.set(viewers.size);
    };
    socket.on('close', gone);
    socket.on('error', (error) => log.debug({ err: error }, 'feed socket'));
    socket.on('pong', () => {
      viewer.answeredPing = true;
    });
    socket.on('message', () => expel(viewer, 1008, 'server to client only'));
    viewers.add(viewer);
    connected.set(viewers.size);
    // First listen, then look: whatever is published in between waits in `waiting`.
    unsubscribe ??= o.bus.subscribe(dispatch);
    try {
      await within(o.bus.listening(), limits.answerMs);
      await letIn(viewer, resume);
    } catch (error) {
      gone();
      throw error;
    }
  };

  const letIn = async (viewer: Viewer, resume: ResumePoint | null): Promise<void> => {
    if (resume === null) {
      viewer.at = await o.bus.head();
      send(viewer, { kind: 'hello', ...viewer.at, resumed: false });
    } else {
      const missed = await o.bus.since(resume.epoch, resume.seq, limits.resumeMessagesMax);
      viewer.at = missed.head;
      send(viewer, { kind: 'hello', ...missed.head, resumed: missed.kind === 'ok' });
      if (missed.kind !== 'ok') send(viewer, { kind: 'resync', ...missed.head, reason: missed.kind });
      else for (const each of missed.messages) if (maySee(viewer.principal, each.item)) send(viewer, messageOf(each));
    }
    const waited = viewer.waiting ?? [];
    viewer.waiting = null;
    for (const news of waited) {
      const text = news.kind === 'message' ? JSON.stringify(messageOf(news.message)) : '';
      if (hand(viewer, news, text, limits) === 'slow') return;
    }
  };

  /** Whether the viewer may still look, as whom. */
  const verify = async (viewer: Viewer, nowMs: number): Promise<void> => {
    try {
      const principal = await within(o.principalOf(viewer.request), limits.answerMs);
      viewer.unverifiedSinceMs = null;
      if (principal === null) expel(viewer, closeCodes.unauthorised, 'signed out');
      else if (!may(principal, 'incident.read')) expel(viewer, closeCodes.forbidden, 'forbidden');
      else viewer.principal = principal;
    } catch (error) {
      viewer.unverifiedSinceMs ??= nowMs;
      log.debug({ err: error }, 'a viewer could not be checked');
      if (nowMs - viewer.unverifiedSinceMs >= limits.unverifiedMsMax) expel(viewer, 1013, 'try again');
    }
  };

  const tick = async (): Promise<void> => {
    if (viewers.size === 0) return;
    const atMs = o.clock();
    const known = within(o.health(), limits.answerMs).catch((error: unknown) => {
      log.debug({ err: error }, 'no health for the feed');
      return null;
    });
    await Promise.all([...viewers].map((viewer) => verify(viewer, atMs)));
    const health = await known;
    for (const viewer of viewers) {
      if (viewer.waiting !== null || viewer.leaving) continue;
      if (viewer.socket.bufferedAmount > limits.bufferedBytesMax) {
        send(viewer, { kind: 'resync', ...viewer.at, reason: 'slow' });
        expel(viewer, closeCodes.slow, 'slow');
        continue;
      }
      const shown = may(viewer.principal, 'health.read') ? health : null;
      send(viewer, { kind: 'tick', seq: viewer.at.seq, atMs, health: shown });
    }
  };

  let ticking = false;
  const ticks = setInterval(() => {
    if (ticking) return;
    ticking = true;
    tick()
      .catch((error: unknown) => log.error({ err: error }, 'tick of the feed failed'))
      .finally(() => {
        ticking = false;
      });
  }, limits.tickMs);
  const pings = setInterval(() => {
    for (const viewer of viewers) {
      if (!viewer.answeredPing) {
        cut.inc({ reason: 'gone' });
        viewer.socket.terminate();
      } else if (!viewer.leaving) {
        viewer.answeredPing = false;
        viewer.socket.ping(() => undefined);
      }
    }
  }, limits.pingMs);

  return {
    handleUpgrade: (request, socket, head) => {
      // Until ws has the socket nobody else listens for its errors.
      socket.on('error', () => socket.destroy());
      connect(request, socket, head).catch((error: unknown) => {
        log.debug({ err: error }, 'a viewer could not be checked');
        refused.inc({ status: '503' });
        refuse(socket, 503);
      });
    },
    clients: () => viewers.size,
    close: async () => {
      closed = true;
      clearInterval(ticks);
      clearInterval(pings);
      unsubscribe?.();
      for (const viewer of viewers) leave(viewer, 1001, 'server stops', limits);
      server.close();
      await Promise.all([...viewers].map((viewer) => new Promise((resolve) => viewer.socket.once('close', resolve))));
    },
  };
}

/** Rejects when `work` takes longer than `ms`. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

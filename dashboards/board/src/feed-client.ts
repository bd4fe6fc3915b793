/**
 * The live feed's client: connects, resumes where it stopped, waits longer after each failure, and says so. It knows no
 * browser: the socket, the clock, chance and timers come in, so a recording is played through the same shape.
 */
import type { FeedMessage } from '../../../src/contract/feed.ts';

/** The part of a WebSocket that is used. */
export interface FeedSocket {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  close(): void;
}

export type FeedStatus =
  | { readonly at: 'connecting' }
  | { readonly at: 'live' }
  /** `resuming` in the first seconds of an outage, `lost` after `lostAfterMs`; both keep trying. */
  | { readonly at: 'resuming' | 'lost'; readonly sinceMs: number; readonly attempt: number };

/** An outage that ended: what was missed between two numbers and what came of it. */
export interface FeedGap {
  readonly id: number;
  /** Server time of the last message before the line broke (ours when there was none): where the gap stands. */
  readonly afterMs: number;
  readonly downMs: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Messages received afterwards; only meaningful when `how` is `resumed`. */
  readonly recovered: number;
  readonly how: 'resumed' | 'reloaded';
}

export interface FeedPorts {
  /** `query` is '' or `epoch=E&since=N`. */
  open(query: string): FeedSocket;
  now(): number;
  /** [0, 1) */
  random(): number;
  /** Runs `fn` once after `ms`; the answer takes it back. */
  later(ms: number, fn: () => void): () => void;
}

export interface FeedHandlers {
  message(message: FeedMessage): void;
  status(status: FeedStatus): void;
  /** Called again with the same id while the recovered messages still come in. */
  gap(gap: FeedGap): void;
  /** What is held may be incomplete: load the lists. The first hello says so too: what came before it comes by them. */
  reload(): void;
  /** The server refuses this session; called now and then while connecting fails, since a browser hides the reason. */
  doubt(): void;
}

/** The server's own close codes: the session ended, or the role lost the right to look. */
const refusedCode = 4401;
const forbiddenCode = 4403;

export interface FeedLimits {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** The server sends a tick every few seconds; silence longer than this is a dead line. */
  readonly silenceMs: number;
  readonly lostAfterMs: number;
}

export const defaultFeedLimits: FeedLimits = {
  firstWaitMs: 500,
  longestWaitMs: 15_000,
  silenceMs: 25_000,
  lostAfterMs: 5_000,
};

export interface FeedClient {
  start(): void;
  /** Tries at once: the machine came back online, or the tab to the front. */
  retryNow(): void;
  close(): void;
}

function parse(data: unknown): FeedMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as FeedMessage) : null;
  } catch {
    return null;
  }
}

export function createFeedClient(
  ports: FeedPorts,
  on: FeedHandlers,
  limits: FeedLimits = defaultFeedLimits,
): FeedClient {
  let socket: FeedSocket | null = null;
  let epoch = '';
  let since = 0;
  let lastAtMs = 0;
  let attempt = 0;
  let downSinceMs: number | null = null;
  let gap: FeedGap | null = null;
  let gaps = 0;
  /** A hello without resumption has just asked for the lists; a resync right behind it says the same again. */
  let reloaded = false;
  let closed = true;
  let cancelRetry = (): void => {};
  let cancelSilence = (): void => {};
  let cancelLost = (): void => {};

  function watchSilence(): void {
    cancelSilence();
    cancelSilence = ports.later(limits.silenceMs, () => drop(socket));
  }

  function drop(which: FeedSocket | null): void {
    if (which === null || which !== socket) return;
    which.onclose = null;
    which.onmessage = null;
    which.close();
    down();
  }

  function down(): void {
    socket = null;
    gap = null;
    cancelSilence();
    if (closed) return;
    if (downSinceMs === null) {
      downSinceMs = ports.now();
      cancelLost = ports.later(limits.lostAfterMs, announce);
    }
    attempt += 1;
    announce();
    if (attempt % 3 === 0) on.doubt();
    // Full jitter: after a restart of the server its boards come back spread out, not all in one beat.
    const ceiling = Math.min(limits.longestWaitMs, limits.firstWaitMs * 2 ** Math.min(attempt - 1, 16));
    cancelRetry = ports.later(ceiling / 2 + (ports.random() * ceiling) / 2, connect);
  }

  function announce(): void {
    if (downSinceMs === null) return;
    const at = ports.now() - downSinceMs >= limits.lostAfterMs ? 'lost' : 'resuming';
    on.status({ at, sinceMs: downSinceMs, attempt });
  }

  function live(toSeq: number, how: FeedGap['how']): void {
    cancelLost();
    attempt = 0;
    if (downSinceMs !== null) {
      gaps += 1;
      gap = {
        id: gaps,
        afterMs: lastAtMs === 0 ? downSinceMs : lastAtMs,
        downMs: ports.now() - downSinceMs,
        fromSeq: since,
        toSeq,
        recovered: 0,
        how,
      };
      on.gap(gap);
    }
    downSinceMs = null;
    on.status({ at: 'live' });
  }

  /** While a gap is being refilled, counts what comes; a tick, or a number beyond the server's, ends it. */
  function refill(message: FeedMessage): void {
    if (gap === null || gap.how !== 'resumed') return;
    const head = gap.toSeq > gap.fromSeq ? gap.toSeq : Number.POSITIVE_INFINITY;
    if (message.kind === 'tick' || message.seq > head) {
      gap = null;
      return;
    }
    gap = { ...gap, recovered: gap.recovered + 1 };
    on.gap(gap);
  }

  function receive(message: FeedMessage): void {
    watchSilence();
    if (message.kind === 'hello') {
      const known = epoch === message.epoch;
      const resumed = known && message.resumed;
      const first = epoch === '';
      live(message.seq, resumed ? 'resumed' : 'reloaded');
      epoch = message.epoch;
      // A resumed stream goes on from what was seen; the delta has yet to come and moves the number itself.
      if (!resumed) since = message.seq;
      reloaded = !resumed && !first;
      if (!resumed) on.reload();
      on.message(message);
      return;
    }
    if (message.kind === 'resync') {
      if (gap !== null) on.gap({ ...gap, toSeq: message.seq, how: 'reloaded' });
      else if (downSinceMs !== null) live(message.seq, 'reloaded');
      gap = null;
      epoch = message.epoch;
      since = message.seq;
      if (!reloaded) on.reload();
      reloaded = false;
      on.message(message);
      return;
    }
    reloaded = false;
    refill(message);
    since = Math.max(since, message.seq);
    lastAtMs = Math.max(lastAtMs, message.atMs);
    on.message(message);
  }

  function connect(): void {
    cancelRetry();
    if (closed || socket !== null) return;
    if (epoch === '' && downSinceMs === null) on.status({ at: 'connecting' });
    const opened = ports.open(epoch === '' ? '' : `epoch=${encodeURIComponent(epoch)}&since=${since}`);
    socket = opened;
    watchSilence();
    opened.onmessage = (event) => {
      const message = parse(event.data);
      if (message !== null && socket === opened) receive(message);
    };
    opened.onclose = (event) => {
      if (socket !== opened) return;
      if (event.code === refusedCode || event.code === forbiddenCode) on.doubt();
      down();
    };
  }

  return {
    start() {
      closed = false;
      connect();
    },
    retryNow() {
      if (socket === null) connect();
    },
    close() {
      closed = true;
      cancelRetry();
      cancelLost();
      cancelSilence();
      const last = socket;
      socket = null;
      if (last !== null) {
        last.onclose = null;
        last.onmessage = null;
        last.close();
      }
    },
  };
}

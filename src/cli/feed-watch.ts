import { WebSocket } from 'undici';
import type { FeedMessage } from '../contract/feed.ts';

/** When a board would have shown what: a viewer of the real feed that only keeps times. */
export interface FeedWatch {
  /** Wall time at which each alert first arrived. */
  readonly firstSeenMs: ReadonlyMap<string, number>;
  close(): void;
}

const openTimeoutMs = 10_000;

/** Connects to the live feed with an API token; rejects when it does not say hello in time. */
export function watchFeed(url: string, token: string): Promise<FeedWatch> {
  const firstSeenMs = new Map<string, number>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/feed`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the live feed did not answer')), openTimeoutMs);
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as FeedMessage;
      if (message.kind === 'alert' && !firstSeenMs.has(message.alert.id)) firstSeenMs.set(message.alert.id, Date.now());
      if (message.kind !== 'hello') return;
      clearTimeout(timer);
      resolve({ firstSeenMs, close: () => socket.close() });
    });
    socket.addEventListener('error', () => {
      clearTimeout(timer);
      reject(new Error('the live feed refused the connection'));
    });
  });
}

import { WebSocket } from 'undici';
import type { AlertView } from '../../src/contract/api.ts';
import type { FeedMessage } from '../../src/contract/feed.ts';

/** Connects to the live feed as a board does; `onAlert` gets every alert the moment it arrives. Returns its end. */
export function listenToFeed(
  url: string,
  token: string,
  onAlert: (alert: AlertView, atMs: number) => void,
): Promise<() => void> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/feed`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('the live feed refused the connection')));
    socket.addEventListener('message', ({ data }) => {
      const atMs = performance.now();
      const message = JSON.parse(String(data)) as FeedMessage;
      if (message.kind === 'alert') onAlert(message.alert, atMs);
      if (message.kind === 'hello') resolve(() => socket.close());
    });
  });
}

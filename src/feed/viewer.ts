import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { FeedMessage } from '../contract/feed.ts';
import type { Principal } from '../model/account.ts';
import { closeCodes, type FeedLimits } from './limits.ts';
import type { FeedHead, FeedNews } from './ports.ts';
import { maySee } from './visible.ts';

/** One connected client. Until it is let in (`waiting` is not null) what happens meanwhile waits there. */
export interface Viewer {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  principal: Principal;
  /** Where the stream stands for this client: everything up to here was sent or is not for it. */
  at: FeedHead;
  waiting: FeedNews[] | null;
  answeredPing: boolean;
  /** Since when nobody could say whether it may still look; null while that is known. */
  unverifiedSinceMs: number | null;
  leaving: boolean;
}

export function send(viewer: Viewer, message: FeedMessage): void {
  sendText(viewer, JSON.stringify(message));
}

function sendText(viewer: Viewer, text: string): void {
  // A failed send is a closed socket, which is dealt with where it closes.
  if (!viewer.leaving) viewer.socket.send(text, () => undefined);
}

/** Hands over news; `text` is the message as JSON, made once for all viewers. Tells whether the viewer was too slow. */
export function hand(viewer: Viewer, news: FeedNews, text: string, limits: FeedLimits): 'ok' | 'slow' {
  if (viewer.leaving) return 'ok';
  if (viewer.waiting !== null) {
    viewer.waiting.push(news);
    if (viewer.waiting.length <= limits.joiningMessagesMax) return 'ok';
  } else if (news.kind === 'broken') {
    viewer.at = news.head;
    send(viewer, { kind: 'resync', ...news.head, reason: news.reason });
    return 'ok';
  } else {
    const { message } = news;
    if (message.epoch === viewer.at.epoch && message.seq <= viewer.at.seq) return 'ok';
    const behind = viewer.socket.bufferedAmount > limits.bufferedBytesMax;
    if (!behind) {
      viewer.at = { epoch: message.epoch, seq: message.seq };
      if (maySee(viewer.principal, message.item)) sendText(viewer, text);
      return 'ok';
    }
  }
  const head = news.kind === 'broken' ? news.head : { epoch: news.message.epoch, seq: news.message.seq };
  send(viewer, { kind: 'resync', ...head, reason: 'slow' });
  leave(viewer, closeCodes.slow, 'too slow', limits);
  return 'slow';
}

/** Closes in order, and by force when the client does not follow. */
export function leave(viewer: Viewer, code: number, reason: string, limits: Pick<FeedLimits, 'goodbyeMs'>): void {
  if (viewer.leaving) return;
  viewer.leaving = true;
  viewer.socket.close(code, reason);
  setTimeout(() => viewer.socket.terminate(), limits.goodbyeMs).unref();
}

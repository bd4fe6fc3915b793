import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface ClientOptions {
  /** Where the platform listens, without a path. */
  readonly server: string;
  /** Token of a collector. */
  readonly token: string;
  /** PEM: authorities the server's certificate may be from, and the agent's own certificate and key. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly userAgent: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Asking {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

export interface Client {
  /** Rejects when there is no whole answer within the time. */
  ask(asking: Asking): Promise<Answer>;
  close(): void;
}

/** Answers are small; a longer one is not from our server. */
const answerBytesMax = 1024 * 1024;

/** One connection, kept open: node's own client needs less memory than fetch does. */
export function createClient(o: ClientOptions): Client {
  const isSecure = new URL(o.server).protocol === 'https:';
  const kept = { keepAlive: true, maxSockets: 2, keepAliveMsecs: 15_000 };
  const agent = isSecure ? new HttpsAgent({ ...kept, ...o.tls }) : new HttpAgent(kept);
  const request = isSecure ? httpsRequest : httpRequest;
  const base = new URL(o.server);

  return {
    ask: ({ method, path, headers, body, withinMs, signal }) =>
      new Promise((resolve, reject) => {
        const place = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
        const sent = request(place, {
          method,
          agent,
          signal,
          headers: {
            authorization: `Bearer ${o.token}`,
            'user-agent': o.userAgent,
            ...(body === undefined ? {} : { 'content-length': String(body.length) }),
            ...headers,
          },
        });
        const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
        const fail = (error: Error): void => {
          clearTimeout(timer);
          reject(error);
        };
        sent.on('error', fail);
        sent.on('response', (answer) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          answer.on('data', (part: Buffer) => {
            bytes += part.length;
            if (bytes > answerBytesMax) sent.destroy(new Error('the answer is too long'));
            else parts.push(part);
          });
          answer.on('error', fail);
          answer.on('end', () => {
            clearTimeout(timer);
            if (!answer.complete) reject(new Error('the answer was cut'));
            else
              resolve({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                text: Buffer.concat(parts).toString('utf8'),
              });
          });
        });
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

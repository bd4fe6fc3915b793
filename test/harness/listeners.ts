import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { createLineHeaders } from '../../src/collect/line-headers.ts';
import {
  type ListenerLimits,
  type Listeners,
  openListeners,
  type Transport,
} from '../../src/collect/stream-listeners.ts';
import type { TlsFiles } from '../../src/collect/stream-tls.ts';
import type { RawLine, Receipt, Source, Submission } from '../../src/model/source.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { unknownSource } from '../../src/register/index.ts';

/** Listeners before a belt that only writes down what it is given. */
export interface ListenersWorld {
  readonly listeners: Listeners;
  readonly taken: Submission[];
  /** What was logged at `warn` and above, as one JSON text each. */
  readonly told: string[];
  readonly metrics: Metrics;
  lines(): readonly RawLine[];
  texts(): readonly string[];
  /** A connection that is closed with the world. */
  dial(transport: Transport): Promise<Socket>;
  close(): Promise<void>;
}

export async function startListeners(o: {
  readonly listen: readonly Transport[];
  readonly tls?: TlsFiles;
  readonly limits?: Partial<ListenerLimits>;
  readonly spoolDir?: string;
  readonly source?: Partial<Source>;
  readonly sourceOf?: (peer: string, certificate?: readonly string[]) => Source;
  /** Called before a submission is taken; throws to refuse it. */
  readonly answer?: (submission: Submission) => Promise<void>;
  readonly at?: { readonly [T in Transport]?: number };
}): Promise<ListenersWorld> {
  const taken: Submission[] = [];
  const told: string[] = [];
  const sockets: Socket[] = [];
  const metrics = createMetrics();
  const listeners = await openListeners({
    intake: {
      async submit(submission): Promise<Receipt> {
        await o.answer?.(submission);
        taken.push(submission);
        return { batch: 'b', accepted: submission.lines.length, rejected: [] };
      },
    },
    sourceOf: o.sourceOf ?? ((peer) => ({ ...unknownSource, id: `source of ${peer}`, ...o.source })),
    headers: createLineHeaders(),
    listen: Object.fromEntries(
      o.listen.map((transport) => [transport, { host: '127.0.0.1', port: o.at?.[transport] ?? 0 }]),
    ),
    tls: o.tls ?? null,
    ...(o.spoolDir === undefined ? {} : { spoolDir: o.spoolDir }),
    // A record waits longer than this process may be kept from reading what follows in it.
    limits: { retryFirstMs: 2, retryMaxMs: 5, udpGatherMs: 1, closeWaitMs: 2000, recordWaitMs: 1000, ...o.limits },
    clock: Date.now,
    log: pino({ level: 'warn' }, { write: (line: string) => void told.push(line) }),
    metrics,
  });
  const lines = (): RawLine[] => taken.flatMap((submission) => [...submission.lines]);
  return {
    listeners,
    taken,
    told,
    metrics,
    lines,
    texts: () => lines().map((line) => line.text),
    async dial(transport) {
      const socket = connect(listeners.ports[transport] ?? 0, '127.0.0.1');
      sockets.push(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
      return socket;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await listeners.close();
    },
  };
}

/** Writes the parts, each in a segment of its own. */
export async function sendParts(socket: Socket, ...parts: readonly (string | Buffer)[]): Promise<void> {
  for (const part of parts) {
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

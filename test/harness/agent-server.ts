import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createAgentCollector } from '../../src/collect/http-agent.ts';
import { createIntake } from '../../src/ingest/index.ts';
import type { AgentReport, SignedBundle } from '../../src/model/agent.ts';
import type { Batch } from '../../src/model/batch.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { Source } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { parserIds } from '../../src/parse/index.ts';
import { readLine } from './read-line.ts';
import { wholeBatches } from './whole-batch.ts';

/** The real collector and belt over a store in memory that outlives them, so that a "server" may stop and come back. */
export interface AgentServer {
  readonly url: string;
  readonly port: number;
  /** Rows in the order their batches were written. */
  readonly rows: readonly SecurityEvent[];
  readonly deadLetters: readonly { readonly reason: string; readonly bytes: number }[];
  /** Bytes of bodies as they came. */
  readonly wireBytes: number;
  readonly reports: readonly AgentReport[];
  /** The parser its source is pinned to from now on. */
  pin(parser: string): void;
  /** What the agent is told from now on. */
  tell(bundle: { readonly version: number; readonly signed: SignedBundle } | null): void;
  /** Closes every connection and the port. */
  stop(): Promise<void>;
  /** On the same port as before. */
  start(): Promise<void>;
}

export const agentToken = 'vgc_test';

export const agentSource: Source = {
  id: 'may-01',
  name: 'may-01',
  org: '',
  system: '',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};

export async function startAgentServer(o: { readonly sources?: readonly Source[] } = {}): Promise<AgentServer> {
  const rows: SecurityEvent[] = [];
  const deadLetters: { reason: string; bytes: number }[] = [];
  const batches = new Map<string, Batch>();
  const reports: AgentReport[] = [];
  let bundle: { readonly version: number; readonly signed: SignedBundle } | null = null;
  let parser = agentSource.parser;
  let wireBytes = 0;
  let port = 0;
  let open: { readonly app: FastifyInstance; readonly close: () => Promise<void> } | null = null;

  async function start(): Promise<void> {
    const log = pino({ level: 'silent' });
    const metrics = createMetrics();
    const intake = createIntake({
      readLine,
      open: wholeBatches(async ({ id, day, receivedTimeMs }, written) => {
        if (!batches.has(id)) {
          rows.push(...written);
          const how = 'committed' as const;
          batches.set(id, { id, day, rows: written.length, receivedTimeMs, committedTimeMs: 0, sources: [], how });
        }
      }),
      lookup: async (id) => batches.get(id) ?? null,
      locate: () => ({ org: '', system: '', level: 0 }),
      offer: async () => undefined,
      deadLetter: async (letters) => void deadLetters.push(...letters),
      clock: Date.now,
      log,
      metrics,
    });
    const app = Fastify({ logger: false, forceCloseConnections: true });
    app.addHook('onRequest', async (request) => {
      wireBytes += Number(request.headers['content-length'] ?? 0);
    });
    await app.register(
      createAgentCollector({
        intake,
        authenticate: async (token) => (token === agentToken ? { ...agentSource, parser } : null),
        desk: {
          sourcesOf: async () => new Map((o.sources ?? []).map((source) => [source.id, source])),
          bundleOf: async () => bundle,
          said: async (_token, report) => void reports.push(report),
        },
        isParser: (id) => parserIds.includes(id),
        log,
        metrics,
      }),
    );
    await app.listen({ host: '127.0.0.1', port });
    port = (app.server.address() as AddressInfo).port;
    open = { app, close: () => app.close().then(() => intake.close()) };
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    rows,
    deadLetters,
    reports,
    pin: (pinned) => {
      parser = pinned;
    },
    tell: (told) => {
      bundle = told;
    },
    get wireBytes() {
      return wireBytes;
    },
    start,
    stop: async () => {
      await open?.close();
      open = null;
    },
  };
}

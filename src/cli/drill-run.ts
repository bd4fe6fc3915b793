import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { createToken, type LedgerPorts } from '../api/index.ts';
import type { Platform } from '../compose.ts';
import type { DrillRecord } from '../drill/records.ts';
import { createReplay, type Emission } from '../drill/replay.ts';
import { drillSources } from '../drill/run.ts';
import type { Scenario, ScenarioSource } from '../drill/scenario.ts';
import { type Missed, type ScoredFinding, score, type Unexpected } from '../drill/score.ts';
import { watchFeed } from './feed-watch.ts';

/** The JSON line of `vonggac demo --exit`. Times in ms: line handed to the collector → its alert on the feed. */
export interface DrillResult {
  readonly events: number;
  readonly alerts: number;
  readonly incidents: number;
  readonly expected: number;
  readonly found: number;
  readonly missed: readonly Missed[];
  readonly unexpected: readonly Unexpected[];
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

const actor = 'drill';
const drainTimeoutMs = 60_000;
/** How often boards hear where the story is. */
const showEveryMs = 1000;
const pageSize = 500;
/** What a log shipper does, too: lines of a quarter of a second go together. */
const sendPauseMs = 250;
const findingsPerAlertMax = 10_000;

/** Registers the scenario's world, replays it through the collectors, waits for detection, scores. Null when stopped. */
export async function runDrill(o: {
  readonly platform: Platform;
  readonly scenario: Scenario;
  readonly records: readonly DrillRecord[];
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly err: (line: string) => void;
}): Promise<DrillResult | null> {
  const { platform, scenario } = o;
  const { store, state } = platform;
  const drill = `${scenario.id}-${Date.now().toString(36)}`;
  const ports = { ledger: store.ledger, lock: state.lock, clock: Date.now, subjectsMax: 20_000 };
  await registerWorld(ports, scenario, drill);
  await platform.register.refresh();
  const senders = await openSenders(ports, o, drill);
  const { token } = await createToken(ports, { kind: 'api', name: `feed ${drill}`, role: 'viewer' }, actor);
  const feed = await watchFeed(platform.url, token);
  const emissions: Emission[] = [];
  try {
    const replay = createReplay({
      scenario,
      records: o.records,
      clock: Date.now,
      schedule: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
      send: senders.send,
      speed: o.speed,
      limits: { tickMs: sendPauseMs },
      onEmit: (emitted) => void emissions.push(...emitted),
      onError: (source, error) =>
        o.err(`vonggac: ${source.id}: ${error instanceof Error ? error.message : String(error)}`),
    });
    const show = (drillState: 'running' | 'finished' | 'stopped'): Promise<void> => {
      const { startedMs, simMs, durationMs } = replay.progress();
      return platform.showDrill({
        id: drill,
        scenario: scenario.id,
        title: scenario.title.en,
        titleVi: scenario.title.vi,
        state: drillState,
        startedMs,
        simSeconds: Math.round(simMs / 1000),
        totalSeconds: Math.round(durationMs / 1000),
      });
    };
    o.err(`vonggac: replaying ${scenario.title.vi} (${o.records.length} lines, speed ${o.speed})`);
    replay.start();
    await show('running');
    const telling = setInterval(() => void show('running').catch(() => undefined), showEveryMs);
    const stop = (): void => void replay.stop();
    o.signal.addEventListener('abort', stop);
    await replay.finished;
    clearInterval(telling);
    o.signal.removeEventListener('abort', stop);
    if (o.signal.aborted) {
      await show('stopped').catch(() => undefined);
      return null;
    }
    await drained(platform, drill, emissions.filter((e) => e.outcome === 'sent').length);
    await show('finished');
    const { findings, alerts, incidents } = await findingsOfDrill(platform, drill, feed.firstSeenMs);
    const events = await eventsOfDrill(platform, drill);
    const { expected, found, missed, unexpected, p50_ms, p99_ms } = score({ scenario, emissions, findings });
    return { events, alerts, incidents, expected, found, missed, unexpected, p50_ms, p99_ms };
  } finally {
    feed.close();
    senders.close();
  }
}

async function registerWorld(ports: LedgerPorts, scenario: Scenario, drill: string): Promise<void> {
  const append = async (kind: 'system' | 'source', subject: string, document: object): Promise<void> => {
    await ports.lock(`${kind}:${subject}`, async () => {
      await ports.ledger.append({ kind, subject, actor, action: 'register', document: { ...document } });
    });
  };
  for (const system of scenario.world.systems) await append('system', system.id, system);
  for (const source of drillSources(scenario, { drill, lane: '' })) await append('source', source.id, source);
}

interface Senders {
  send(source: ScenarioSource, lines: readonly string[], key: string): Promise<void>;
  close(): void;
}

/** One way into the platform a source: an HTTP token, or a syslog connection from the source's own loopback address. */
async function openSenders(
  ports: LedgerPorts & { readonly subjectsMax: number },
  o: { readonly platform: Platform; readonly scenario: Scenario },
  drill: string,
): Promise<Senders> {
  const { platform, scenario } = o;
  const tokens = new Map<string, string>();
  for (const source of scenario.sources) {
    if (source.route !== 'http') continue;
    const wanted = { kind: 'collector' as const, name: `${drill} ${source.id}`, source: `${drill}-${source.id}` };
    tokens.set(source.id, (await createToken(ports, wanted, actor)).token);
  }
  const sockets = new Map<string, Socket>();
  const datagrams = new Map<string, Datagrams>();

  const byHttp = async (source: ScenarioSource, lines: readonly string[], key: string): Promise<void> => {
    const answer = await fetch(`${platform.url}/ingest/v1/ndjson`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(source.id) ?? ''}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
      },
      body: lines.join('\n'),
    });
    const said = (await answer.json()) as { accepted?: number; rejected?: readonly unknown[]; message?: string };
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}: ${said.message ?? ''}`);
    if (said.accepted !== lines.length) throw new Error(`${said.rejected?.length ?? 0} lines rejected`);
  };

  const byTcp = async (source: ScenarioSource, lines: readonly string[]): Promise<void> => {
    const socket = sockets.get(source.id) ?? (await openTcp(platform, source));
    sockets.set(source.id, socket);
    const text = lines.map((line) => `${line}\n`).join('');
    await new Promise<void>((resolve, reject) => {
      socket.write(text, (error) => (error ? reject(error) : resolve()));
    });
  };

  const byUdp = async (source: ScenarioSource, lines: readonly string[]): Promise<void> => {
    const socket = datagrams.get(source.id) ?? (await openUdp(source));
    datagrams.set(source.id, socket);
    for (const line of lines) {
      await new Promise<void>((resolve, reject) => {
        socket.send(line, platform.syslog?.udpPort ?? 0, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
      });
    }
  };

  return {
    send: (source, lines, key) => {
      if (source.route === 'http') return byHttp(source, lines, key);
      return source.route === 'syslog-tcp' ? byTcp(source, lines) : byUdp(source, lines);
    },
    close: () => {
      for (const socket of sockets.values()) socket.destroy();
      for (const socket of datagrams.values()) socket.close();
    },
  };
}

function openUdp(source: ScenarioSource): Promise<Datagrams> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ ...(source.sendFrom === '' ? {} : { address: source.sendFrom }), port: 0 }, () => resolve(socket));
  });
}

function openTcp(platform: Platform, source: ScenarioSource): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const from = source.sendFrom === '' ? {} : { localAddress: source.sendFrom };
    const socket = connect({ host: '127.0.0.1', port: platform.syslog?.tcpPort ?? 0, ...from });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

/** Resolves when every line sent is stored and every batch is evaluated. */
async function drained(platform: Platform, drill: string, sent: number): Promise<void> {
  const end = Date.now() + drainTimeoutMs;
  let events = 0;
  while (Date.now() < end) {
    events = await eventsOfDrill(platform, drill);
    const { waiting } = await platform.store.events.coverage();
    if (events >= sent && waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`detection did not finish within ${drainTimeoutMs / 1000} s: ${events} of ${sent} lines stored`);
}

async function eventsOfDrill(platform: Platform, drill: string): Promise<number> {
  const day = 86_400_000;
  const { total } = await platform.store.events.search({
    fromMs: Date.now() - day,
    toMs: Date.now() + day,
    text: `drill:${drill}`,
    limit: 1,
    systems: null,
  });
  return total;
}

async function findingsOfDrill(
  platform: Platform,
  drill: string,
  firstSeenMs: ReadonlyMap<string, number>,
): Promise<{ findings: ScoredFinding[]; alerts: number; incidents: number }> {
  const { detection, events } = platform.store;
  const findings: ScoredFinding[] = [];
  const incidents = new Set<string>();
  let alerts = 0;
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Awaited<ReturnType<typeof detection.listAlerts>> = await detection.listAlerts({
      drill,
      limit: pageSize,
      systems: null,
      ...(cursor === '' ? {} : { cursor }),
    });
    cursor = page.cursor;
    alerts += page.items.length;
    for (const alert of page.items) incidents.add(alert.incident);
    const created = new Map(page.items.map((alert) => [alert.id, alert.createdMs]));
    const correlated = new Set(page.items.flatMap(({ id, correlation }) => (correlation === undefined ? [] : [id])));
    const found = await detection.findingsOf([...created.keys()], findingsPerAlertMax);
    const stored = await events.byIds(found.map(({ event, day }) => ({ event, day })));
    const rawOf = new Map(stored.map((event) => [event.id, event.raw]));
    for (const { rule, event, alert } of found) {
      findings.push({
        rule,
        alert,
        raw: rawOf.get(event) ?? '',
        seenMs: firstSeenMs.get(alert) ?? created.get(alert) ?? 0,
        correlated: correlated.has(alert),
      });
    }
  }
  return { findings, alerts, incidents: incidents.size };
}

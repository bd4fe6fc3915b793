import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbeddedClickHouse } from '../../src/backing/clickhouse-embedded.ts';
import { liveRulesOf } from '../../src/detect/index.ts';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { Alert } from '../../src/model/finding.ts';
import { createLog } from '../../src/observe/log.ts';
import { standingOf, standingOracle } from '../harness/correlation-set.ts';
import { alive, createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';
import { readLine } from '../harness/read-line.ts';
import { startRedis } from '../harness/redis.ts';

/** One in four lines meets a rule of ours; `seq` tells every line from every other. */
function lineOf(seq: number): string {
  const commands = ['notepad.exe a.txt', 'whoami /all', 'ping 192.0.2.1', 'net user kythuat2 P@ss /add'];
  return JSON.stringify({
    seq: String(seq),
    product: 'windows',
    category: 'process_creation',
    EventID: 1,
    Computer: `MAY-${seq % 7}`,
    Image: `C:\\Windows\\System32\\${(commands[seq % 4] ?? '').split(' ')[0]}.exe`.replace('.exe.exe', '.exe'),
    ParentImage: 'C:\\Windows\\System32\\inetsrv\\w3wp.exe',
    CommandLine: commands[seq % 4],
    User: 'IIS APPPOOL\\QLVB',
    UtcTime: new Date(Date.UTC(2026, 10, 22, 3, 0, 0) + seq * 250).toISOString().replace('T', ' ').replace('Z', ''),
  });
}

const linesPerPost = 40;
const posts = 60;

interface Sender {
  /** Where to send; changes when the platform came back elsewhere. */
  url: string;
  readonly acknowledged: Set<number>;
  readonly done: Promise<void>;
}

/** A client that behaves: a post without a 200 is sent again under the same key until it is accepted. */
function startSender(url: string, token: string): Sender {
  const acknowledged = new Set<number>();
  const sender = { url, acknowledged, done: Promise.resolve() };
  const post = async (index: number): Promise<void> => {
    const seqs = Array.from({ length: linesPerPost }, (_, i) => index * linesPerPost + i);
    const body = seqs.map(lineOf).join('\n');
    // Longer than a busy machine takes to have the platform up again.
    for (let attempt = 0; attempt < 3000; attempt += 1) {
      try {
        const answer = await fetch(`${sender.url}/ingest/v1/ndjson`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/x-ndjson',
            'idempotency-key': `post-${index}`,
          },
          body,
          signal: AbortSignal.timeout(10_000),
        });
        if (answer.status === 200) {
          const said = (await answer.json()) as { accepted: number; rejected: unknown[] };
          if (said.accepted !== linesPerPost)
            throw new Error(`accepted ${said.accepted}, rejected ${JSON.stringify(said.rejected)}`);
          for (const seq of seqs) acknowledged.add(seq);
          return;
        }
        await answer.arrayBuffer();
      } catch {
        // Refused, cut or timed out: the same again.
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`post ${index} was never accepted`);
  };
  sender.done = (async () => {
    for (let index = 0; index < posts; index += 3) await Promise.all([0, 1, 2].map((i) => post(index + i)));
  })();
  return sender;
}

async function waitingBatches(url: string, apiToken: string): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/api/v1/health`, {
      headers: { authorization: `Bearer ${apiToken}` },
      signal: AbortSignal.timeout(5000),
    });
    const health = (await answer.json()) as { status: string; detect: { waitingBatches: number } };
    return health.status === 'down' ? null : health.detect.waitingBatches;
  } catch {
    return null;
  }
}

/** What lies in the data directory once the platform is stopped: stored seqs and (rule, seq) pairs, duplicates and all. */
async function whatIsStored(dataDir: string): Promise<{ seqs: number[]; pairs: string[]; correlated: string[] }> {
  const backing = await openEmbeddedClickHouse({ dataDir, log: createLog('silent') });
  const client = createClient({
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
  });
  try {
    const events = await (await client.query({ query: 'SELECT id, fields FROM events', format: 'JSONEachRow' })).json<{
      id: string;
      fields: string;
    }>();
    const seqById = new Map(events.map((row) => [row.id, Number((JSON.parse(row.fields) as { seq: string }).seq)]));
    const findings = await (
      await client.query({ query: 'SELECT DISTINCT rule, event FROM findings', format: 'JSONEachRow' })
    ).json<{ rule: string; event: string }>();
    const alerts = await (
      await client.query({ query: 'SELECT document FROM alerts FINAL', format: 'JSONEachRow' })
    ).json<{ document: string }>();
    return {
      correlated: standingOf(alerts.map(({ document }) => JSON.parse(document) as Alert)),
      seqs: events.map((row) => seqById.get(row.id) ?? -1).sort((a, b) => a - b),
      // What a correlation shows as evidence is bounded; its alerts are compared whole instead.
      pairs: findings
        .filter(({ rule }) => rule !== burst)
        .map((row) => `${row.rule} ${seqById.get(row.event)}`)
        .sort(),
    };
  } finally {
    await client.close();
    await backing.close();
  }
}

/** The correlation's id; the rule it counts raises its own alerts as before. */
const burst = '5f0c4a6e-7d0f-4b53-9a46-1a3c6d3f7b01';
const burstText = `title: Burst of discovery commands
id: ${burst}
status: test
level: high
correlation:
  type: event_count
  rules:
    - c4254b8a-9899-4da6-9e32-91682881ec50
  group-by:
    - Computer
  timespan: 1m
  condition:
    gte: 5
  generate: true
`;

/** A folder with the correlation, beside our own rules. */
async function rulesWithBurst(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'vonggac-burst-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  await writeFile(path.join(dir, 'burst.yml'), burstText);
  return `rules/detections,${dir}`;
}

/** What the correlation comes to over all lines at once. */
async function oracleCorrelated(rulesDirs: string): Promise<string[]> {
  const loaded = await loadRuleDirs(rulesDirs.split(','));
  const events = Array.from({ length: posts * linesPerPost }, (_, seq): SecurityEvent => {
    const event = readLine(lineOf(seq), 'auto', Date.UTC(2026, 10, 22));
    return {
      ...event,
      id: String(seq).padStart(6, '0'),
      batch: '',
      eventTimeMs: event.eventTimeMs ?? 0,
      receivedTimeMs: 0,
      org: '',
      system: '',
      source: '',
      origin: 'production',
      drill: '',
      lane: '',
      level: 0,
      raw: '',
    };
  });
  return standingOracle({ rules: liveRulesOf(loaded.set, loaded), correlations: loaded.correlations }, events);
}

async function oraclePairs(): Promise<string[]> {
  const { set } = await loadRuleDirs(['rules/detections']);
  const pairs: string[] = [];
  for (let seq = 0; seq < posts * linesPerPost; seq += 1) {
    const event = readLine(lineOf(seq), 'auto', Date.UTC(2026, 10, 22));
    for (const index of set.match(event)) pairs.push(`${set.rules[index]?.id} ${seq}`);
  }
  return pairs.sort();
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scene(more: Record<string, string> = {}): Promise<{
  dataDir: string;
  platform: RunningPlatform;
  collector: string;
  api: string;
  env: Record<string, string>;
}> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'vonggac-crash-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const env = { ...more, VONGGAC_RULES: await rulesWithBurst() };
  const platform = await startPlatform({ dataDir, env });
  closers.push(() => platform.stop('SIGKILL'));
  const collector = await createToken(dataDir, ['--kind', 'collector', '--name', 'thu', '--source', 'thu'], env);
  const api = await createToken(dataDir, ['--kind', 'api', '--name', 'doc', '--role', 'viewer'], env);
  return { dataDir, platform, collector, api, env };
}

async function checkAgainstOracle(
  dataDir: string,
  platform: RunningPlatform,
  sender: Sender,
  api: string,
  env: Record<string, string>,
): Promise<void> {
  await sender.done;
  await until(
    'every batch evaluated',
    async () => ((await waitingBatches(platform.url, api)) === 0 ? true : null),
    120_000,
  );
  expect((await platform.stop()).code, platform.printed()).toBe(0);
  const stored = await whatIsStored(dataDir);
  const all = Array.from({ length: posts * linesPerPost }, (_, i) => i);
  expect([...sender.acknowledged].sort((a, b) => a - b)).toEqual(all);
  expect(stored.seqs).toEqual(all);
  const oracle = await oraclePairs();
  expect(oracle.length).toBeGreaterThan(posts);
  expect(stored.pairs).toEqual(oracle);
  const correlated = await oracleCorrelated(env.VONGGAC_RULES ?? '');
  expect(correlated.length).toBe(7);
  expect(stored.correlated).toEqual(correlated);
}

async function midway(sender: Sender): Promise<void> {
  await until('the load is under way', () => sender.acknowledged.size >= (posts * linesPerPost) / 4);
}

describe('in the middle of ingest', () => {
  it('kill -9 of the whole tree', { timeout: 400_000 }, async () => {
    const { dataDir, platform, collector, api, env } = await scene();
    const sender = startSender(platform.url, collector);
    await midway(sender);
    const children = platform.children(/./);
    expect(children.length).toBeGreaterThan(1);
    await platform.kill9();
    for (const pid of children) if (alive(pid)) process.kill(pid, 'SIGKILL');
    const again = await startPlatform({ dataDir, env });
    closers.push(() => again.stop('SIGKILL'));
    sender.url = again.url;
    await checkAgainstOracle(dataDir, again, sender, api, env);
  });

  it('kill -9 of the ClickHouse child, twice', { timeout: 400_000 }, async () => {
    const { dataDir, platform, collector, api, env } = await scene();
    const sender = startSender(platform.url, collector);
    for (let round = 0; round < 2; round += 1) {
      const before = sender.acknowledged.size;
      await until(
        'some more accepted',
        () => sender.acknowledged.size >= before + 200 || sender.acknowledged.size === posts * linesPerPost,
      );
      const [pid] = platform.children(/clickhouse-child/);
      expect(pid).toBeDefined();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }
    await checkAgainstOracle(dataDir, platform, sender, api, env);
  });

  it('kill -9 of Redis', { timeout: 400_000 }, async () => {
    const { dataDir, platform, collector, api, env } = await scene();
    const sender = startSender(platform.url, collector);
    await midway(sender);
    const [pid] = platform.children(/^\S*redis-server/);
    expect(pid).toBeDefined();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await checkAgainstOracle(dataDir, platform, sender, api, env);
  });

  it('FLUSHALL, three times', { timeout: 400_000 }, async () => {
    const redis = await startRedis();
    closers.push(() => redis.close());
    const { host, port, password } = redis.connection;
    const { dataDir, platform, collector, api, env } = await scene({
      REDIS_URL: `redis://:${password ?? ''}@${host}:${port}/0`,
    });
    const client = new Redis({ host, port, password: password ?? '' });
    closers.push(async () => client.disconnect());
    const sender = startSender(platform.url, collector);
    for (let round = 0; round < 3; round += 1) {
      const before = sender.acknowledged.size;
      await until(
        'some more accepted',
        () => sender.acknowledged.size >= before + 200 || sender.acknowledged.size === posts * linesPerPost,
      );
      expect(await client.flushall()).toBe('OK');
    }
    await checkAgainstOracle(dataDir, platform, sender, api, env);
  });
});

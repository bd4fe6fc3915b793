import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { afterEach, expect, test } from 'vitest';
import { openEmbeddedClickHouse } from '../../src/backing/clickhouse-embedded.ts';
import type { Health } from '../../src/contract/api.ts';
import { createLog } from '../../src/observe/log.ts';
import { cli, createToken, startPlatform, until } from '../harness/platform.ts';

const shared = path.resolve(import.meta.dirname, '../../../shared');
const records = path.join(shared, 'corpora/evtx_to_mitre_cc0/jsonl');
const ruleDirs = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((dir) =>
  path.join(shared, 'corpora/sigmahq', dir),
);
const here = [records, ...ruleDirs].every((place) => existsSync(place));
if (!here) console.warn(`skipped: the corpora under ${shared} are not on this machine`);

const linesPerPost = 100;
const postsAtOnce = 6;
/** Every so many posts one is sent twice at once, as a client does that lost patience. */
const twiceEvery = 10;

interface RecordFile {
  readonly file: string;
  readonly lines: readonly string[];
}

function recordFiles(): RecordFile[] {
  return readdirSync(records, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => {
      const file = path.join(records, name);
      return { file, lines: readFileSync(file, 'utf8').replace(/\n$/, '').split('\n') };
    });
}

interface Part {
  readonly key: string;
  readonly lines: readonly string[];
}

function partsOf(lines: readonly string[]): Part[] {
  return Array.from({ length: Math.ceil(lines.length / linesPerPost) }, (_, part) => ({
    key: `part-${part}`,
    lines: lines.slice(part * linesPerPost, (part + 1) * linesPerPost),
  }));
}

/** A client that behaves: told to wait it waits and sends the same again; returns how many lines were accepted. */
async function post(url: string, token: string, part: Part): Promise<number> {
  return until(`${part.key} accepted`, async () => {
    const answer = await fetch(`${url}/ingest/v1/ndjson`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': part.key,
      },
      body: part.lines.join('\n'),
    });
    const said = (await answer.json()) as { accepted?: number; rejected?: unknown[]; code?: string };
    if (answer.status === 429 || answer.status === 503) return null;
    if (answer.status !== 200 || said.rejected?.length !== 0)
      throw new Error(`${part.key}: ${answer.status} ${JSON.stringify(said)}`);
    return said.accepted ?? 0;
  });
}

/** Returns how many lines were accepted, those sent twice counted once. */
async function postAll(url: string, token: string, parts: readonly Part[]): Promise<number> {
  const left = [...parts.entries()];
  let accepted = 0;
  const sender = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, part] = next;
      const copies = index % twiceEvery === 0 ? [part, part] : [part];
      const answers = await Promise.all(copies.map((copy) => post(url, token, copy)));
      expect(new Set(answers).size).toBe(1);
      accepted += answers[0] ?? 0;
    }
  };
  await Promise.all(Array.from({ length: postsAtOnce }, sender));
  return accepted;
}

async function healthOf(url: string, token: string): Promise<Health> {
  const answer = await fetch(`${url}/api/v1/health`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Health;
}

interface Stored {
  readonly raw: readonly string[];
  /** `rule line` of every distinct (rule, event). */
  readonly pairs: readonly string[];
  readonly eventsOfAlert: ReadonlyMap<string, number>;
  readonly findingsOfAlert: ReadonlyMap<string, number>;
  readonly alertsOfIncident: ReadonlyMap<string, number>;
  /** Alerts as the incidents count them. */
  readonly incidents: ReadonlyMap<string, number>;
}

async function whatIsStored(dataDir: string): Promise<Stored> {
  const backing = await openEmbeddedClickHouse({ dataDir, log: createLog('silent') });
  const { url, username, password, database } = backing;
  const client = createClient({ url, username, password, database });
  const rows = async <T>(query: string): Promise<T[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  const counts = async (query: string): Promise<Map<string, number>> =>
    new Map((await rows<{ id: string; n: number | string }>(query)).map(({ id, n }) => [id, Number(n)]));
  try {
    const events = await rows<{ id: string; raw: string }>('SELECT id, raw FROM events');
    const rawOf = new Map(events.map(({ id, raw }) => [id, raw]));
    const findings = await rows<{ rule: string; event: string }>('SELECT DISTINCT rule, event FROM findings');
    return {
      raw: events.map(({ raw }) => raw),
      pairs: findings.map(({ rule, event }) => `${rule} ${rawOf.get(event) ?? `no such event: ${event}`}`),
      eventsOfAlert: await counts(
        `SELECT id, JSONExtractUInt(argMax(document, revision), 'events') AS n FROM alerts GROUP BY id`,
      ),
      findingsOfAlert: await counts('SELECT alert AS id, uniqExact(event) AS n FROM findings GROUP BY alert'),
      alertsOfIncident: await counts(
        `SELECT incident AS id, count() AS n FROM (SELECT argMax(incident, revision) AS incident FROM alerts GROUP BY id)
         GROUP BY incident`,
      ),
      incidents: await counts(
        `SELECT id, JSONExtractUInt(argMax(document, revision), 'alerts') AS n FROM incidents GROUP BY id`,
      ),
    };
  } finally {
    await client.close();
    await backing.close();
  }
}

/** What offline detection says of the same files, as `rule line` of every hit. */
async function offlinePairs(files: readonly RecordFile[]): Promise<string[]> {
  const done = await cli(['detect', '--rules', ...ruleDirs, ...files.map(({ file }) => file)]);
  if (done.code !== 0) throw new Error(done.err);
  const linesOf = new Map(files.map(({ file, lines }) => [file, lines]));
  return done.out
    .trimEnd()
    .split('\n')
    .map((text) => {
      const hit = JSON.parse(text) as { file: string; line: number; rule: string };
      return `${hit.rule} ${linesOf.get(hit.file)?.[hit.line - 1] ?? `no such line: ${text}`}`;
    });
}

/** Members whose count differs between two multisets: `[member, count in a, count in b]`, at most ten, shortened. */
function difference(a: readonly string[], b: readonly string[]): [string, number, number][] {
  const counts = new Map<string, [number, number]>();
  for (const [side, members] of [a, b].entries()) {
    for (const member of members) {
      const count = counts.get(member) ?? [0, 0];
      count[side] = (count[side] ?? 0) + 1;
      counts.set(member, count);
    }
  }
  return [...counts]
    .filter(([, [inA, inB]]) => inA !== inB)
    .slice(0, 10)
    .map(([member, [inA, inB]]) => [member.slice(0, 300), inA, inB]);
}

const byId = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, n) => all + n, 0);

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test.skipIf(!here)(
  'the (rule, event) pairs behind the alerts are those of `vonggac detect` over the same files',
  { timeout: 600_000 },
  async () => {
    const files = recordFiles();
    const lines = files.flatMap((each) => each.lines);
    expect([files.length, lines.length]).toEqual([281, 10_015]);

    const dataDir = await mkdtemp(path.join(tmpdir(), 'vonggac-parity-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const platform = await startPlatform({
      dataDir,
      // Lines are compared to the byte with what `detect` reads, which masks nothing.
      env: { VONGGAC_RULES: ruleDirs.join(','), VONGGAC_MASKING: 'off' },
    });
    closers.push(() => platform.stop('SIGKILL'));
    const collector = await createToken(dataDir, ['--kind', 'collector', '--name', 'evtx', '--source', 'evtx']);
    const api = await createToken(dataDir, ['--kind', 'api', '--name', 'doc', '--role', 'viewer']);
    const { detect } = await healthOf(platform.url, api);
    expect(detect.rules).toBeGreaterThan(3700);

    const from = performance.now();
    expect(await postAll(platform.url, collector, partsOf(lines))).toBe(lines.length);
    const acceptedMs = performance.now() - from;
    const lastAcceptedMs = Date.now();
    await until(
      'every batch evaluated',
      async () => {
        const health = await healthOf(platform.url, api);
        return health.status !== 'down' && health.atMs > lastAcceptedMs && health.detect.waitingBatches === 0;
      },
      120_000,
    );
    const evaluatedMs = performance.now() - from;
    expect((await platform.stop()).code).toBe(0);

    const stored = await whatIsStored(dataDir);
    const offline = await offlinePairs(files);
    console.log(
      `${stored.raw.length} events, ${stored.pairs.length} pairs (${new Set(stored.pairs).size} different), ` +
        `${stored.eventsOfAlert.size} alerts, ${stored.incidents.size} incidents; ${detect.rules} rules, ` +
        `ready in ${Math.round(platform.readyMs)} ms, accepted in ${Math.round(acceptedMs)} ms, ` +
        `evaluated in ${Math.round(evaluatedMs)} ms`,
    );
    expect(difference(stored.raw, lines)).toEqual([]);
    expect(offline.length).toBeGreaterThan(1500);
    expect(difference(stored.pairs, offline)).toEqual([]);
    expect(sum(stored.eventsOfAlert)).toBe(stored.pairs.length);
    expect(byId(stored.eventsOfAlert)).toEqual(byId(stored.findingsOfAlert));
    expect(byId(stored.incidents)).toEqual(byId(stored.alertsOfIncident));
  },
);

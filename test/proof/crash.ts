import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { openEmbeddedClickHouse } from '../../src/backing/clickhouse-embedded.ts';
import { createLog } from '../../src/observe/log.ts';
import { acknowledgedBytes, buildAgent, type RunningAgent, startAgent } from '../harness/agent-process.ts';
import { type Link, openLink } from '../harness/link.ts';
import { alive, createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';
import { createRandom } from '../property/sigma-case-random.ts';

/**
 * The crash matrix: a running platform under load from the agent, from keyed posts over HTTP and over RELP, and a fault of
 * one kind at random moments. Whatever was acknowledged must be stored: once and in order where the protocol can say
 * "the same again" (agent, keyed posts), at least once over RELP, whose senders repeat what was not answered.
 */
export async function proveCrashes(o: {
  readonly moments: number;
  readonly seed: number;
  readonly kinds: readonly string[];
}): Promise<boolean> {
  const random = createRandom(o.seed).next;
  const built = mkdtempSync(path.join(tmpdir(), 'vonggac-agent-'));
  try {
    const program = await buildAgent(built);
    const results: Result[] = [];
    for (const fault of faults.filter(({ kind }) => o.kinds.length === 0 || o.kinds.includes(kind)))
      results.push(await run(fault, o.moments, program, random));
    const head = ['fault', 'moments', 'sender', 'acknowledged', 'lost', 'doubled', 'out of order'];
    console.log(`\n| ${head.join(' | ')} |\n|---|---:|---|---:|---:|---:|---:|`);
    for (const { kind, moments, tallies, skipped } of results) {
      if (skipped !== '') console.log(`| ${kind} | skipped: ${skipped} | | | | | |`);
      for (const t of tallies)
        console.log(
          `| ${kind} | ${moments} | ${t.sender} | ${t.acknowledged} | ${t.lost} | ${t.doubled} | ${t.disordered} |`,
        );
    }
    return results.every(({ tallies }) => tallies.every(isRight));
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

interface Tally {
  readonly sender: 'agent' | 'http' | 'relp';
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly disordered: number;
}

interface Result {
  readonly kind: string;
  readonly moments: number;
  readonly tallies: readonly Tally[];
  readonly skipped: string;
}

function isRight({ sender, lost, doubled, disordered }: Tally): boolean {
  return lost === 0 && (sender === 'relp' || (doubled === 0 && disordered === 0));
}

/** What a fault may lay hands on. */
interface Scene {
  readonly dir: string;
  readonly dataDir: string;
  readonly link: Link;
  platform: RunningPlatform;
  agent: RunningAgent;
  restartPlatform(): Promise<void>;
  restartAgent(): void;
}

interface Fault {
  readonly kind: string;
  /** Before the platform starts; a text says why it cannot be tried here. */
  prepare?(dataDir: string): string;
  strike(scene: Scene, random: () => number): Promise<void>;
  clean?(dataDir: string): void;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function killChild(scene: Scene, pattern: RegExp): Promise<void> {
  const pid = await until('the child is there', () => scene.platform.children(pattern)[0] ?? null);
  process.kill(pid, 'SIGKILL');
  await until('the child is gone', () => !alive(pid));
}

const faults: readonly Fault[] = [
  {
    kind: 'SIGKILL of the agent',
    strike: async (scene) => {
      await scene.agent.kill9();
      scene.restartAgent();
    },
  },
  {
    kind: 'SIGKILL of the collector',
    strike: async (scene) => {
      await scene.platform.kill9();
      await scene.restartPlatform();
    },
  },
  { kind: 'SIGKILL of ClickHouse', strike: (scene) => killChild(scene, /clickhouse-child/) },
  { kind: 'SIGKILL of Redis', strike: (scene) => killChild(scene, /^\S*redis-server/) },
  {
    kind: 'SIGKILL of the whole tree',
    strike: async (scene) => {
      const children = scene.platform.children(/./);
      await Promise.all([scene.platform.kill9(), scene.agent.kill9()]);
      for (const pid of children) if (alive(pid)) process.kill(pid, 'SIGKILL');
      await scene.restartPlatform();
      scene.restartAgent();
    },
  },
  {
    kind: 'network cut',
    strike: async (scene, random) => {
      scene.link.cut();
      await pause(200 + random() * 1500);
      scene.link.restore();
    },
  },
  {
    kind: 'disk full',
    prepare: (dataDir) => {
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1g', 'tmpfs', dataDir]);
      return mounted.status === 0 ? '' : `no filesystem of its own can be mounted (${String(mounted.stderr).trim()})`;
    },
    strike: async (scene, random) => {
      const ballast = path.join(scene.dataDir, 'ballast');
      // As much as there is room for; dd ends with the error that is wanted.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M']);
      await pause(500 + random() * 1500);
      rmSync(ballast);
    },
    clean: (dataDir) => void spawnSync('umount', ['-l', dataDir]),
  },
];

async function run(fault: Fault, moments: number, program: string, random: () => number): Promise<Result> {
  const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-crash-'));
  const dataDir = path.join(dir, 'data');
  mkdirSync(dataDir);
  const skipped = fault.prepare?.(dataDir) ?? '';
  if (skipped !== '') {
    rmSync(dir, { recursive: true, force: true });
    return { kind: fault.kind, moments, tallies: [], skipped };
  }
  const [port, relpPort] = [await freePort(), await freePort()];
  const env = { VONGGAC_RELP: `127.0.0.1:${relpPort}` };
  const start = (): Promise<RunningPlatform> => startPlatform({ dataDir, env, args: ['--port', String(port)] });
  let platform = await start();
  const token = (source: string): Promise<string> =>
    createToken(dataDir, ['--kind', 'collector', '--name', source, '--source', source], env);
  const [agentToken, httpToken] = [await token('agent'), await token('http')];
  const [link, relpLink] = [await openLink(port), await openLink(relpPort)];
  const log = path.join(dir, 'a.log');
  writeFileSync(log, '');
  const state = path.join(dir, 'state');
  const startOne = (): RunningAgent =>
    startAgent(program, [log, '--server', link.url, '--state', state, '--begin', 'start'], { token: agentToken });
  const scene: Scene = {
    dir,
    dataDir,
    link: {
      ...link,
      sentBytes: 0,
      cut: () => {
        link.cut();
        relpLink.cut();
      },
      restore: () => {
        link.restore();
        relpLink.restore();
      },
    },
    platform,
    agent: startOne(),
    restartPlatform: async () => {
      scene.platform = platform = await start();
    },
    restartAgent: () => {
      scene.agent = startOne();
    },
  };
  const load = startLoad({ log, httpUrl: link.url, httpToken, relpPort: Number(new URL(relpLink.url).port) });
  try {
    for (let moment = 0; moment < moments; moment++) {
      const before = load.acknowledged();
      await until('the load goes on', () => load.acknowledged() >= before + 200, 60_000);
      await pause(random() * 800);
      await fault.strike(scene, random);
      console.error(`${fault.kind}: ${moment + 1} of ${moments}`);
    }
    await load.stop();
    await until('the agent is done', () => acknowledgedBytes(state) >= statSync(log).size, 120_000);
    await scene.agent.stop();
    await scene.platform.stop();
    return { kind: fault.kind, moments, skipped: '', tallies: await tally(dataDir, load) };
  } finally {
    await load.stop().catch(() => undefined);
    await scene.agent.kill9();
    await scene.platform.stop('SIGKILL');
    await Promise.all([link.close(), relpLink.close()]);
    fault.clean?.(dataDir);
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Load {
  /** Lines acknowledged to HTTP and RELP. */
  acknowledged(): number;
  readonly http: ReadonlySet<number>;
  readonly relp: ReadonlySet<number>;
  readonly written: () => number;
  stop(): Promise<void>;
}

const lineOf = (sender: string, n: number): string =>
  JSON.stringify({ sender, n, message: `Nhật ký số ${n} ${'x'.repeat(n % 200)}` });

/** Some thousand lines a second from three senders, until stopped; each then goes on until all it sent is answered. */
function startLoad(o: {
  readonly log: string;
  readonly httpUrl: string;
  readonly httpToken: string;
  readonly relpPort: number;
}): Load {
  let isOn = true;
  let written = 0;
  const http = new Set<number>();
  const relp = new Set<number>();

  const write = async (): Promise<void> => {
    while (isOn) {
      const lines = Array.from({ length: 50 }, () => lineOf('agent', written++));
      appendFileSync(o.log, `${lines.join('\n')}\n`);
      await pause(50);
    }
  };

  const post = async (): Promise<void> => {
    for (let first = 0; isOn; first += 50) {
      const numbers = Array.from({ length: 50 }, (_, i) => first + i);
      while (!(await postOnce(numbers, first))) await pause(50);
      for (const n of numbers) http.add(n);
    }
  };

  async function postOnce(numbers: readonly number[], key: number): Promise<boolean> {
    try {
      const answer = await fetch(`${o.httpUrl}/ingest/v1/ndjson`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${o.httpToken}`,
          'content-type': 'application/x-ndjson',
          'idempotency-key': `k${key}`,
        },
        body: numbers.map((n) => lineOf('http', n)).join('\n'),
        signal: AbortSignal.timeout(10_000),
      });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  const relay = async (): Promise<void> => {
    for (let next = 0; isOn; ) {
      next = await relpSession(next);
      if (isOn) await pause(100);
    }
    for (let next = relp.size === 0 ? 0 : Math.max(...relp) + 1; next < sentRelp; ) next = await relpSession(next);
  };
  let sentRelp = 0;

  /** One connection: numbers from `first` on, answered in order; resolves to the first that was not when it broke. */
  function relpSession(first: number): Promise<number> {
    return new Promise((resolve) => {
      const socket = connect(o.relpPort, '127.0.0.1');
      const window = 32;
      let answered = first;
      let next = first;
      let rest = '';
      let txnr = 1;
      let isOpen = false;
      const timer = setInterval(send, 10);
      function send(): void {
        if (!isOpen) return;
        while (next - answered < window && (isOn || next < sentRelp)) {
          const text = `<13>${lineOf('relp', next++)}`;
          sentRelp = Math.max(sentRelp, next);
          socket.write(`${++txnr} syslog ${Buffer.byteLength(text)} ${text}\n`);
        }
        if (!isOn && answered >= sentRelp) socket.destroy();
      }
      socket.setTimeout(15_000, () => socket.destroy());
      socket.on('connect', () => socket.write('1 open 15 relp_version=0\n\n'));
      socket.on('data', (chunk) => {
        rest += String(chunk);
        for (
          let found = /^(\d+) rsp (\d+)[ \n]/.exec(rest);
          found !== null;
          found = /^(\d+) rsp (\d+)[ \n]/.exec(rest)
        ) {
          const size = Number(found[2]);
          const whole = found[0].length + (size === 0 ? 0 : size + 1);
          if (rest.length < whole) return;
          const text = rest.slice(found[0].length, whole);
          rest = rest.slice(whole);
          if (!text.startsWith('200')) return void socket.destroy();
          if (isOpen) relp.add(answered++);
          isOpen = true;
        }
        send();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        resolve(answered);
      });
    });
  }

  const done = Promise.all([write(), post(), relay()]);
  return {
    http,
    relp,
    written: () => written,
    acknowledged: () => Math.min(http.size, relp.size) * 2,
    stop: async () => {
      isOn = false;
      await done;
    },
  };
}

async function tally(dataDir: string, load: Load): Promise<Tally[]> {
  const backing = await openEmbeddedClickHouse({ dataDir, log: createLog('silent') });
  const { url, username, password, database } = backing;
  const client = createClient({ url, username, password, database });
  try {
    const query = `SELECT id, raw, toUnixTimestamp64Milli(received_time) AS received FROM events ORDER BY received_time, batch`;
    const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{
      id: string;
      raw: string;
      received: string;
    }>();
    const placed = rows.map(({ id, raw, received }) => {
      const dash = id.lastIndexOf('-');
      const { sender, n } = JSON.parse(raw.slice(raw.indexOf('{'))) as { sender: string; n: number };
      return {
        sender,
        n,
        received: Number(received),
        batch: id.slice(0, dash),
        row: Number.parseInt(id.slice(dash + 1), 36),
      };
    });
    const all = Array.from({ length: load.written() }, (_, n) => n);
    return [tallyOf('agent', new Set(all)), tallyOf('http', load.http), tallyOf('relp', load.relp)];

    function tallyOf(sender: Tally['sender'], acknowledged: ReadonlySet<number>): Tally {
      const mine = placed
        .filter((each) => each.sender === sender)
        .sort((a, b) => a.received - b.received || (a.batch < b.batch ? -1 : a.batch > b.batch ? 1 : a.row - b.row));
      const stored = new Set(mine.map(({ n }) => n));
      const lost = [...acknowledged].filter((n) => !stored.has(n)).length;
      const disordered = mine.filter(({ n }, i) => i > 0 && n < (mine[i - 1]?.n ?? 0)).length;
      return { sender, acknowledged: acknowledged.size, lost, doubled: mine.length - stored.size, disordered };
    }
  } finally {
    await client.close();
    await backing.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

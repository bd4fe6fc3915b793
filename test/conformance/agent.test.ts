import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audienceOf } from '../../src/agent/bundle.ts';
import { defaultAgentLimits } from '../../src/agent/limits.ts';
import { follow } from '../../src/cli/ship.ts';
import { readShipSettings, type ShipFlags } from '../../src/cli/ship-settings.ts';
import { openAgentKey } from '../../src/compose/agent-key.ts';
import { buildAgent, type RunningAgent, startAgent } from '../harness/agent-process.ts';
import { type AgentServer, agentSource, agentToken, startAgentServer } from '../harness/agent-server.ts';
import { type Link, openLink } from '../harness/link.ts';
import { until } from '../harness/platform.ts';
import { randomOf } from '../harness/random.ts';

const journald = '/lib/systemd/systemd-journald';

let built = '';
let program = '';
let dir = '';
let server: AgentServer;
let link: Link;
let agent: RunningAgent | null = null;

beforeAll(async () => {
  built = mkdtempSync(path.join(tmpdir(), 'vonggac-agent-'));
  program = await buildAgent(built);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-ship-'));
  server = await startAgentServer();
  link = await openLink(server.port);
});
afterEach(async () => {
  await agent?.kill9();
  agent = null;
  await link.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const at = (name: string): string => path.join(dir, name);
const state = (): string => at('state');

function start(args: readonly string[] = []): RunningAgent {
  agent = startAgent(program, [at('*.log'), '--server', link.url, '--state', state(), '--begin', 'start', ...args]);
  return agent;
}

/** Lines of one writer, numbered, so that order and completeness are seen. */
const line = (writer: string, number: number): string =>
  `{"writer":"${writer}","n":${number},"text":"${'nội dung '.repeat(number % 7)}${Math.imul(number, 2654435761) >>> 0}"}\n`;

function write(name: string, from: number, to: number): void {
  let text = '';
  for (let n = from; n < to; n++) text += line(name, n);
  appendFileSync(at(`${name}.log`), text);
}

/** The numbers stored of a writer, in the order they were stored. */
function stored(name: string): number[] {
  return server.rows.flatMap(({ raw }) => {
    const read = JSON.parse(raw) as { writer: string; n: number };
    return read.writer === name ? [read.n] : [];
  });
}

const range = (to: number): number[] => Array.from({ length: to }, (_, n) => n);

async function untilStored(count: number): Promise<void> {
  await until(
    `${count} rows, there are ${server.rows.length}; the agent said: ${agent?.printed() ?? ''}`,
    () => server.rows.length >= count,
  );
}

/** The agent has read and sent everything: it ends by itself, and nothing more comes. */
async function finish(args: readonly string[] = []): Promise<void> {
  await agent?.kill9();
  const last = start(['--once', ...args]);
  expect([await last.ended, last.printed()]).toEqual([0, expect.any(String)]);
}

describe('lines arrive', () => {
  it('with their file, the machine, and their parser', async () => {
    writeFileSync(
      at('a.log'),
      'một dòng\nNov 22 10:00:00 sv-01 sshd[1]: Accepted password for an from 10.0.0.9 port 1\n',
    );
    const once = start(['--once']);
    expect(await once.ended).toBe(0);
    expect(server.rows.map(({ raw }) => raw)).toEqual([
      'một dòng',
      'Nov 22 10:00:00 sv-01 sshd[1]: Accepted password for an from 10.0.0.9 port 1',
    ]);
    expect(server.rows[0]?.fields['log.file.path']).toBe(at('a.log'));
    expect(server.rows[0]?.host).not.toBe('');
    expect(server.rows[1]?.host).toBe('sv-01');
    expect(JSON.parse(once.printed())).toMatchObject({ sentBatches: 1, rejectedLines: 0, spoolBatches: 0 });
  });

  it('from a file of records of several lines, whole', async () => {
    const record = (n: number): string =>
      `2026-11-22 10:00:0${n},000 ERROR [main] vn.gov.App - failed ${n}\njava.lang.IllegalStateException: x\n\tat vn.gov.App.run(App.java:${n})`;
    writeFileSync(at('a.log'), `${range(5).map(record).join('\n')}\n`);
    expect(await start(['--once', '--parser', 'java']).ended).toBe(0);
    expect(server.rows.map(({ raw }) => raw)).toEqual(range(5).map(record));
    expect(server.rows.every(({ parser }) => parser === 'java')).toBe(true);
  });

  it('under the header of their file', async () => {
    writeFileSync(at('a.log'), '#Fields: date time c-ip cs-uri-stem sc-status\n2026-11-22 10:00:00 10.0.0.7 /a 200\n');
    expect(await start(['--once']).ended).toBe(0);
    appendFileSync(at('a.log'), '2026-11-22 10:00:01 10.0.0.8 /b 404\n');
    expect(await start(['--once']).ended).toBe(0);
    expect(server.rows.map(({ raw, fields }) => [raw, fields['c-ip']])).toEqual([
      ['2026-11-22 10:00:00 10.0.0.7 /a 200', '10.0.0.7'],
      ['2026-11-22 10:00:01 10.0.0.8 /b 404', '10.0.0.8'],
    ]);
  });

  it('whatever they hold: NULs, no UTF-8, no end, too long', async () => {
    writeFileSync(
      at('a.log'),
      Buffer.concat([
        Buffer.from('a\0b c d e f g h i j k l m n\n'),
        Buffer.from([0x64, 0xf2, 0x6e, 0x67, 0x0a]),
        Buffer.from(`${'x'.repeat(3_000_000)}\ncuối`),
      ]),
    );
    expect(await start(['--once']).ended).toBe(0);
    expect(server.rows).toHaveLength(3);
    expect(server.rows[0]?.raw).toContain('a\0b');
    expect(server.rows[1]?.fields['vonggac.raw_base64']).toBe(Buffer.from([0x64, 0xf2, 0x6e, 0x67]).toString('base64'));
    expect(server.rows[2]?.raw).toBe('cuối');
    expect(server.deadLetters).toMatchObject([{ reason: 'too-long', bytes: 3_000_000 }]);
  });

  it('however many there are: a file of nothing but the shortest lines', async () => {
    writeFileSync(at('a.log'), `${'\n'.repeat(200_000)}${'x\n'.repeat(70_000)}`);
    expect(await start(['--once']).ended).toBe(0);
    expect(server.rows).toHaveLength(70_000);
  });

  it('over a link of 128 kbit/s, packed to less than 0.15 of what they were', async () => {
    link.setPace(16_000);
    write('a', 0, 6_000);
    const rawBytes = readFileSync(at('a.log')).length;
    const once = start(['--once']);
    expect(await once.ended).toBe(0);
    expect(stored('a')).toEqual(range(6_000));
    expect(server.wireBytes / rawBytes).toBeLessThan(0.15);
  });
});

describe('over TLS', () => {
  const make = (name: string, ...args: string[]): void => {
    const done = spawnSync('openssl', [
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      at(`${name}.key`),
      ...args,
    ]);
    if (done.status !== 0) throw new Error(done.stderr.toString());
  };

  it('with an authority of our own and the agent’s certificate; without either nothing goes', async () => {
    make('ca', '-x509', '-days', '2', '-out', at('ca.pem'));
    for (const name of ['localhost', 'may-01']) {
      make(name, '-out', at(`${name}.csr`));
      writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${name}`);
      const of = ['x509', '-req', '-days', '2', '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      const done = spawnSync('openssl', [
        ...of,
        '-in',
        at(`${name}.csr`),
        '-extfile',
        at(`${name}.ext`),
        '-out',
        at(`${name}.pem`),
      ]);
      expect(done.status, done.stderr.toString()).toBe(0);
    }
    const read = (name: string): Buffer => readFileSync(at(name));
    const tls = { ca: read('ca.pem'), cert: read('localhost.pem'), key: read('localhost.key') };
    const door = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (socket) => {
      const onward = connect(server.port, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      for (const each of [socket, onward]) each.on('error', () => each.destroy());
    });
    door.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(door.address() as AddressInfo).port}`;
    const own = ['--cert', at('may-01.pem'), '--key', at('may-01.key')];
    write('a', 0, 100);
    const run = (args: readonly string[]): RunningAgent => {
      agent = startAgent(program, [at('a.log'), '--server', url, '--state', state(), '--begin', 'start', ...args]);
      return agent;
    };
    try {
      for (const [args, why] of [
        [own, /self-signed|unable to (get|verify)/],
        [['--ca', at('ca.pem')], /certificate|alert|socket|ECONNRESET|EPROTO/],
      ] as const) {
        const running = run(args);
        await until(`it says ${why}`, () => why.test(running.printed()));
        await running.kill9();
      }
      expect(server.rows).toEqual([]);
      expect(await run(['--ca', at('ca.pem'), ...own, '--once']).ended).toBe(0);
      expect(stored('a')).toEqual(range(100));
    } finally {
      await agent?.kill9();
      door.close();
    }
  });
});

describe('the journal', () => {
  it('is followed from its cursor, over a kill', async () => {
    const script = `
      mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/log/journal || exit 77
      mkdir -p /run/systemd/journal
      ${journald} & daemon=$!
      for i in $(seq 100); do [ -S /run/systemd/journal/stdout ] && break; sleep 0.05; done
      [ -S /run/systemd/journal/stdout ] || { kill -9 $daemon; exit 77; }
      say() { for n in $(seq $1 $2); do echo "thu-$n"; done | systemd-cat -t vonggac-thu; }
      say 1 100
      "$0" --journald --begin start --server "$1" --state "$2" & agent=$!
      say 101 200; sleep 2; kill -9 $agent; say 201 300
      "$0" --journald --begin start --server "$1" --state "$2" & agent=$!
      say 301 400
      read _; journalctl -t vonggac-thu -o cat > "$3"; kill -9 $agent $daemon`;
    if (spawnSync('unshare', ['-m', 'true']).status !== 0) {
      console.log('skipped: no journal of our own can be started here (unshare)');
      return;
    }
    const shell = spawn('unshare', ['-m', 'sh', '-c', script, program, link.url, state(), at('journal.txt')], {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, NODE: process.execPath, VONGGAC_TOKEN: agentToken },
    });
    const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve));
    const heard = (): string[] => server.rows.flatMap(({ raw }) => /"MESSAGE":"(thu-\d+)"/.exec(raw)?.[1] ?? []);
    await until('all is stored, or there is no journal', () => heard().length >= 400 || shell.exitCode !== null);
    if (shell.exitCode === 77) {
      console.log('skipped: no journal of our own can be started here (mount, systemd-journald)');
      return;
    }
    shell.stdin.end('\n');
    await ended;
    // A busy journald takes what several writers said in an order of its own.
    const written = readFileSync(at('journal.txt'), 'utf8').trimEnd().split('\n');
    expect(written.toSorted()).toEqual(
      range(400)
        .map((n) => `thu-${n + 1}`)
        .toSorted(),
    );
    expect(heard()).toEqual(written);
    const ours = server.rows.filter(({ raw }) => raw.includes('"MESSAGE":"thu-'));
    expect(ours.map(({ parser, message }) => [parser, message])).toEqual(written.map((text) => ['journald', text]));
  });
});

describe('what the server tells', () => {
  it('is followed when it is signed with the pinned key and no older; the agent says how it does', async () => {
    const key = openAgentKey(at('server'));
    const other = openAgentKey(at('other server'));
    const telling = (version: number, file: string, by = key): void => {
      const input = { paths: [at(file)], exclude: [], source: '', parser: '', begin: 'start' } as const;
      const config = { inputs: [input], spoolBytesMax: 1 << 24, whenFull: 'block' } as const;
      const bundle = { version, audience: audienceOf(agentToken), issuedMs: 0, config };
      server.tell({ version, signed: by.sign(bundle) });
    };
    for (const name of ['first', 'second', 'third']) writeFileSync(at(`${name}.txt`), `${name}\n`);
    const run = (): RunningAgent =>
      startAgent(program, ['--server', link.url, '--state', state(), '--server-key', key.fingerprint]);

    telling(2, 'first.txt');
    agent = run();
    await untilStored(1);
    await until('it says which configuration is in force', () => server.reports.some((r) => r.configVersion === 2));
    await agent.kill9();

    for (const [why, tell] of [
      ['older', () => telling(1, 'second.txt')],
      ['another key', () => telling(3, 'second.txt', other)],
    ] as const) {
      tell();
      agent = run();
      const running = agent;
      await until(`it says ${why}`, () => running.printed().includes(why));
      await until('it tells the server', () => server.reports.at(-1)?.problems.some((p) => p.includes(why)) ?? false);
      await agent.kill9();
    }
    telling(4, 'third.txt');
    agent = run();
    await untilStored(2);
    expect(server.rows.map(({ raw }) => raw)).toEqual(['first', 'third']);
  });

  it('is taken by a running agent, which goes on from where it was', async () => {
    const key = openAgentKey(at('server'));
    const tell = (version: number, ...files: string[]): void => {
      const input = { paths: files.map(at), exclude: [], source: '', parser: '', begin: 'start' } as const;
      const config = { inputs: [input], spoolBytesMax: 1 << 24, whenFull: 'block' } as const;
      server.tell({ version, signed: key.sign({ version, audience: audienceOf(agentToken), issuedMs: 0, config }) });
    };
    writeFileSync(at('first.txt'), '1\n');
    writeFileSync(at('second.txt'), '2\n');
    tell(1, 'first.txt');
    const said: string[] = [];
    const settings = await readShipSettings([], shipFlags(key.fingerprint), agentToken);
    const stop = new AbortController();
    const world = { once: false, version: 'test', out: () => undefined, err: (what: string) => void said.push(what) };
    const limits = { ...defaultAgentLimits, reportMs: 200 };
    const running = follow(world, settings, stop.signal, limits);
    try {
      await untilStored(1);
      tell(2, 'first.txt', 'second.txt');
      await untilStored(2);
      appendFileSync(at('first.txt'), '3\n');
      await untilStored(3);
      await until('it says so', () => server.reports.at(-1)?.configVersion === 2);
    } finally {
      stop.abort();
    }
    expect(await running).toBe(0);
    expect(server.rows.map(({ raw }) => raw)).toEqual(['1', '2', '3']);
    expect(said.filter((what) => what.includes('in force'))).toHaveLength(2);
  });

  it('a parser pinned at the source cuts the records of a running agent, and of the next one while the server is away', async () => {
    const failed = (n: number): string => `2026-11-22 10:00:0${n},000 ERROR [main] vn.gov.App - failed ${n}`;
    const trace = (n: number): string => `java.lang.IllegalStateException: ${n}\n\tat vn.gov.App.run(App.java:${n})`;
    const said: string[] = [];
    const read = await readShipSettings([at('a.log')], { ...shipFlags(''), begin: 'start' }, agentToken);
    const other = { paths: [at('b.log')], exclude: [], source: '', parser: 'raw', begin: 'start' } as const;
    const settings = { ...read, config: { ...read.config, inputs: [...read.config.inputs, other] } };
    const spooled = (): number =>
      readdirSync(path.join(state(), 'spool')).filter((name) => name.endsWith('.batch')).length;
    const world = { once: false, version: 'test', out: () => undefined, err: (what: string) => void said.push(what) };
    // A line that is not part of a record goes at once; one that may be waits until another record begins.
    const limits = { ...defaultAgentLimits, reportMs: 200, gatherMs: 10, scanMs: 50, joinMs: 600_000 };
    const run = async (work: () => Promise<void>): Promise<void> => {
      const stop = new AbortController();
      const running = follow(world, settings, stop.signal, limits);
      try {
        await work();
      } finally {
        stop.abort();
      }
      expect(await running).toBe(0);
    };
    writeFileSync(at('a.log'), `${failed(1)}\n`);
    await run(async () => {
      await untilStored(1);
      server.pin('java');
      await until('it says so', () => server.reports.at(-1)?.inputs[0]?.parserFrom === 'source');
      expect(server.reports.at(-1)?.inputs).toEqual([
        { paths: [at('a.log')], source: '', files: 1, names: [at('a.log')], parser: 'java', parserFrom: 'source' },
        { paths: [at('b.log')], source: '', files: 0, names: [], parser: 'raw', parserFrom: 'agent' },
      ]);
      appendFileSync(at('a.log'), `${failed(2)}\n`);
      appendFileSync(at('a.log'), `${trace(2)}\n${failed(3)}\n`);
      await untilStored(2);
    });
    await server.stop();
    await run(async () => {
      // Once this line is in the spool, the beginning of the third record was looked at, too.
      writeFileSync(at('b.log'), 'b\n');
      await until('one batch is in the spool', () => spooled() > 0);
      appendFileSync(at('a.log'), `${trace(3)}\n`);
      appendFileSync(at('a.log'), `${failed(4)}\n`);
      await until('two are', () => spooled() > 1);
    });
    await server.start();
    await run(() => untilStored(4));
    expect(server.rows.map(({ raw }) => raw).filter((raw) => raw !== 'b')).toEqual([
      failed(1),
      `${failed(2)}\n${trace(2)}`,
      `${failed(3)}\n${trace(3)}`,
    ]);
    expect(said.filter((what) => what.includes('is read by java'))).toHaveLength(1);
  });

  it('lines may be stored as other sources that an administrator gave, and as no others', async () => {
    await server.stop();
    server = await startAgentServer({ sources: [{ ...agentSource, id: 'nginx-01', parser: 'auto' }] });
    const shipAs = async (name: string, source: string): Promise<void> => {
      writeFileSync(at(name), `${source}\n`);
      const args = ['--server', server.url, '--state', state(), '--begin', 'start', '--once', '--source', source];
      agent = startAgent(program, [at(name), ...args]);
      expect(await agent.ended).toBe(0);
    };
    await shipAs('a.log', 'nginx-01');
    await shipAs('b.log', 'somebody-else');
    expect(server.rows.map(({ raw, source }) => [raw, source])).toEqual([
      ['nginx-01', 'nginx-01'],
      ['somebody-else', agentSource.id],
    ]);
  });

  it('a second agent on the same state is refused; one that was killed leaves no lock behind', async () => {
    write('a', 0, 10);
    start();
    await untilStored(10);
    const second = startAgent(program, [at('*.log'), '--server', link.url, '--state', state()]);
    expect(await second.ended).toBe(2);
    expect(second.printed()).toContain('another agent');
    await finish();
  });
});

const shipFlags = (serverKey: string): ShipFlags => ({
  server: link.url,
  state: state(),
  serverKey,
  journald: false,
  once: false,
});

describe('a full spool', () => {
  it('with drop-oldest loses the oldest lines of the journal, counted, and none of a file', async () => {
    // A journal of its own: random, so that it does not pack, and larger than the spool.
    const entries = range(4000).map(
      (n) =>
        `{"__CURSOR":"c${n}","__REALTIME_TIMESTAMP":"1795323600000000","MESSAGE":"thu-${n} ${randomBytes(600).toString('base64')}"}\n`,
    );
    writeFileSync(at('entries'), entries.join(''));
    mkdirSync(at('bin'));
    const script = `#!/bin/sh\ncase "$*" in *--after-cursor=*) ;; *) cat ${at('entries')} ;; esac\nexec sleep 1000\n`;
    writeFileSync(at('bin/journalctl'), script, { mode: 0o755 });
    const config = {
      when_full: 'drop-oldest',
      spool_bytes_max: 1 << 20,
      inputs: [{ paths: ['journald'], begin: 'start' }],
    };
    writeFileSync(at('agent.json'), JSON.stringify(config));
    link.cut();
    write('a', 0, 500);
    const env = { PATH: `${at('bin')}:${process.env.PATH ?? ''}` };
    const args = [
      at('*.log'),
      '--config',
      at('agent.json'),
      '--server',
      link.url,
      '--state',
      state(),
      '--begin',
      'start',
    ];
    const running = startAgent(program, args, { env });
    agent = running;
    await until('lines are dropped', () => running.printed().includes('were dropped'));
    link.restore();
    const heard = (): number[] => server.rows.flatMap(({ raw }) => /thu-(\d+)/.exec(raw)?.slice(1).map(Number) ?? []);
    await until('the newest is stored', () => heard().includes(3999));
    const dropped = (): number =>
      [...running.printed().matchAll(/(\d+) lines of the journal were dropped/g)].reduce(
        (sum, [, lines]) => sum + Number(lines),
        0,
      );
    await until('each is stored or counted', () => heard().length + dropped() >= 4000);
    expect(heard().length + dropped()).toBe(4000);
    expect(heard()).toEqual(heard().toSorted((x, y) => x - y));
    await until('all of the file is stored', () => stored('a').length >= 500);
    expect(stored('a')).toEqual(range(500));
  });
});

describe('exactly once and in order', () => {
  const random = randomOf(20261122);

  it('the agent killed at random moments, under load and rotation', async () => {
    const written = { a: 0, b: 0 };
    start([at('*.log*')]);
    for (let round = 0; round < 10; round++) {
      for (const name of ['a', 'b'] as const) {
        write(name, written[name], written[name] + 400);
        written[name] += 400;
      }
      if (round % 3 === 1) {
        renameSync(at('a.log'), at(`a.log.${round}`));
        write('a', written.a, written.a + 10);
        written.a += 10;
      }
      await new Promise((resolve) => setTimeout(resolve, random() * 1200));
      await agent?.kill9();
      start([at('*.log*')]);
    }
    await untilStored(written.a + written.b);
    await finish([at('*.log*')]);
    // Three files by now, each in its order.
    expect(stored('a').sort((x, y) => x - y)).toEqual(range(written.a));
    expect(stored('b')).toEqual(range(written.b));
  });

  it('the network cut and the server stopped at random moments', async () => {
    let written = 0;
    start();
    for (let round = 0; round < 10; round++) {
      write('a', written, written + 500);
      written += 500;
      await new Promise((resolve) => setTimeout(resolve, random() * 800));
      if (round % 2 === 0) {
        link.cut();
        await new Promise((resolve) => setTimeout(resolve, random() * 500));
        link.restore();
      } else {
        await server.stop();
        await server.start();
      }
    }
    await untilStored(written);
    await finish();
    expect(stored('a')).toEqual(range(written));
  });

  it('killed between the server’s store and its acknowledgement', async () => {
    // Answers crawl, so that the kill finds the batch stored and the agent waiting.
    write('a', 0, 2000);
    for (let round = 0; round < 5; round++) {
      const before = server.rows.length;
      start();
      await until('a batch is stored', () => server.rows.length > before || server.rows.length === 2000);
      await agent?.kill9();
    }
    await finish();
    expect(stored('a')).toEqual(range(2000));
  });

  for (const [name, files] of [
    ['one copy of the state', ['state.json']],
    ['the other copy', ['state.copy.json']],
  ] as const) {
    it(`${name} is damaged`, async () => {
      write('a', 0, 500);
      await start(['--once']).ended;
      for (const file of files) truncateSync(path.join(state(), file), 100);
      write('a', 500, 700);
      const once = start(['--once']);
      await once.ended;
      expect(once.printed()).toContain('is damaged');
      expect(stored('a')).toEqual(range(700));
    });
  }

  for (const [name, damage] of [
    ['cut off', (place: string) => truncateSync(place, readFileSync(place).length - 100)],
    ['with other bytes in its body', (place: string) => spoil(place, readFileSync(place).length - 50)],
    ['with other bytes in its head', (place: string) => spoil(place, 60)],
    ['empty', (place: string) => truncateSync(place, 0)],
    ['half written', (place: string) => renameSync(place, `${place}.tmp`)],
  ] as const) {
    for (const which of ['first', 'last'] as const) {
      it(`the ${which} batch in the spool is ${name}`, async () => {
        link.cut();
        start();
        for (let i = 0; i < 3; i++) {
          write('a', i * 4000, i * 4000 + 4000);
          await until('it is in the spool', () => batches().length > i);
        }
        await agent?.kill9();
        const place = which === 'first' ? batches()[0] : batches().at(-1);
        damage(place ?? '');
        link.restore();
        await finish();
        expect(stored('a').sort((x, y) => x - y)).toEqual(range(12_000));
      });
    }
  }

  it('the disk full: it says so, loses nothing, and goes on when there is room', async () => {
    mkdirSync(state());
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', state()]);
    if (mounted.status !== 0) {
      console.log(`skipped: no small filesystem can be mounted here (${mounted.stderr.toString().trim()})`);
      return;
    }
    try {
      link.cut();
      start();
      // Some batches fit, and all of them do not.
      const written = 150_000;
      write('a', 0, written);
      await until('the disk is full', () => agent?.printed().includes('the disk is full') ?? false);
      link.restore();
      await untilStored(written);
      await finish();
      expect(stored('a')).toEqual(range(written));
    } finally {
      await agent?.kill9();
      spawnSync('umount', [state()]);
    }
  });
});

function spoil(place: string, from: number): void {
  const bytes = readFileSync(place);
  bytes.fill(0x58, from, from + 20);
  writeFileSync(place, bytes);
}

function batches(): string[] {
  const spool = path.join(state(), 'spool');
  if (!existsSync(spool)) return [];
  return readdirSync(spool)
    .filter((name) => name.endsWith('.batch'))
    .sort()
    .map((name) => path.join(spool, name));
}

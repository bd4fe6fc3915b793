import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority, hasOpenssl, type Issued } from '../harness/certificates.ts';
import { type CollectWorld, sourceNamed, startCollectWorld } from '../harness/collect-world.ts';
import { hasRsyslog, hasSyslogNg, type LogClient, startRsyslog, startSyslogNg } from '../harness/log-clients.ts';
import { until } from '../harness/poll.ts';

const skipWhy = 'run scripts/setup.mjs test, which unpacks rsyslog and syslog-ng';
/** The daemons look at their files and open their connections when it suits them. */
const awaitedMs = 120_000;

let dir = '';
let world: CollectWorld;
let authority: Authority;
let server: Issued;
let device: Issued;
const clients: LogClient[] = [];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-clients-'));
  if (hasOpenssl) {
    authority = createAuthority(dir);
    server = authority.issue('collector.tinh.example', 'DNS:collector.tinh.example,IP:127.0.0.1');
    device = authority.issue('fw-01.tinh.example');
  }
  world = await startCollectWorld({
    listen: ['syslog-udp', 'syslog-tcp', 'relp', ...(hasOpenssl ? (['syslog-tls', 'relp-tls'] as const) : [])],
    sources: [
      sourceNamed('by-address', { addresses: ['127.0.0.1'] }),
      sourceNamed('by-certificate', { certificates: ['fw-01.tinh.example'] }),
    ],
    ...(hasOpenssl ? { tls: { ...server, clientCa: authority.ca, clientsRequired: true } } : {}),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});
afterAll(async () => {
  await world.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Lines as an application writes them, Vietnamese among them; each is told from all others by its run and number. */
function linesOf(run: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, n) => `#${run}# ${n} Cán bộ Nguyễn Thị Hạnh đăng nhập thất bại từ 10.20.14.${n % 250}`,
  );
}

async function storedOf(run: string, count: number, source: string): Promise<string[]> {
  const ask = async () => (await world.stored(source)).map((row) => row.raw).filter((raw) => raw.includes(`#${run}#`));
  return until(ask, (raws) => raws.length >= count, awaitedMs).catch((error) => {
    throw new Error(`${error.message.slice(0, 200)}\n${clients.map((each) => each.said()).join('\n')}`);
  });
}

function folder(name: string): string {
  const made = path.join(dir, name);
  mkdirSync(made, { recursive: true });
  return made;
}

const logger = '/usr/bin/logger';
describe.skipIf(!existsSync(logger))(`logger (skipped where ${logger} is not)`, () => {
  it.each([
    ['UDP', 'syslog-udp', ['--udp']],
    ['TCP, by line ends', 'syslog-tcp', ['--tcp']],
    ['TCP, by octet counting', 'syslog-tcp', ['--tcp', '--octet-count']],
  ] as const)('%s: what was sent is stored, byte for byte and in order', async (name, transport, args) => {
    const run = name.replaceAll(/\W/g, '');
    const lines = linesOf(run, 200);
    const sent = spawn(logger, [
      '-n',
      '127.0.0.1',
      '-P',
      String(world.listeners.ports[transport]),
      ...args,
      '--rfc5424',
      '-t',
      'qlvb',
    ]);
    sent.stdin.end(`${lines.join('\n')}\n`);
    expect(await new Promise((resolve) => sent.once('exit', resolve))).toBe(0);
    const raws = await storedOf(run, lines.length, 'by-address');
    expect(raws.map(fromMark)).toEqual(lines);
    const [row] = (await world.stored('by-address')).filter(({ raw }) => raw.includes(`#${run}# 0`));
    expect(row).toMatchObject({ parser: 'syslog-5424', parseStatus: 'parsed', message: lines[0] });
  });
});

/** A snippet of docs/collectors.md, by its first line, with this test's names in it. */
function snippet(name: string, file: string): string {
  const page = readFileSync(new URL('../../docs/collectors.md', import.meta.url), 'utf8');
  const text = [...page.matchAll(/^```\n(# [^\n]+)\n(.*?)^```$/gms)].find(([, first]) => first === `# ${name}`)?.[2];
  if (text === undefined) throw new Error(`docs/collectors.md has no snippet "# ${name}"`);
  const { ports } = world.listeners;
  const names: Readonly<Record<string, string>> = {
    'target="collector.tinh.example"': 'target="127.0.0.1"',
    'syslog("collector.tinh.example"': 'syslog("127.0.0.1"',
    '5514': String(ports['syslog-tcp']),
    '6514': String(ports['syslog-tls']),
    '2514': String(ports.relp),
    '2515': String(ports['relp-tls']),
    '/etc/vonggac/ca.crt': authority?.ca,
    '/etc/vonggac/device.crt': device?.certificate,
    '/etc/vonggac/device.key': device?.key,
    '/var/log/qlvb/app.log': file,
    'follow-freq(1)': 'follow-freq(0.1)',
  };
  // In one go: a port of ours may have another's number in it.
  const any = new RegExp(
    Object.keys(names)
      .map((name) => name.replaceAll(/[()]/g, '\\$&'))
      .join('|'),
    'g',
  );
  return text.replaceAll(any, (name) => names[name] ?? name);
}

/** Appends to a file as an application does, some lines at a time. */
function append(file: string, lines: readonly string[]): void {
  for (let n = 0; n < lines.length; n += 100) appendFileSync(file, `${lines.slice(n, n + 100).join('\n')}\n`);
}

const fromMark = (raw: string): string => raw.slice(raw.indexOf('#'));

describe.skipIf(!hasRsyslog)(`rsyslog as docs/collectors.md says (skipped when absent: ${skipWhy})`, () => {
  /** A file that rsyslog follows; what it does with the lines is the snippet. */
  function follow(name: string, run = name): { readonly file: string; readonly client: LogClient } {
    const own = folder(run);
    const file = path.join(own, 'app.log');
    writeFileSync(file, '');
    const config = path.join(own, 'rsyslog.conf');
    const text = snippet(`rsyslog: ${name}`, file);
    const input = text.includes('imfile')
      ? ''
      : `module(load="imfile")\ninput(type="imfile" file="${file}" tag="qlvb")\n`;
    writeFileSync(config, `global(workDirectory="${own}")\n${input}${text}`);
    const client = startRsyslog(config, own);
    clients.push(client);
    return { file, client };
  }

  it.each([
    ['tcp', 'by-address'],
    ['tls', 'by-certificate'],
    ['relp', 'by-address'],
    ['relp-tls', 'by-certificate'],
    ['file', 'by-address'],
  ])('imfile → %s: what was written is stored, byte for byte and in order', async (name, source) => {
    if (name.endsWith('tls') && !hasOpenssl) return;
    const { file } = follow(name);
    const lines = linesOf(name, 3_000);
    append(file, lines);
    expect((await storedOf(name, lines.length, source)).map(fromMark)).toEqual(lines);
  });

  it('lines ended by LF only, as older configurations send them', async () => {
    const own = folder('lf');
    const file = path.join(own, 'app.log');
    writeFileSync(file, '');
    const config = path.join(own, 'rsyslog.conf');
    const text = snippet('rsyslog: tcp', file).replace('TCP_Framing="octet-counted"', '');
    writeFileSync(
      config,
      `global(workDirectory="${own}")\nmodule(load="imfile")\ninput(type="imfile" file="${file}" tag="qlvb")\n${text}`,
    );
    clients.push(startRsyslog(config, own));
    const lines = linesOf('lf', 2_000);
    append(file, lines);
    expect((await storedOf('lf', lines.length, 'by-address')).map(fromMark)).toEqual(lines);
  });

  it('RELP, the engine killed on the way: every line once and in order', async () => {
    const { file } = follow('relp', 'killed');
    const lines = linesOf('killed', 4_000);
    append(file, lines.slice(0, 2_000));
    await storedOf('killed', 100, 'by-address');
    if (world.pid === null) throw new Error('no child of ours to kill');
    process.kill(world.pid, 'SIGKILL');
    append(file, lines.slice(2_000));
    expect((await storedOf('killed', lines.length, 'by-address')).map(fromMark)).toEqual(lines);
  });

  it('RELP, the sender killed on the way: every line of its file, though some twice', async () => {
    const { file, client } = follow('relp', 'sender');
    const lines = linesOf('sender', 4_000);
    append(file, lines.slice(0, 2_000));
    await storedOf('sender', 100, 'by-address');
    await client.stop('SIGKILL');
    append(file, lines.slice(2_000));
    const own = folder('sender');
    rmSync(path.join(own, 'rsyslogd.pid'), { force: true });
    clients.push(startRsyslog(path.join(own, 'rsyslog.conf'), own));
    const ask = async () => [...new Set((await storedOf('sender', 0, 'by-address')).map(fromMark))];
    const stored = await until(ask, (seen) => seen.length >= lines.length, awaitedMs);
    expect(stored.sort()).toEqual([...lines].sort());
  });
});

describe.skipIf(!hasSyslogNg || !hasOpenssl)(
  `syslog-ng as docs/collectors.md says (skipped when absent: ${skipWhy})`,
  () => {
    it('file → TLS with a client certificate', async () => {
      const own = folder('ng');
      const file = path.join(own, 'app.log');
      writeFileSync(file, '');
      const config = path.join(own, 'syslog-ng.conf');
      writeFileSync(config, snippet('syslog-ng: tls', file));
      clients.push(startSyslogNg(config, own));
      const lines = linesOf('ng', 2_000);
      append(file, lines);
      expect((await storedOf('ng', lines.length, 'by-certificate')).map(fromMark)).toEqual(lines);
    });
  },
);

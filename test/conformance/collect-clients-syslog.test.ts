import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority, hasOpenssl, type Issued } from '../harness/certificates.ts';
import { type CollectWorld, sourceNamed, startCollectWorld } from '../harness/collect-world.ts';
import { hasRsyslog, hasSyslogNg, type LogClient, startRsyslog, startSyslogNg } from '../harness/log-clients.ts';
import { until } from '../harness/poll.ts';

const skipWhy = 'run scripts/setup.mjs test, which unpacks rsyslog and syslog-ng';
const awaited = 60_000;

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
    server = authority.issue('collector.test', 'DNS:collector.test,DNS:localhost,IP:127.0.0.1');
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
}, 120_000);

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
  return until(ask, (raws) => raws.length >= count, awaited).catch((error) => {
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
  ] as const)(
    '%s: what was sent is stored, byte for byte and in order',
    { timeout: awaited },
    async (name, transport, args) => {
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
      expect(raws.map((raw) => raw.slice(raw.indexOf('#')))).toEqual(lines);
      const [row] = (await world.stored('by-address')).filter(({ raw }) => raw.includes(`#${run}# 0`));
      expect(row).toMatchObject({ parser: 'syslog-5424', parseStatus: 'parsed', message: lines[0] });
    },
  );
});

describe.skipIf(!hasRsyslog)(`rsyslog (skipped when absent: ${skipWhy})`, () => {
  /** A file followed by imfile and sent by the action, as a server's own rsyslog does it. */
  function follow(name: string, action: string, globals = ''): string {
    const own = folder(name);
    const file = path.join(own, 'app.log');
    writeFileSync(file, '');
    const config = path.join(own, 'rsyslog.conf');
    writeFileSync(
      config,
      `global(workDirectory="${own}" maxMessageSize="64k" ${globals})
module(load="imfile" mode="inotify")
module(load="omrelp")
template(name="asItIs" type="string" string="%msg%")
input(type="imfile" file="${file}" tag="qlvb" ruleset="out")
ruleset(name="out") { ${action} }
`,
    );
    clients.push(startRsyslog(config, own));
    return file;
  }

  async function sendAndCompare(run: string, file: string, source: string, count = 2_000): Promise<void> {
    const lines = linesOf(run, count);
    for (let n = 0; n < count; n += 100) appendFileSync(file, `${lines.slice(n, n + 100).join('\n')}\n`);
    const raws = await storedOf(run, count, source);
    expect(raws.map((raw) => raw.slice(raw.indexOf('#')))).toEqual(lines);
  }

  it.each(['traditional', 'octet-counted'])('imfile → TCP, %s', { timeout: awaited }, async (framing) => {
    const run = `tcp${framing.slice(0, 3)}`;
    const port = world.listeners.ports['syslog-tcp'];
    const file = follow(
      run,
      `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" TCP_Framing="${framing}" template="RSYSLOG_SyslogProtocol23Format")`,
    );
    await sendAndCompare(run, file, 'by-address');
  });

  it.skipIf(!hasOpenssl)(
    'imfile → TLS with a client certificate: the source is the certificate’s',
    { timeout: awaited },
    async () => {
      const port = world.listeners.ports['syslog-tls'];
      const file = follow(
        'tls',
        `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" TCP_Framing="octet-counted"
        StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="collector.test"
        template="RSYSLOG_SyslogProtocol23Format")`,
        `DefaultNetstreamDriverCAFile="${authority.ca}" DefaultNetstreamDriverCertFile="${device.certificate}" DefaultNetstreamDriverKeyFile="${device.key}"`,
      );
      await sendAndCompare('tls', file, 'by-certificate');
    },
  );

  it('imfile → RELP', { timeout: awaited }, async () => {
    const port = world.listeners.ports.relp;
    const file = follow(
      'relp',
      `action(type="omrelp" target="127.0.0.1" port="${port}" windowSize="5000" template="RSYSLOG_SyslogProtocol23Format")`,
    );
    await sendAndCompare('relp', file, 'by-address', 5_000);
  });

  it.skipIf(!hasOpenssl)('imfile → RELP over TLS with a client certificate', { timeout: awaited }, async () => {
    const port = world.listeners.ports['relp-tls'];
    const file = follow(
      'relptls',
      `action(type="omrelp" target="127.0.0.1" port="${port}" tls="on" tls.caCert="${authority.ca}" tls.myCert="${device.certificate}"
        tls.myPrivKey="${device.key}" tls.authMode="name" tls.permittedPeer=["collector.test"] template="RSYSLOG_SyslogProtocol23Format")`,
    );
    await sendAndCompare('relptls', file, 'by-certificate');
  });
});

describe.skipIf(!hasSyslogNg || !hasOpenssl)(`syslog-ng (skipped when absent: ${skipWhy})`, () => {
  it('file → TLS with a client certificate', { timeout: awaited }, async () => {
    const own = folder('ng');
    const file = path.join(own, 'app.log');
    writeFileSync(file, '');
    const config = path.join(own, 'syslog-ng.conf');
    writeFileSync(
      config,
      `@version: 3.38
options { keep-hostname(yes); };
source s_app { file("${file}" follow-freq(0.1) flags(no-parse) program-override("qlvb")); };
destination d_platform { syslog("127.0.0.1" port(${world.listeners.ports['syslog-tls']}) transport("tls")
  tls(ca-file("${authority.ca}") cert-file("${device.certificate}") key-file("${device.key}") peer-verify(required-trusted))); };
log { source(s_app); destination(d_platform); };
`,
    );
    clients.push(startSyslogNg(config, own));
    const lines = linesOf('ng', 2_000);
    for (let n = 0; n < lines.length; n += 100) appendFileSync(file, `${lines.slice(n, n + 100).join('\n')}\n`);
    const raws = await storedOf('ng', lines.length, 'by-certificate');
    expect(raws.map((raw) => raw.slice(raw.indexOf('#')))).toEqual(lines);
  });
});

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import type { Notice } from '../../src/model/notice.ts';
import { createEmailChannel, createWebhookChannel, webhookKey } from '../../src/notify/index.ts';
import { signature } from '../../src/notify/webhook.ts';
import { isPublicAddress } from '../../src/outbound/public-address.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function noticeTo(recipient: string, o: Partial<Notice> = {}): Notice {
  return {
    id: '0123456789abcdef0123456789abcdef',
    alert: 'alert-1',
    incident: 'inc-1',
    system: 'qlvb',
    channel: 'email',
    recipient,
    origin: 'drill',
    subject: '[DIỄN TẬP] [Cao] SC-2611-7F3K: Truy cập web shell – Hệ thống quản lý văn bản',
    text: 'Kính gửi / To: Trực ban\n\nMã sự cố / Incident: SC-2611-7F3K\n',
    body: '{"notice":"0123"}',
    createdMs: Date.UTC(2026, 10, 22, 2, 30, 0),
    ...o,
  };
}

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A real SMTP server on a free port. */
async function startSmtp(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString('utf8'),
        });
        done(null, 'queued as 42');
      });
    },
    ...options,
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(() => new Promise<void>((done) => server.close(() => done())));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

/** No limit that a test is about: what answers, answers within it on any machine. */
const enoughMs = 60_000;

function email(smtpUrl: string): ReturnType<typeof createEmailChannel> {
  const channel = createEmailChannel({ smtpUrl, from: 'Vọng Gác <vonggac@soc.example.gov.vn>', timeoutMs: enoughMs });
  closing.push(() => channel.close());
  return channel;
}

function header(mail: Mail | undefined, name: string): string {
  const head = (mail?.text ?? '').split('\r\n\r\n', 1)[0]?.replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, body: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(body, 'base64').toString('latin1')
        : body
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9a-f]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
    .replaceAll(/[\u0080-\u00ff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
}

describe('e-mail to a real SMTP server', () => {
  test('the message arrives, with its subject, its one recipient and an id made of the notice', async () => {
    const { port, mails } = await startSmtp();
    const outcome = await email(`smtp://127.0.0.1:${port}`).send(noticeTo('truc@qlvb.example.gov.vn'));
    expect(outcome).toEqual({ kind: 'sent', detail: expect.stringContaining('queued as 42') });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'vonggac@soc.example.gov.vn', to: ['truc@qlvb.example.gov.vn'] });
    expect(decodeWords(header(mails[0], 'subject'))).toMatch(/^\[DIỄN TẬP\] \[Cao\] SC-2611-7F3K: Truy cập web shell/);
    expect(header(mails[0], 'message-id')).toBe('<0123456789abcdef0123456789abcdef@soc.example.gov.vn>');
    expect(header(mails[0], 'date')).toBe('Sun, 22 Nov 2026 02:30:00 +0000');
    expect(header(mails[0], 'auto-submitted')).toBe('auto-generated');
  });

  test('sent twice, the two messages carry one Message-ID', async () => {
    const { port, mails } = await startSmtp();
    const channel = email(`smtp://127.0.0.1:${port}`);
    await channel.send(noticeTo('a@example.gov.vn'));
    await channel.send(noticeTo('a@example.gov.vn'));
    expect(new Set(mails.map((mail) => header(mail, 'message-id'))).size).toBe(1);
    expect(mails).toHaveLength(2);
  });

  test('a line break in the subject starts no new header, and a list of addresses is no second recipient', async () => {
    const { port, mails } = await startSmtp();
    const hostile = noticeTo('a@example.gov.vn', { subject: 'x\r\nBcc: thief@example.com\r\n\r\nbody' });
    await email(`smtp://127.0.0.1:${port}`).send(hostile);
    expect(mails[0]?.to).toEqual(['a@example.gov.vn']);
    expect(header(mails[0], 'bcc')).toBe('');
    await email(`smtp://127.0.0.1:${port}`).send(noticeTo('a@example.gov.vn, thief@example.com'));
    expect(mails.flatMap(({ to }) => to)).not.toContain('thief@example.com');
  });

  const refusals: readonly [string, number, boolean][] = [
    ['mailbox full for now', 450, false],
    ['no such mailbox', 550, true],
  ];
  test.each(refusals)('%s: %i is permanent: %s', async (message, responseCode, permanent) => {
    const { port } = await startSmtp({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error(message), { responseCode })),
    });
    const outcome = await email(`smtp://127.0.0.1:${port}`).send(noticeTo('a@example.gov.vn'));
    expect(outcome).toEqual({ kind: 'failed', permanent, detail: expect.stringContaining(message) });
  });

  test('a server that is not there is a try that failed, not a crash', async () => {
    const outcome = await email('smtp://127.0.0.1:1').send(noticeTo('a@example.gov.vn'));
    expect(outcome).toMatchObject({ kind: 'failed', permanent: false });
  });

  test('a refused login can be mended and shows no password', async () => {
    const { port } = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('bad login'), { responseCode: 535 })),
    });
    const outcome = await email(`smtp://soc:b%C3%AD-m%E1%BA%ADt@127.0.0.1:${port}`).send(noticeTo('a@example.gov.vn'));
    expect(outcome).toMatchObject({ kind: 'failed', permanent: false });
    expect(JSON.stringify(outcome)).not.toMatch(/bí-mật|soc:/);
  });

  test('a server that says nothing times out', async () => {
    const { createServer: createTcp } = await import('node:net');
    const silent = createTcp(() => undefined);
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    closing.push(() => new Promise<void>((done) => silent.close(() => done())));
    const { port } = silent.address() as AddressInfo;
    const channel = createEmailChannel({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'a@b.vn', timeoutMs: 300 });
    closing.push(() => channel.close());
    expect(await channel.send(noticeTo('a@example.gov.vn'))).toMatchObject({ kind: 'failed', permanent: false });
  });
});

interface Call {
  readonly request: IncomingMessage;
  readonly body: string;
}

async function startHttp(answer: RequestListener): Promise<{ port: number; calls: Call[]; server: Server }> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      calls.push({ request, body: Buffer.concat(parts).toString('utf8') });
      answer(request, response);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return { port: (server.address() as AddressInfo).port, calls, server };
}

const nowMs = Date.UTC(2026, 10, 22, 2, 31, 7);

function webhook(allowedHosts: readonly string[], timeoutMs = enoughMs): ReturnType<typeof createWebhookChannel> {
  const channel = createWebhookChannel({
    secret: 'khóa chính',
    allowedHosts,
    timeoutMs,
    answerBytesMax: 100,
    clock: () => nowMs,
  });
  closing.push(() => channel.close());
  return channel;
}

describe('webhook to a real HTTP server', () => {
  test('the body arrives as written, signed with the system’s own key over time and body', async () => {
    const { port, calls } = await startHttp((_, response) => response.end('ok'));
    const notice = noticeTo(`http://127.0.0.1:${port}/hook?k=v`, { channel: 'webhook' });
    expect(await webhook(['127.0.0.1']).send(notice)).toEqual({ kind: 'sent', detail: 'HTTP 200 ok' });
    const [call] = calls;
    expect(call?.body).toBe(notice.body);
    expect(call?.request.url).toBe('/hook?k=v');
    const seconds = Number(call?.request.headers['x-vonggac-timestamp']);
    expect(seconds).toBe(nowMs / 1000);
    const key = webhookKey('khóa chính', 'qlvb');
    expect(call?.request.headers['x-vonggac-signature']).toBe(signature(key, seconds, notice.body));
    expect(call?.request.headers['x-vonggac-notice']).toBe(notice.id);
    expect(webhookKey('khóa chính', 'tthc')).not.toBe(key);
    expect(signature(key, seconds, `${notice.body} `)).not.toBe(signature(key, seconds, notice.body));
    expect(signature(key, seconds + 1, notice.body)).not.toBe(signature(key, seconds, notice.body));
  });

  test('a redirect is final and not followed', async () => {
    const target = await startHttp((_, response) => response.end('reached'));
    const { port } = await startHttp((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${target.port}/` }).end();
    });
    const outcome = await webhook(['127.0.0.1']).send(noticeTo(`http://127.0.0.1:${port}/`));
    expect(outcome).toMatchObject({ kind: 'failed', permanent: true, detail: 'HTTP 302' });
    expect(target.calls).toHaveLength(0);
  });

  const statuses: readonly [number, boolean][] = [
    [400, false],
    [404, false],
    [410, true],
    [429, false],
    [500, false],
    [503, false],
  ];
  test.each(statuses)('HTTP %i: permanent %s', async (status, permanent) => {
    const { port } = await startHttp((_, response) => response.writeHead(status).end('no'));
    const outcome = await webhook(['127.0.0.1']).send(noticeTo(`http://127.0.0.1:${port}/`));
    expect(outcome).toEqual({ kind: 'failed', permanent, detail: `HTTP ${status} no` });
  });

  test('a server that never answers times out, one that answers without end is cut', async () => {
    const silent = await startHttp(() => undefined);
    const late = await webhook(['127.0.0.1'], 300).send(noticeTo(`http://127.0.0.1:${silent.port}/`));
    expect(late).toMatchObject({ kind: 'failed', permanent: false });
    const endless = await startHttp((_, response) => {
      const more = setInterval(() => response.write('x'.repeat(1000)), 5);
      response.on('close', () => clearInterval(more));
    });
    const cut = await webhook(['127.0.0.1']).send(noticeTo(`http://127.0.0.1:${endless.port}/`));
    expect(cut.kind).toBe('sent');
    expect(cut.detail.length).toBeLessThan(120);
  });

  test('one that says 200 and trickles on for ever has taken it, within the time limit', async () => {
    const { port } = await startHttp((_, response) => {
      const more = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(more));
    });
    // The head of the answer must be here within that: it is ours, but the machine may be busy.
    const outcome = await webhook(['127.0.0.1'], 3_000).send(noticeTo(`http://127.0.0.1:${port}/`));
    expect(outcome).toEqual({ kind: 'sent', detail: 'HTTP 200' });
  });

  const refused: readonly [string, string][] = [
    ['plain http', 'http://example.com/'],
    ['loopback literal', 'https://127.0.0.1/'],
    ['loopback in hex', 'https://0x7f000001/'],
    ['loopback in decimal', 'https://2130706433/'],
    ['loopback in one part', 'https://127.1/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv4 inside IPv6', 'https://[::ffff:10.0.0.1]/'],
    ['NAT64 of a private address', 'https://[64:ff9b::a00:1]/'],
    ['6to4 of a private address', 'https://[2002:a00:1::]/'],
    ['private 10/8', 'https://10.1.2.3/'],
    ['private 172.16/12', 'https://172.20.0.1/'],
    ['private 192.168/16', 'https://192.168.1.1/'],
    ['cloud metadata', 'https://169.254.169.254/latest/'],
    ['unspecified', 'https://0.0.0.0/'],
    ['carrier NAT', 'https://100.64.0.1/'],
    ['multicast', 'https://224.0.0.1/'],
    ['unique local IPv6', 'https://[fd00::1]/'],
    ['link-local IPv6', 'https://[fe80::1]/'],
    ['a login in the URL', 'https://user:pass@example.com/'],
    ['another scheme', 'file:///etc/passwd'],
    ['not a URL', 'example.com'],
  ];
  test.each(refused)('refuses %s for good', async (_, url) => {
    expect(await webhook([]).send(noticeTo(url))).toMatchObject({ kind: 'failed', permanent: true });
  });

  test('a name that resolves to a loopback address is refused after resolution, before anything is sent', async () => {
    const { port, calls } = await startHttp((_, response) => response.end('reached'));
    const outcome = await webhook([]).send(noticeTo(`https://localhost:${port}/`));
    expect(outcome).toMatchObject({ kind: 'failed', permanent: true, detail: expect.stringContaining('not public') });
    expect(calls).toHaveLength(0);
  });

  test('an allowed host with a port is allowed on that port only', async () => {
    const { port, calls } = await startHttp((_, response) => response.end('ok'));
    expect((await webhook([`127.0.0.1:${port}`]).send(noticeTo(`http://127.0.0.1:${port}/`))).kind).toBe('sent');
    expect((await webhook(['127.0.0.1:1']).send(noticeTo(`http://127.0.0.1:${port}/`))).kind).toBe('failed');
    expect(calls).toHaveLength(1);
  });
});

const addresses: readonly [string, boolean][] = [
  ['203.162.0.1', true],
  ['8.8.8.8', true],
  ['2001:4860:4860::8888', true],
  ['10.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['', false],
  ['localhost', false],
];
test.each(addresses)('address %s is public: %s', (address, want) => {
  expect(isPublicAddress(address)).toBe(want);
});

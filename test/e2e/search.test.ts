import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiError, EventSearch, EventView, Health } from '../../src/contract/api.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';

const lineBytesMax = 65_536;
const bodyBytesMax = 1_048_576;

const hourMs = 3_600_000;
/** All lines lie in one whole hour that is over. */
const fromMs = (Math.floor(Date.now() / hourMs) - 1) * hourMs;
const toMs = fromMs + hourMs;

const kinds = ['web', 'win', 'sys', 'app'] as const;
type Kind = (typeof kinds)[number];

/** A line and what the test knows about it. */
interface Sent {
  readonly kind: Kind;
  readonly n: number;
  readonly atMs: number;
  readonly line: string;
}

const linesPerKind = 75;
/** Four lines, one of each kind, at the same moment: order and pages must not depend on time alone. */
const stepMs = 40_000;

const paths = ['/vanban/xem.aspx?id=', '/vanban/tai/Cong-Van.PDF?so=', '/static/app.js?v='];
const statuses = [200, 404, 200, 500, 302];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function localParts(atMs: number): {
  readonly day: string;
  readonly month: string;
  readonly year: number;
  time: string;
} {
  const local = new Date(atMs + 7 * hourMs);
  const iso = local.toISOString();
  const month = months[local.getUTCMonth()] ?? '';
  return { day: iso.slice(8, 10), month, year: local.getUTCFullYear(), time: iso.slice(11, 19) };
}

function webLine(n: number, atMs: number): string {
  const { day, month, year, time } = localParts(atMs);
  const request = `GET ${paths[n % 3]}${n} HTTP/1.1`;
  return `203.0.113.${n % 5} - - [${day}/${month}/${year}:${time} +0700] "${request}" ${statuses[n % 5]} 512 "-" "Mozilla/5.0"`;
}

function winLine(n: number, atMs: number): string {
  return JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
        EventID: n % 2 === 0 ? 4625 : 4624,
        TimeCreated: { '#attributes': { SystemTime: new Date(atMs).toISOString() } },
        EventRecordID: n,
        Channel: 'Security',
        Computer: `MAY-0${n % 4}`,
      },
      EventData: {
        TargetUserName: n % 3 === 0 ? 'nguyen van a' : 'tran.b',
        IpAddress: '198.51.100.7',
        LogonType: 3,
        ProcessName: 'C:\\Thư Mục\\System32\\x.exe',
      },
    },
  });
}

function sysLine(n: number, atMs: number): string {
  const { day, month, time } = localParts(atMs);
  const text =
    n % 3 === 0 ? `Failed password for root from 198.51.100.7 port ${40_000 + n}` : `Connection closed (${n})`;
  return n % 2 === 0
    ? `<86>${month} ${day.replace(/^0/, ' ')} ${time} gw-01 sshd[${1000 + n}]: ${text}`
    : `<86>1 ${new Date(atMs).toISOString()} gw-02 sshd ${1000 + n} - - ${text}`;
}

/** Even ones composed (NFC), odd ones decomposed (NFD), as a Mac writes them. */
function appLine(n: number, atMs: number): string {
  const line = JSON.stringify({
    time: new Date(atMs).toISOString(),
    product: 'qlvb',
    category: 'application',
    host: 'QLVB-APP01',
    action: n % 5 === 0 ? 'tao_bao_cao' : 'dang_nhap',
    user_name: n % 3 === 0 ? 'Nguyễn Văn An' : 'Trần Thị Đào',
    message: n % 5 === 0 ? `Báo cáo sự cố số ${n}` : `Đăng nhập thành công, lần ${n}`,
  });
  return line.normalize(n % 2 === 0 ? 'NFC' : 'NFD');
}

const makers: Readonly<Record<Kind, (n: number, atMs: number) => string>> = {
  web: webLine,
  win: winLine,
  sys: sysLine,
  app: appLine,
};

const all: readonly Sent[] = Array.from({ length: linesPerKind }, (_, n) => n).flatMap((n) => {
  const atMs = fromMs + n * stepMs;
  return kinds.map((kind) => ({ kind, n, atMs, line: makers[kind](n, atMs) }));
});

const is =
  (kind: Kind, that: (n: number) => boolean = () => true) =>
  (sent: Sent): boolean =>
    sent.kind === kind && that(sent.n);
const status = (n: number): number => statuses[n % 5] ?? 0;
const isIncidentReport = is('app', (n) => n % 5 === 0);
const isAn = is('app', (n) => n % 3 === 0);
const nobody = (): boolean => false;

let platform: RunningPlatform;
let dataDir = '';
let admin = '';
const collectors = new Map<string, string>();
const closers: (() => Promise<unknown>)[] = [];

async function ask<T>(token: string, where: string, method = 'GET'): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${platform.url}/api/v1${where}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (answer.status === 204 ? null : await answer.json()) as T };
}

const eventsPath = (o: Readonly<Record<string, string>>): string =>
  `/events?${new URLSearchParams({ from: String(fromMs), to: String(toMs), limit: '500', ...o })}`;

async function search(o: Readonly<Record<string, string>>): Promise<EventSearch> {
  const { status: code, body } = await ask<EventSearch>(admin, eventsPath(o));
  expect([o, code]).toEqual([o, 200]);
  return body;
}

/** Search over the day up to now, where lines without a time of their own lie. */
async function searchToday(q: string): Promise<EventSearch> {
  const { status: code, body } = await ask<EventSearch>(admin, `/events?${new URLSearchParams({ q })}`);
  expect([q, code]).toEqual([q, 200]);
  return body;
}

interface Receipt {
  readonly accepted: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  readonly batch: string;
}

async function post(
  token: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Receipt & ApiError }> {
  const answer = await fetch(`${platform.url}/ingest/v1/ndjson`, {
    method: 'POST',
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/x-ndjson',
      ...headers,
    },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Receipt & ApiError };
}

const collector = (source: string): string => collectors.get(source) ?? '';
const gzipped = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text));

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vonggac-search-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const env = {
    VONGGAC_INGEST_LINE_BYTES_MAX: String(lineBytesMax),
    VONGGAC_INGEST_BODY_BYTES_MAX: String(bodyBytesMax),
  };
  platform = await startPlatform({ dataDir, env });
  closers.push(() => platform.stop('SIGKILL'));
  admin = await createToken(dataDir, ['--kind', 'api', '--name', 'quan-tri', '--role', 'admin']);
  for (const source of [...kinds, 'la', 'tu-choi']) {
    collectors.set(source, await createToken(dataDir, ['--kind', 'collector', '--name', source, '--source', source]));
  }
  for (const kind of kinds) {
    const body = all.filter(is(kind)).map(({ line }) => line);
    const sent =
      kind === 'win'
        ? await post(collector(kind), gzipped(body.join('\n')), { 'content-encoding': 'gzip' })
        : await post(collector(kind), body.join('\r\n'));
    expect([kind, sent.status, sent.body]).toMatchObject([kind, 200, { accepted: linesPerKind, rejected: [] }]);
  }
});

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('what was accepted is found at once', () => {
  const nfd = (text: string): string => text.normalize('NFD');

  it.each<[q: string, expected: (sent: Sent) => boolean]>([
    ['', () => true],
    ['*', () => true],
    ['source:web', is('web')],
    ['SOURCE:web', nobody],
    ['sc-status:404', is('web', (n) => status(n) === 404)],
    ['sc-status:>=400', is('web', (n) => status(n) >= 400)],
    ['sc-status:<400 cs-uri-stem:/vanban/*', is('web', (n) => status(n) < 400 && n % 3 !== 2)],
    ['cs-uri-stem:*.pdf', is('web', (n) => n % 3 === 1)],
    ['cs-uri-stem:/vanban', nobody],
    ['c-ip:203.0.113.3', is('web', (n) => n % 5 === 3)],
    ['c-ip:203.0.113.?', is('web')],
    ['c-ip:203_0_113_3', nobody],
    ['c-ip:%', nobody],
    ['category:webserver', is('web')],
    ['EventID:4625', is('win', (n) => n % 2 === 0)],
    ['EventID:462?', is('win')],
    ['EventID:4*5', is('win', (n) => n % 2 === 0)],
    ['Computer:may-02', is('win', (n) => n % 4 === 2)],
    ['TargetUserName:"nguyen van a"', is('win', (n) => n % 3 === 0)],
    ['TargetUserName:"nguyen van"', nobody],
    ['TargetUserName:"nguyen van*"', is('win', (n) => n % 3 === 0)],
    ['product:windows service:security', is('win')],
    ['host:gw-01', is('sys', (n) => n % 2 === 0)],
    ['parser:syslog-5424*', is('sys', (n) => n % 2 === 1)],
    // A message that was understood as well has both parsers.
    ['parser:syslog-5424+sshd', is('sys', (n) => n % 3 === 0 && n % 2 === 1)],
    ['program:sshd "failed password for root"', is('sys', (n) => n % 3 === 0)],
    ['root NOT host:gw-01', is('sys', (n) => n % 3 === 0 && n % 2 === 1)],
    ['198.51.100.7 -source:win', is('sys', (n) => n % 3 === 0)],
    ['NOT source:web', (sent) => sent.kind !== 'web'],
    ['-source:web -source:win -source:sys', is('app')],
    [
      '(source:web OR source:sys) NOT sc-status:200',
      (s) => s.kind === 'sys' || (s.kind === 'web' && status(s.n) !== 200),
    ],
    [
      'EventID:4625 OR sc-status:404 AND c-ip:203.0.113.1',
      (s) => is('win', (n) => n % 2 === 0)(s) || is('web', (n) => n % 5 === 1)(s),
    ],
    ['NOT EventID:*', (sent) => sent.kind !== 'win'],
    ['su co', isIncidentReport],
    ['"su co"', isIncidentReport],
    ['sự cố', isIncidentReport],
    [nfd('sự cố'), isIncidentReport],
    ['"BÁO CÁO SỰ CỐ"', isIncidentReport],
    [nfd('"báo cáo sự cố"'), isIncidentReport],
    ['message:"su co"', isIncidentReport],
    ['"dang nhap thanh cong"', is('app', (n) => n % 5 !== 0)],
    ['user_name:"Nguyễn Văn An"', isAn],
    [nfd('user_name:"Nguyễn Văn An"'), isAn],
    ['"nguyen van an"', isAn],
    ['"Nguyễn Văn An"', isAn],
    [nfd('"Nguyễn Văn An"'), isAn],
    ['System32\\x.exe', is('win')],
    ['"thu muc\\system32"', is('win')],
    ['user_name:"NGUYỄN VĂN *"', isAn],
    ['user_name:*Đào', is('app', (n) => n % 3 !== 0)],
    ['action:tao_* host:qlvb-app01', isIncidentReport],
    ['parse_status:parsed', () => true],
    ['parse_status:raw', nobody],
    [`user_name:"'; DROP TABLE events --"`, nobody],
    ['"\\"GET /static/"', is('web', (n) => n % 3 === 2)],
  ])('%s', async (q, expected) => {
    const wanted = all.filter(expected);
    const found = await search({ q });
    expect(found.items.map(({ raw }) => raw).sort()).toEqual(wanted.map(({ line }) => line).sort());
    expect(found).toMatchObject({ total: wanted.length, cursor: null, cut: '' });
    const bars = found.histogram.map((bar) => ({
      fromMs: bar.fromMs,
      count: wanted.filter(({ atMs }) => atMs >= bar.fromMs && atMs < bar.fromMs + found.bucketMs).length,
    }));
    expect(found.histogram).toEqual(bars);
    expect(found.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(wanted.length);
  });

  it.each<[range: string, from: number, to: number]>([
    ['begins with the first moment', fromMs + 10 * stepMs, toMs],
    ['ends before the last', fromMs, fromMs + 20 * stepMs],
    ['is of one millisecond', fromMs + 30 * stepMs, fromMs + 30 * stepMs + 1],
    ['lies between events', fromMs + 30 * stepMs + 1, fromMs + 31 * stepMs],
  ])('a range that %s', async (_, from, to) => {
    const wanted = all.filter(({ atMs }) => atMs >= from && atMs < to);
    const found = await search({ from: new Date(from).toISOString(), to: String(to) });
    expect(found.items.map(({ raw }) => raw).sort()).toEqual(wanted.map(({ line }) => line).sort());
    expect(found.total).toBe(wanted.length);
    expect(found.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(wanted.length);
  });

  it.each(['', 'NOT source:web'])('pages of %j hold everything once, newest first', async (q) => {
    const wanted = all.filter(({ kind }) => q === '' || kind !== 'web');
    const items: EventView[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const page = await search({ q, limit: '37', ...(cursor === '' ? {} : { cursor }) });
      expect(page.total).toBe(wanted.length);
      items.push(...page.items);
      cursor = page.cursor;
    }
    expect(pages).toBe(Math.ceil(wanted.length / 37));
    expect(new Set(items.map(({ id }) => id)).size).toBe(wanted.length);
    expect(items.map(({ raw }) => raw).sort()).toEqual(wanted.map(({ line }) => line).sort());
    const times = items.map(({ eventTimeMs }) => eventTimeMs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('one event by its id is the event of the list', async () => {
    const { items } = await search({ q: 'sự cố', limit: '1' });
    const [event] = items;
    expect((await ask<EventView>(admin, `/events/${event?.id}`)).body).toEqual(event);
  });
});

describe('a search that cannot be run says why', () => {
  it.each([
    ['host:', 0],
    ['sự cố host:', 6],
    ['(EventID:1', 0],
    ['a ) b', 2],
    ['x "chưa đóng', 2],
    ['a OR', 4],
    ['a AND AND b', 6],
    ['NOT', 3],
    ['a EventID:>cao', 2],
    [`${'('.repeat(11)}a${')'.repeat(11)}`, 10],
    ['a*b*c*d*e*f*g*h*i*j*k*l', 0],
  ])('%s', async (q, position) => {
    const { status: code, body } = await ask<ApiError & { position: number }>(admin, eventsPath({ q }));
    expect([code, body.code, body.position]).toEqual([400, 'bad-query', position]);
    expect([body.message, body.messageVi]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
  });

  it.each<[what: string, Readonly<Record<string, string>>, string]>([
    ['a cursor nobody gave out', { cursor: 'khong-phai' }, 'bad-cursor'],
    ['a misspelt parameter', { query: 'x' }, 'bad-request'],
    ['a range that ends before it begins', { from: String(toMs), to: String(fromMs) }, 'bad-request'],
    ['a range of decades', { from: '0', to: String(toMs) }, 'bad-request'],
    ['a time without a zone', { from: '2026-11-22T09:00:00' }, 'bad-request'],
    ['no items', { limit: '0' }, 'bad-request'],
    ['more text than anybody types', { q: 'x'.repeat(2001) }, 'bad-request'],
  ])('%s', async (_, o, code) => {
    expect(await ask(admin, eventsPath(o))).toMatchObject({ status: 400, body: { code } });
  });
});

describe('lines that are not as they should be', () => {
  it('what no parser understands is kept as it came, with the reason', async () => {
    const lines = ['đây không phải nhật ký nào cả', '{"dở dang": ', '\ufeff   chuỗi lạ\tcó tab'];
    const sent = await post(collector('la'), lines.join('\n'));
    expect(sent).toMatchObject({ status: 200, body: { accepted: 3, rejected: [] } });
    const found = await searchToday('parse_status:raw');
    expect(found.items.map(({ raw }) => raw.replace('\ufeff', '')).sort()).toEqual(
      lines.map((line) => line.replace('\ufeff', '')).sort(),
    );
    for (const event of found.items) {
      expect(event).toMatchObject({ parser: 'raw', parseStatus: 'raw', source: 'la' });
      expect(event.parseReason).toMatch(/^[a-z-]+/);
      expect(event.eventTimeMs).toBe(event.receivedTimeMs);
    }
    expect((await searchToday('"khong phai nhat ky"')).total).toBe(1);
    expect((await searchToday('parse_reason:format-unknown source:la')).total).toBe(2);
    const share = await until('health counts them', async () => {
      const { body } = await ask<Health>(admin, '/health');
      return body.sources.find(({ id }) => id === 'la')?.rawShare || null;
    });
    expect(share).toBe(1);
  });

  it('what is no line at all is rejected by number and kept as a dead letter', async () => {
    const long = `{"message":"${'a'.repeat(lineBytesMax)}"}`;
    const body = Buffer.concat([
      Buffer.from(`{"n":"truoc"}\n${long}\n{"n":"giua"}\n`),
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]),
      Buffer.from(`a${'\0'.repeat(50)}b\n\n{"n":"sau"}`),
    ]);
    const sent = await post(collector('la'), new Uint8Array(body));
    expect(sent).toMatchObject({
      status: 200,
      body: {
        accepted: 4,
        rejected: [
          { line: 2, reason: 'too-long' },
          { line: 5, reason: 'binary' },
        ],
      },
    });
    expect((await searchToday('n:truoc OR n:giua OR n:sau')).total).toBe(3);
    const { items } = (
      await ask<{ items: { source: string; transport: string; reason: string; head: string; bytes: number }[] }>(
        admin,
        '/dead-letters',
      )
    ).body;
    expect(items.map(({ reason }) => reason).sort()).toEqual(['binary', 'too-long']);
    const tooLong = items.find(({ reason }) => reason === 'too-long');
    expect(tooLong).toMatchObject({ source: 'la', transport: 'http', bytes: long.length, head: long.slice(0, 4096) });
  });
});

describe('the collector refuses', () => {
  const line = '{"n":"tu-choi"}';

  it.each<[what: string, () => ReturnType<typeof post>, code: number, name: string]>([
    ['without a token', () => post('', line), 401, 'unauthorized'],
    ['with an unknown token', () => post(`vgc_${'x'.repeat(43)}`, line), 401, 'unauthorized'],
    ['with an API token', () => post(admin, line), 401, 'unauthorized'],
    [
      'a body over the bound',
      () => post(collector('tu-choi'), `${line}\n`.repeat(bodyBytesMax / 16 + 1)),
      413,
      'body-too-large',
    ],
    [
      'a small gzip that unpacks beyond the bound',
      () => post(collector('tu-choi'), gzipped(`${line.padEnd(60_000)}\n`.repeat(100)), { 'content-encoding': 'gzip' }),
      413,
      'body-too-large',
    ],
    ['too many lines', () => post(collector('tu-choi'), '{}\n'.repeat(50_001)), 413, 'too-many-lines'],
    ['another type', () => post(collector('tu-choi'), line, { 'content-type': 'image/png' }), 415, 'unsupported-type'],
    [
      'another encoding',
      () => post(collector('tu-choi'), line, { 'content-encoding': 'compress' }),
      415,
      'unsupported-encoding',
    ],
    [
      'a broken gzip',
      () => post(collector('tu-choi'), gzipped(`${line}\n`.repeat(1000)).slice(0, 40), { 'content-encoding': 'gzip' }),
      400,
      'bad-gzip',
    ],
    [
      'a key too long',
      () => post(collector('tu-choi'), line, { 'idempotency-key': 'k'.repeat(201) }),
      400,
      'bad-idempotency-key',
    ],
  ])('%s', async (_, refused, code, name) => {
    const { status: said, body } = await refused();
    expect([said, body.code]).toEqual([code, name]);
    expect([body.message, body.messageVi]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
  });

  it('and stores nothing of it; a collector’s token opens nothing else', async () => {
    expect((await searchToday('source:tu-choi OR n:tu-choi')).total).toBe(0);
    for (const where of ['/events', '/alerts', '/health', '/sources'])
      expect([where, (await ask(collector('tu-choi'), where)).status]).toEqual([where, 401]);
  });

  it('a token that was revoked, within seconds', async () => {
    expect((await post(collector('tu-choi'), '{"n":"con-dung"}')).status).toBe(200);
    const { body } = await ask<{ items: { id: string; name: string }[] }>(admin, '/tokens');
    const token = body.items.find(({ name }) => name === 'tu-choi');
    expect([200, 204]).toContain((await ask(admin, `/tokens/${token?.id}`, 'DELETE')).status);
    await until(
      'the token is refused',
      async () => (await post(collector('tu-choi'), '{"n":"het-dung"}')).status === 401,
    );
  });
});

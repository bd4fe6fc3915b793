import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFeedSeal, openFeeds } from '../../src/compose/indicator-feeds.ts';
import { type Indicators, openIndicators } from '../../src/compose/indicators.ts';
import type { LedgerRow } from '../../src/model/incident.ts';
import { memoryApi, memoryLock } from '../harness/memory-api-ports.ts';
import { memoryIndicators } from '../harness/memory-indicators.ts';
import { startTaxii, type TaxiiServer } from '../harness/taxii-server.ts';

const secret = 'mật khẩu của nguồn';
const basic = `Basic ${Buffer.from(`soc:${secret}`).toString('base64')}`;
const words = { name: 'NCSC', description: '', source: 'NCSC', severity: 'high', tags: [], historyDays: 7 } as const;

function indicatorOf(n: number, value: string, more: object = {}): object {
  const id = `indicator--${n}`;
  const pattern = `[domain-name:value = '${value}']`;
  return { type: 'indicator', id, pattern, pattern_type: 'stix', modified: '2026-11-20T00:00:00Z', ...more };
}

describe('a list that is polled by TAXII 2.1', () => {
  let server: TaxiiServer;
  let indicators: Indicators;
  let rows: LedgerRow[];
  let store: ReturnType<typeof storeOf>;
  let nowMs: number;
  let feeds: ReturnType<typeof openFeeds>;
  const seal = createFeedSeal(() => new Uint8Array(32).fill(7));

  function storeOf() {
    const { memory, parts } = memoryApi();
    rows = memory.ledgerRows;
    return { ledger: parts.ledger, indicators: memoryIndicators(memory.ledgerRows) };
  }
  const open = (allowedHosts: readonly string[], with_ = seal) =>
    openFeeds({
      store: store as unknown as Parameters<typeof openFeeds>[0]['store'],
      desk: indicators.desk,
      lock: memoryLock(),
      seal: with_,
      allowedHosts,
      clock: () => nowMs,
    });

  beforeEach(async () => {
    nowMs = Date.UTC(2026, 10, 22, 3);
    server = await startTaxii({ authorization: basic });
    store = storeOf();
    indicators = openIndicators({ store, lock: memoryLock(), seal, clock: () => nowMs });
    feeds = open([server.host]);
    await put(0, { secret });
  });
  afterEach(async () => {
    await feeds.close();
    await server.close();
  });

  const put = (version: number, more: { readonly secret?: string; readonly root?: string } = {}) =>
    indicators.api.put(
      'ncsc',
      { ...words, feed: { root: server.root, collection: 'ncsc', user: 'soc', everyMinutes: 60, ...more } },
      version,
      'admin',
    );
  const poll = async () => (await indicators.api.lists())[0]?.poll;
  const values = async () => (await store.indicators.content('ncsc')).map(({ value }) => value).sort();

  it('takes page after page, goes on from the last date, and takes back what was revoked', async () => {
    for (let n = 1; n <= 5; n += 1)
      server.objects.push({ added: `2026-11-20T00:00:0${n}.000000Z`, object: indicatorOf(n, `evil${n}.vn`) });
    await feeds.round();
    expect(await values()).toEqual(['evil1.vn', 'evil2.vn', 'evil3.vn', 'evil4.vn', 'evil5.vn']);
    expect(await poll()).toMatchObject({ ok: true, pages: 3, objects: 5, added: 5, failure: '' });
    expect(server.asked[0]).toMatchObject({ accept: 'application/taxii+json;version=2.1', authorization: basic });
    server.objects.push(
      {
        added: '2026-11-20T00:00:06.000000Z',
        object: indicatorOf(2, 'evil2.vn', { revoked: true, modified: '2026-11-21T00:00:00Z' }),
      },
      { added: '2026-11-20T00:00:07.000000Z', object: indicatorOf(6, '127.0.0.1') },
    );
    await feeds.round();
    expect(server.asked.length).toBe(3);
    nowMs += 3_600_000;
    await feeds.round();
    expect(server.asked[3]?.query).toContain('added_after=2026-11-20T00%3A00%3A05.000000Z');
    expect(await values()).toEqual(['evil1.vn', 'evil3.vn', 'evil4.vn', 'evil5.vn']);
    expect(await poll()).toMatchObject({ ok: true, objects: 2, removed: 1, notTaken: 1 });
  });

  it('keeps its secret: sealed in the ledger, not answered, and never sent to another address', async () => {
    expect(JSON.stringify([await indicators.api.lists(), rows])).not.toContain(secret);
    expect((await indicators.api.lists())[0]?.feed).toMatchObject({ user: 'soc', hasSecret: true });
    await put(1);
    expect((await indicators.api.lists())[0]?.feed).toMatchObject({ hasSecret: true });
    await put(2, { root: 'https://other.example.vn/api1/' });
    expect((await indicators.api.lists())[0]?.feed).toMatchObject({ hasSecret: false });
    await feeds.close();
    await put(3, { secret });
    feeds = open(
      [server.host],
      createFeedSeal(() => new Uint8Array(32).fill(8)),
    );
    await feeds.round();
    expect(await poll()).toMatchObject({ ok: false, failure: expect.stringContaining('cannot be opened') });
  });

  it('does not go into our own network', async () => {
    await feeds.close();
    feeds = open([]);
    await feeds.round();
    expect(await poll()).toMatchObject({ ok: false, failure: expect.stringContaining('https') });
    for (const root of [
      'https://127.0.0.1/x/',
      'https://[::1]/x/',
      'https://localhost/x/',
      'https://169.254.169.254/x/',
    ]) {
      const [list] = await indicators.api.lists();
      await put(list?.version ?? 0, { root, secret });
      await feeds.round();
      expect(await poll(), root).toMatchObject({ ok: false, failure: expect.stringContaining('not public') });
    }
    expect(server.asked).toEqual([]);
  });

  it.each<[string, NonNullable<TaxiiServer['answer']>, string]>([
    ['refuses', (_, response) => void response.writeHead(403).end(), 'HTTP 403'],
    ['redirects', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 'HTTP 302'],
    [
      'is no TAXII server',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'not TAXII',
    ],
    [
      'answers what is no JSON',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/taxii+json' }).end('{"a'),
      'no JSON',
    ],
    [
      'repeats a page for ever',
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/taxii+json' })
          .end('{"more":true,"next":"1","objects":[]}'),
      'repeats',
    ],
    [
      'has pages without end',
      (request, response) => {
        const n = Number(new URL(request.url ?? '', 'http://x').searchParams.get('next') ?? '0') + 1;
        response
          .writeHead(200, { 'content-type': 'application/taxii+json' })
          .end(`{"more":true,"next":"${n}","objects":[]}`);
      },
      'too much',
    ],
    [
      'answers gigabytes',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/taxii+json' });
        const block = Buffer.alloc(1 << 20, ' ');
        const pour = (): void => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', pour);
        pour();
      },
      'over',
    ],
    ['hangs up', (request) => void request.socket.destroy(), 'SOCKET'],
  ])(
    'a server that %s is a failure that shows, and is asked again a quarter of an hour later',
    async (_, answer, why) => {
      server.answer = answer;
      await feeds.round();
      expect(await poll()).toMatchObject({ ok: false, failure: expect.stringContaining(why), added: 0 });
      const asked = server.asked.length;
      await feeds.round();
      expect(server.asked.length).toBe(asked);
      server.answer = null;
      nowMs += 15 * 60_000;
      server.objects.push({ added: '2026-11-20T00:00:01.000000Z', object: indicatorOf(1, 'evil.vn') });
      await feeds.round();
      expect(await values()).toEqual(['evil.vn']);
    },
  );
});

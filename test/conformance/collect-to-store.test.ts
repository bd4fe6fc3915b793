import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import { createIntake } from '../../src/ingest/index.ts';
import type { BatchRef } from '../../src/model/batch.ts';
import type { Receipt, Source } from '../../src/model/source.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { mappings, readLine } from '../harness/read-line.ts';

const source: Source = {
  id: 'web',
  name: 'web',
  org: 'so-tttt',
  system: 'qlvb',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};

/** From a request to rows in the real engine, which is killed on the way. */
describe('HTTP collector → belt → store', () => {
  const log = createLog('silent');
  const offered: BatchRef[] = [];
  let backing: Awaited<ReturnType<typeof startClickHouse>>;
  let store: Store;
  let url = '';
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    backing = await startClickHouse();
    closers.push(() => backing.close());
    store = await openStore({ backing, replicated: false, log, clock: Date.now });
    closers.push(() => store.close());
    const intake = createIntake({
      readLine,
      open: store.events.open,
      lookup: store.events.findBatch,
      deadLetter: store.events.insertDeadLetters,
      offer: async (ref) => {
        offered.push(ref);
      },
      locate: () => ({ org: 'so-tttt', system: 'qlvb', level: 3 }),
      clock: Date.now,
      log,
      metrics: createMetrics(),
    });
    closers.push(() => intake.close());
    const app = Fastify();
    closers.push(() => app.close());
    const authenticate = async (token: string): Promise<Source | null> => (token === 'good' ? source : null);
    await app.register(createHttpCollector({ intake, authenticate, log, metrics: createMetrics() }));
    url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/ingest/v1/ndjson`;
  });

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  function post(body: string, key = ''): Promise<Response> {
    const headers: Record<string, string> = { authorization: 'Bearer good', 'content-type': 'application/x-ndjson' };
    if (key !== '') headers['idempotency-key'] = key;
    return fetch(url, { method: 'POST', body, headers });
  }

  async function stored(): Promise<string[]> {
    const batches = new Map(offered.map((ref) => [ref.id, ref]));
    const rows = await Promise.all([...batches.values()].map((ref) => store.events.readBatch(ref)));
    return rows.flat().map((row) => row.raw);
  }

  it('an acknowledged event reads back as it was evaluated', async () => {
    const line =
      '{"product":"qlvb","category":"application","action":"đăng nhập","n":18446744073709551615,"a":{"b":[1,null]}}';
    const receipt = (await (await post(`${line}\nplain words\n`)).json()) as Receipt;
    expect(receipt).toMatchObject({ accepted: 2, rejected: [] });
    const ref = offered.find(({ id }) => id === receipt.batch);
    if (ref === undefined) throw new Error('the batch was not offered');
    const [event, raw] = await store.events.readBatch(ref);
    expect(event).toMatchObject({
      id: `${receipt.batch}-0`,
      raw: line,
      logsource: { product: 'qlvb', categories: ['application'], services: [] },
      parser: 'json',
      level: 3,
    });
    expect(event?.fields).toEqual({
      product: 'qlvb',
      category: 'application',
      action: 'đăng nhập',
      n: '18446744073709551615',
      'a.b': [1, null],
    });
    // Both say with which mappings they were read.
    expect([event?.mappings, raw?.mappings]).toEqual([mappings.version, mappings.version]);
    expect(raw).toMatchObject({ parser: 'raw', parseReason: 'format-unknown', raw: 'plain words' });
  });

  it('what is too large is a dead letter', async () => {
    const receipt = (await (await post(`{"a":1}\n${'x'.repeat(1_100_000)}\n`)).json()) as Receipt;
    expect(receipt).toMatchObject({ accepted: 1, rejected: [{ line: 2, reason: 'too-long' }] });
    const [letter] = await store.events.deadLetters(1);
    expect(letter).toMatchObject({ source: 'web', reason: 'too-long', bytes: 1_100_000 });
    expect(letter?.head).toHaveLength(4_096);
  });

  it('the engine killed in the middle: every acknowledged line once, with and without keys', async () => {
    const pid = backing.pid;
    const sent: string[] = [];
    async function sender(name: string, keyed: boolean): Promise<void> {
      for (let n = 0; n < 40; n++) {
        const lines = Array.from({ length: 5 }, (_, k) => JSON.stringify({ from: name, n, k }));
        for (let tries = 0; ; tries++) {
          const answer = await post(lines.join('\n'), keyed ? `${name}-${n}` : '');
          const body = (await answer.json()) as Receipt & { code?: string };
          if (answer.status === 200) {
            expect(body.accepted).toBe(5);
            sent.push(...lines);
            break;
          }
          expect([429, 503]).toContain(answer.status);
          // Without a key a sender may only repeat what was certainly not taken.
          expect(keyed || body.code !== 'outcome-unknown').toBe(true);
          if (tries > 600) throw new Error('never taken');
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (n === 15 && name === 'a' && pid !== null) process.kill(pid, 'SIGKILL');
      }
    }
    await Promise.all([sender('a', false), sender('b', false), sender('c', true), sender('d', true)]);
    const found = (await stored()).filter((raw) => raw.startsWith('{"from"'));
    expect(sent).toHaveLength(800);
    expect([...found].sort()).toEqual([...sent].sort());
    // A keyed batch repeated after all that is still answered from the ledger.
    const again = (await (await post('{"from":"c","n":0,"k":0}', 'c-0')).json()) as Receipt;
    expect(again.accepted).toBe(5);
  });
});

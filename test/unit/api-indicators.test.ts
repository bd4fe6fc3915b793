import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../harness/api-world.ts';

const list = {
  name: 'Cảnh báo NCSC',
  description: '',
  source: 'NCSC',
  severity: 'high',
  tags: [],
  historyDays: 30,
  feed: null,
};
const reason = 'cảnh báo số 12 của VNCERT';

describe('indicator lists over the API', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld({ limits: { indicatorBytesMax: 100_000 } });
    const made = await world.as('admin', { method: 'PUT', url: '/indicator-lists/ncsc', body: { list, version: 0 } });
    expect(made.statusCode, made.body).toBe(200);
  });
  afterEach(() => world.app.close());

  const upload = (role: 'admin' | 'analyst', body: string, type: string, query = '') =>
    world.as(role, {
      method: 'PUT',
      url: `/indicator-lists/ncsc/content${query}`,
      body,
      headers: { 'content-type': type },
    });

  it.each(['text/csv', 'application/json', 'application/octet-stream', 'application/x-www-form-urlencoded'])(
    'content is taken as it is, sent as %s',
    async (type) => {
      const answer = await upload('admin', 'evil.vn\n10.0.0.1\n', type);
      expect(answer.json().taken).toMatchObject({ format: 'csv', added: 1, notTakenTotal: 1 });
    },
  );

  it('a body over the bound, JSON that is none, and nothing at all are refused', async () => {
    expect((await upload('admin', 'x'.repeat(100_001), 'text/csv')).statusCode).toBe(413);
    const broken = await upload('admin', '{"type":"bundle",', 'application/json');
    expect([broken.statusCode, broken.json().code]).toEqual([422, 'indicators-refused']);
    expect((await upload('admin', '', 'text/csv')).statusCode).toBe(400);
    expect((await upload('admin', 'evil.vn', 'text/csv', '?mode=drop')).statusCode).toBe(400);
  });

  it('an analyst reads and adds for a reason, and the ledger has it; lists are the administrator’s', async () => {
    const add = (body: object) =>
      world.as('analyst', { method: 'POST', url: '/indicator-lists/ncsc/indicators', body });
    expect((await add({ value: 'hxxp://evil[.]vn/a', reason })).json().taken).toMatchObject({ added: 1, count: 1 });
    expect((await add({ value: 'evil2.vn', reason: 'ngắn' })).statusCode).toBe(400);
    const common = await add({ value: 'gov.vn', reason });
    expect([common.statusCode, common.json().messageVi]).toEqual([422, expect.stringContaining('phổ biến')]);
    expect(world.memory.ledgerRows.at(-1)).toMatchObject({
      kind: 'indicator-list',
      subject: 'ncsc',
      action: 'add',
      document: { change: { reason, added: 1 } },
    });
    const page = await world.as('analyst', { url: '/indicator-lists/ncsc/indicators?q=evil' });
    expect(page.json().items).toMatchObject([{ type: 'url', value: 'evil.vn/a', description: reason }]);
    expect((await upload('analyst', 'evil.vn', 'text/csv')).statusCode).toBe(403);
    const remove = { type: 'url', value: 'evil.vn/a', reason };
    const gone = await world.as('analyst', { method: 'DELETE', url: '/indicator-lists/ncsc/indicators', body: remove });
    expect(gone.json().taken).toMatchObject({ removed: 1, count: 0 });
  });

  it('who saw an older version is told', async () => {
    const again = await world.as('admin', { method: 'PUT', url: '/indicator-lists/ncsc', body: { list, version: 0 } });
    expect([again.statusCode, again.json()]).toMatchObject([409, { code: 'conflict', version: 1 }]);
  });

  it('a retired list takes nothing more', async () => {
    const url = '/indicator-lists/ncsc';
    expect((await world.as('admin', { method: 'DELETE', url, body: { reason } })).json().list.retired).toBe(true);
    expect((await upload('admin', 'evil.vn', 'text/csv')).statusCode).toBe(404);
  });
});

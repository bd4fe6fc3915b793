import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, hashSecret } from '../../src/api/index.ts';
import type { AgentReport } from '../../src/model/agent.ts';
import { openWorld, type World } from '../harness/api-world.ts';

let world: World;
let id = '';

const report: AgentReport = {
  version: '0.1.0',
  host: 'may-01',
  startedMs: 1,
  configVersion: 0,
  files: 3,
  lagBytes: 10,
  spoolBytes: 20,
  spoolBatches: 1,
  sentBatches: 5,
  sentRawBytes: 1000,
  sentWireBytes: 100,
  rejectedLines: 0,
  droppedLines: 0,
  bytesPerSecond: 16_000,
  inputs: [],
  problems: ['/var/log/x: EACCES'],
};

const config = {
  inputs: [{ paths: ['/var/log/nginx/*.log'], exclude: [], source: '', parser: 'nginx', begin: 'end' }],
  spoolBytesMax: 16_777_216,
  whenFull: 'block',
};

beforeAll(async () => {
  world = await openWorld();
  const wanted = { kind: 'collector', name: 'may 01', source: 'may-01' } as const;
  const { token, record } = await createToken(world.accounts, wanted, 'test', { createSource: true });
  id = record.id;
  world.memory.agents.set(hashSecret(token), { atMs: 77, peer: '10.0.0.5', report });
});
afterAll(() => world.app.close());

describe('agents', () => {
  it('are listed with what they said last and what they are told', async () => {
    const { key, items } = (await world.as('admin', { url: '/agents' })).json();
    expect(key).toBe('SHA256:test');
    expect(items).toEqual([
      { id, name: 'may 01', source: 'may-01', seenMs: 77, peer: '10.0.0.5', report, version: 0, config: null },
    ]);
  });

  it('that are older than what a report may say now are listed all the same', async () => {
    const { inputs: _, ...older } = report;
    world.memory.agents.set([...world.memory.agents.keys()][0] ?? '', { atMs: 78, peer: '', report: older as never });
    const { items } = (await world.as('admin', { url: '/agents' })).json();
    expect(items[0].report).toEqual(report);
  });

  it('are told what to do under the version that was seen', async () => {
    const put = (body: object) => world.as('admin', { method: 'PUT', url: `/agents/${id}/config`, body });
    expect((await put({ version: 0, config })).json()).toEqual({ version: 1 });
    expect((await put({ version: 0, config })).statusCode).toBe(409);
    expect((await world.as('admin', { url: '/agents' })).json().items[0]).toMatchObject({ version: 1, config });
    const stranger = { ...config, inputs: [{ ...config.inputs[0], source: 'nobody' }] };
    expect((await put({ version: 1, config: stranger })).json()).toMatchObject({ code: 'unknown-reference' });
  });

  it.each([
    ['too small a spool', { ...config, spoolBytesMax: 3 }, 'config.spoolBytesMax'],
    ['an input without a path', { ...config, inputs: [config.inputs[0], { paths: [] }] }, 'config.inputs[1].paths'],
    ['a name nobody knows', { ...config, input: [] }, 'config'],
    ['a word that is none of its two', { ...config, whenFull: 'drop' }, 'config.whenFull'],
  ])('%s is refused with its place', async (_name, wrong, place) => {
    const body = { version: 1, config: wrong };
    const answer = await world.as('admin', { method: 'PUT', url: `/agents/${id}/config`, body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(`${place}: `),
      messageVi: expect.stringContaining(`Sai ở ${place}: `),
    });
  });

  it('are nobody’s but administrators’', async () => {
    for (const role of ['analyst', 'organizer', 'owner', 'viewer', null] as const) {
      const status = role === null ? 401 : 403;
      expect((await world.as(role, { url: '/agents' })).statusCode).toBe(status);
      const put = await world.as(role, { method: 'PUT', url: `/agents/${id}/config`, body: { version: 0, config } });
      expect(put.statusCode).toBe(status);
    }
    const other = await world.as('admin', { method: 'PUT', url: '/agents/tok-x/config', body: { version: 0, config } });
    expect(other.statusCode).toBe(404);
  });
});

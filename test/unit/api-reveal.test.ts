import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, openWorld, type World } from '../harness/api-world.ts';

const mask = 'PII~phone~00000000000000aa';
const reason = 'gọi lại cho người bị hại';

describe('what stands behind a mask', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
    world.memory.events.push(
      { ...eventOf('b9-0', 'qlvb'), raw: `gọi ${mask}`, fields: { phone: mask } },
      eventOf('b9-1', 'qlvb'),
    );
  });
  afterEach(() => world.app.close());

  const ask = (role: 'admin' | 'analyst' | 'owner' | 'viewer' | 'organizer', body: object, id = 'b9-0') =>
    world.as(role, { method: 'POST', url: `/events/${id}/reveal`, body: { day: '2026-11-22', ...body } });

  it('is told to an analyst who says why, and the ledger has it before', async () => {
    const answer = await ask('analyst', { kind: 'phone', token: '00000000000000aa', reason });
    expect([answer.statusCode, answer.json()]).toEqual([200, { value: '0912345678' }]);
    const row = world.memory.ledgerRows.find(({ kind }) => kind === 'reveal');
    expect(row).toMatchObject({ subject: 'b9-0', document: { kind: 'phone', token: '00000000000000aa', reason } });
    expect(JSON.stringify(world.memory.ledgerRows)).not.toContain('0912345678');
  });

  it.each([
    ['no reason', 'analyst', { kind: 'phone', token: '00000000000000aa', reason: '          ' }, 'b9-0', 400],
    ['an event that does not hold it', 'analyst', { kind: 'phone', token: '00000000000000aa', reason }, 'b9-1', 404],
    ['another kind', 'analyst', { kind: 'cccd', token: '00000000000000aa', reason }, 'b9-0', 404],
    ['no token', 'analyst', { kind: 'phone', token: '%', reason }, 'b9-0', 400],
    ['an owner', 'owner', { kind: 'phone', token: '00000000000000aa', reason }, 'b9-0', 403],
    ['a viewer', 'viewer', { kind: 'phone', token: '00000000000000aa', reason }, 'b9-0', 403],
    ['an organizer', 'organizer', { kind: 'phone', token: '00000000000000aa', reason }, 'b9-0', 403],
  ] as const)('is not told: %s', async (_, role, body, id, status) => {
    const answer = await ask(role, body, id);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toContain('0912345678');
    expect(world.memory.ledgerRows.filter(({ kind }) => kind === 'reveal')).toEqual([]);
  });

  it('is not told while the ledger cannot be written', async () => {
    world.memory.storeAway = true;
    const answer = await ask('analyst', { kind: 'phone', token: '00000000000000aa', reason });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('0912345678');
  });

  it('a hundred an hour, and no more', async () => {
    const body = { kind: 'phone', token: '00000000000000aa', reason };
    for (let i = 0; i < 100; i++) expect((await ask('analyst', body)).statusCode).toBe(200);
    expect((await ask('analyst', body)).statusCode).toBe(429);
  });

  it('is found by who has it in hand: the search masks what is searched for', async () => {
    const range = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z';
    const searched = await world.as('analyst', { url: `/events?q=phone:0912345678&${range}` });
    expect(searched.json().items.map(({ id }: { id: string }) => id)).toEqual(['b9-0']);
  });
});

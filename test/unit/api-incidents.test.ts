import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentDetail } from '../../src/contract/api.ts';
import { openWorld, type World } from '../harness/api-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.app.close());

const act = (body: object, id = 'inc-qlvb') =>
  world.as('analyst', { method: 'POST', url: `/incidents/${id}/actions`, body });

describe('handling an incident', () => {
  test('state, assignment and comments move the card and its version; history tells who', async () => {
    expect((await act({ action: 'assign', version: 0, assignee: 'an' })).json()).toMatchObject({
      version: 1,
      assignee: 'an',
      state: 'new',
    });
    expect((await act({ action: 'state', version: 1, state: 'triage' })).json()).toMatchObject({
      version: 2,
      state: 'triage',
      assignee: 'an',
    });
    expect((await act({ action: 'comment', version: 2, text: ' đang\nxem ' })).json()).toMatchObject({
      version: 3,
      comments: 1,
    });
    const detail: IncidentDetail = (await world.as('viewer', { url: '/incidents/inc-qlvb' })).json();
    expect(detail.history.map(({ version, action, actor }) => [version, action, actor])).toEqual([
      [1, 'assign', 'token api analyst'],
      [2, 'state', 'token api analyst'],
      [3, 'comment', 'token api analyst'],
    ]);
    expect(detail.history.at(-1)?.document).toMatchObject({ text: 'đang\nxem' });
    const open = await world.as('viewer', { url: '/incidents?state=triage' });
    expect(open.json().items).toHaveLength(1);
    expect((await world.as('viewer', { url: '/incidents?state=new,resolved' })).json().items).toHaveLength(1);
  });

  test('whoever acted on an old version gets the newest card instead', async () => {
    await act({ action: 'state', version: 0, state: 'triage' });
    const late = await act({ action: 'state', version: 0, state: 'resolved', reason: 'xong' });
    expect(late.statusCode).toBe(409);
    expect(late.json()).toMatchObject({ code: 'conflict', newest: { id: 'inc-qlvb', version: 1, state: 'triage' } });
  });

  test('of two at once, one wins and one is told', async () => {
    const both = await Promise.all([
      act({ action: 'assign', version: 0, assignee: 'an' }),
      act({ action: 'assign', version: 0, assignee: 'binh' }),
    ]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  });

  const refusals: readonly [string, object, number, string][] = [
    ['closing without a reason', { action: 'state', version: 0, state: 'resolved' }, 422, 'action-refused'],
    ['a state nobody knows', { action: 'state', version: 0, state: 'gone' }, 400, 'bad-request'],
    ['an action nobody knows', { action: 'delete', version: 0 }, 400, 'bad-request'],
    ['no version', { action: 'assign', assignee: 'an' }, 400, 'bad-request'],
    ['an empty comment', { action: 'comment', version: 0, text: '  ' }, 400, 'bad-request'],
    ['a comment too long', { action: 'comment', version: 0, text: 'x'.repeat(4_001) }, 400, 'bad-request'],
    ['a bell in a comment', { action: 'comment', version: 0, text: 'a\u0007' }, 400, 'bad-request'],
  ];
  test.each(refusals)('%s', async (_, body, status, code) => {
    const response = await act(body);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code });
    expect(world.memory.ledgerRows.some(({ kind }) => kind === 'incident')).toBe(false);
  });

  test('an incident that is not there cannot be handled', async () => {
    expect((await act({ action: 'comment', version: 0, text: 'x' }, 'none')).statusCode).toBe(404);
    expect(world.memory.ledgerRows.some(({ kind }) => kind === 'incident')).toBe(false);
  });
});

describe('what an incident shows', () => {
  test('evidence with the fields that met the rule, deliveries, owner, late logs', async () => {
    const late = world.memory.alerts.find(({ id }) => id === 'alert-qlvb');
    if (late === undefined) throw new Error('no alert');
    world.memory.alerts[world.memory.alerts.indexOf(late)] = {
      ...late,
      firstReceivedMs: late.firstEventMs + 3_600_000,
    };
    const detail: IncidentDetail = (await world.as('analyst', { url: '/incidents/inc-qlvb' })).json();
    expect(detail.alerts).toMatchObject([
      { id: 'alert-qlvb', incidentCode: 'SC-2611-INC-QLVB', systemName: 'Hệ thống qlvb', lateMs: 3_600_000 },
    ]);
    expect(detail.evidence).toMatchObject([
      {
        event: { id: 'bqlvb-0', product: 'nginx', category: 'webserver', raw: expect.stringContaining('shell.jsp') },
        matched: [{ field: 'cs-uri-stem', spans: [[8, 9]] }],
        rule: 'rule-webshell',
      },
    ]);
    expect(detail.deliveries).toMatchObject([{ channel: 'email', outcome: 'sent', detail: '250 OK' }]);
    expect(detail.deliveries[0]).not.toHaveProperty('document');
    expect(detail.owner).toEqual({ name: 'Sở qlvb', duty: 'Trực qlvb' });
    expect(detail.card).toMatchObject({ systemName: 'Hệ thống qlvb', orgName: 'Sở qlvb', systemLevel: 3 });
  });

  test('evidence is bounded by alert and by page, the total is exact', async () => {
    await world.app.close();
    world = await openWorld({ limits: { evidencePerAlertMax: 2, evidencePerIncidentMax: 3 } });
    const { memory } = world;
    const alert = memory.alerts.find(({ id }) => id === 'alert-qlvb');
    const event = memory.events.find(({ id }) => id === 'bqlvb-0');
    if (alert === undefined || event === undefined) throw new Error('not filled');
    memory.alerts.length = 0;
    for (const a of [1, 2]) {
      const evidence = [0, 1, 2].map((n) => ({ event: `b${a}-${n}`, day: '2026-11-22' }));
      memory.alerts.push({ ...alert, id: `a${a}`, events: 50, evidence });
      for (const { event: id } of evidence) memory.events.push({ ...event, id });
    }
    const detail: IncidentDetail = (await world.as('analyst', { url: '/incidents/inc-qlvb' })).json();
    expect(detail.evidence.map(({ event: { id } }) => id)).toEqual(['b1-0', 'b1-1', 'b2-0']);
    expect(detail.evidenceTotal).toBe(100);
  });

  test('an event that retention removed is left out, the rest stays', async () => {
    world.memory.events.length = 0;
    const detail: IncidentDetail = (await world.as('analyst', { url: '/incidents/inc-qlvb' })).json();
    expect(detail.evidence).toEqual([]);
    expect(detail.evidenceTotal).toBe(1);
  });
});

describe('lists', () => {
  const filters: readonly [string, number][] = [
    ['/alerts', 2],
    ['/alerts?system=qlvb', 1],
    ['/alerts?rule=rule-webshell', 2],
    ['/alerts?rule=other', 0],
    ['/alerts?drill=d1', 0],
    ['/alerts?since=2026-11-22T09:30:01%2B07:00', 2],
    ['/alerts?since=2026-11-22T02:30:02Z', 0],
    ['/alerts?since=1795314602000', 0],
    ['/incidents?state=open', 2],
    ['/incidents?state=resolved,false_positive', 0],
    ['/events?q=host:qlvb*', 1],
    ['/events?q=c_ip:203.0.113.9', 2],
    ['/events?to=2026-11-22T02:30:00Z', 0],
  ];
  test.each(filters)('%s: %i', async (url, want) => {
    const response = await world.as('analyst', { url });
    expect(response.statusCode, response.body).toBe(200);
    expect(response.json().items).toHaveLength(want);
  });

  test.each(['/alerts', '/incidents', '/events', '/rules'])('%s goes on where it stopped', async (url) => {
    for (const n of [2, 3]) world.memory.rules.push({ ...(world.memory.rules[0] ?? fail()), id: `rule-${n}` });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await world.as('analyst', { url: `${url}?limit=1${more}` })).json();
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.cursor;
    }
    const all = (await world.as('analyst', { url })).json().items.map(({ id }: { id: string }) => id);
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(1);
  });

  test('a search says how many there are, over time', async () => {
    const found = (await world.as('analyst', { url: '/events?limit=1' })).json();
    expect(found).toMatchObject({ total: 2, histogram: [{ count: 2 }], cut: '' });
    expect(found.items).toHaveLength(1);
  });

  test('the rule set says its version and refusals; reading it again is for administrators, and may be refused with a reason', async () => {
    expect((await world.as('viewer', { url: '/rule-set' })).json()).toEqual(world.memory.ruleSet);
    const reload = { method: 'POST', url: '/rules/reload' } as const;
    expect((await world.as('analyst', reload)).statusCode).toBe(403);
    expect((await world.as('admin', reload)).json()).toMatchObject({ version: 'rules-1', refusedTotal: 1 });
    world.memory.reload = { kind: 'failed', reason: 'the rules in rules/x cannot be read' };
    const refused = await world.as('admin', reload);
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({ code: 'rules-refused', reason: 'the rules in rules/x cannot be read' });
  });

  test('rules in a list come without their text, one by one with it', async () => {
    expect((await world.as('viewer', { url: '/rules' })).json().items[0]).not.toHaveProperty('text');
    expect((await world.as('viewer', { url: '/rules/rule-webshell' })).json().text).toMatch(/^title:/);
  });
});

function fail(): never {
  throw new Error('the world is not filled');
}

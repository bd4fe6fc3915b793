import { describe, expect, test } from 'vitest';
import { CursorRefused } from '../../src/store/index.ts';
import { aFinding, anAlert, anIncident, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();

describe('findings', () => {
  test('the same findings again, whole or in other pieces, count once', async () => {
    const f = Array.from({ length: 30 }, (_, i) => aFinding('f-a', `fa-${i}`, { eventTimeMs: t0 + (30 - i) * 1_000 }));
    await use().store.detection.insertFindings(f, 'fa/rs1');
    await use().store.detection.insertFindings(f, 'fa/rs1');
    await use().store.detection.insertFindings(f.slice(0, 10), 'fa/rs1');
    await use().store.detection.insertFindings(f.slice(5), 'fa/rs2');
    const aggregate = (await use().store.detection.aggregate(['f-a', 'f-none'])).get('f-a');
    expect(aggregate).toMatchObject({
      events: 30,
      firstEventMs: t0 + 1_000,
      lastEventMs: t0 + 30_000,
      firstReceivedMs: t0 + 5_000,
    });
    expect(aggregate?.evidence).toHaveLength(20);
    expect(aggregate?.evidence[0]).toEqual({ event: 'fa-29', day: day0 });
    expect(await use().store.detection.pairs({})).toHaveLength(30);
  });

  test('one event met by two rules of one alert group stays one event of each alert', async () => {
    await use().store.detection.insertFindings(
      [aFinding('f-b', 'fb-0'), aFinding('f-c', 'fb-0', { rule: 'rule-2' }), aFinding('f-b', 'fb-1')],
      'fb',
    );
    const found = await use().store.detection.aggregate(['f-b', 'f-c']);
    expect([found.get('f-b')?.events, found.get('f-c')?.events]).toEqual([2, 1]);
  });

  test('findings come back as written, the earliest of each alert', async () => {
    const f = [3, 1, 2].map((i) => aFinding('f-d', `fd-${i}`, { eventTimeMs: t0 + i }));
    await use().store.detection.insertFindings(f, 'fd');
    expect(await use().store.detection.findingsOf(['f-d'], 2)).toEqual([f[1], f[2]]);
  });

  test('pairs of one drill are those of its alerts', async () => {
    await use().store.detection.writeAlerts([anAlert('f-e', { drill: 'run-1', origin: 'drill' })]);
    await use().store.detection.insertFindings([aFinding('f-e', 'fe-0')], 'fe');
    expect(await use().store.detection.pairs({ drill: 'run-1' })).toEqual([{ rule: 'rule-1', event: 'fe-0' }]);
  });
});

describe('alerts', () => {
  test('the newest revision wins, whatever the order of arrival', async () => {
    for (const events of [1, 5, 3]) await use().store.detection.writeAlerts([anAlert('a-1', { events })]);
    expect(await use().store.detection.alerts(['a-1', 'a-none'])).toEqual([anAlert('a-1', { events: 5 })]);
  });

  test('an alert that moved to another incident is only in the newer one', async () => {
    await use().store.detection.writeAlerts([anAlert('a-2', { incident: 'i-old' })]);
    await use().store.detection.writeAlerts([anAlert('a-2', { incident: 'i-new', events: 2 })]);
    expect(await use().store.detection.alertsOfIncident('i-old')).toEqual([]);
    expect((await use().store.detection.alertsOfIncident('i-new')).map((a) => a.id)).toEqual(['a-2']);
  });

  test('of equal revisions the last written wins, also when it is an earlier content', async () => {
    for (const incident of ['i-x', 'i-y', 'i-x'])
      await use().store.detection.writeAlerts([anAlert('a-3', { incident })]);
    expect(await use().store.detection.alerts(['a-3'])).toMatchObject([{ incident: 'i-x' }]);
  });

  test('pages neither repeat nor lose a row while alerts arrive and change', async () => {
    const made = Array.from({ length: 25 }, (_, i) =>
      anAlert(`page-${String(i).padStart(2, '0')}`, { drill: 'pages', createdMs: t0 + Math.floor(i / 5) * 1_000 }),
    );
    await use().store.detection.writeAlerts(made);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const f = { limit: 7, drill: 'pages', systems: null };
      const page = await use().store.detection.listAlerts(cursor === null ? f : { ...f, cursor });
      seen.push(...page.items.map((a) => a.id));
      cursor = page.cursor;
      const newer = anAlert(`page-new-${seen.length}`, { drill: 'pages', createdMs: t0 + 60_000 });
      const amended = made.map((a) => ({ ...a, events: a.events + seen.length }));
      await use().store.detection.writeAlerts([newer, ...amended]);
    } while (cursor !== null);
    const newestFirst = made.sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)).map((a) => a.id);
    expect(seen).toEqual(newestFirst);
  });

  test('an owner sees the systems named and nothing else', async () => {
    await use().store.detection.writeAlerts(
      ['own-a', 'own-b', ''].map((system) => anAlert(`owner-${system}`, { system, drill: 'owners' })),
    );
    const seen = async (systems: readonly string[] | null) =>
      (await use().store.detection.listAlerts({ limit: 10, drill: 'owners', systems })).items
        .map((a) => a.system)
        .sort();
    expect(await seen(null)).toEqual(['', 'own-a', 'own-b']);
    expect(await seen(['own-a'])).toEqual(['own-a']);
    expect(await seen(["') OR 1=1 --"])).toEqual([]);
    expect(await seen([])).toEqual([]);
  });

  test('filters narrow together', async () => {
    await use().store.detection.writeAlerts([
      anAlert('flt-1', { drill: 'filters', createdMs: t0 }),
      anAlert('flt-2', { drill: 'filters', createdMs: t0 + 1, system: 'other' }),
      anAlert('flt-3', { drill: 'filters', createdMs: t0 + 2, rule: { ...anAlert('x').rule, id: 'rule-9' } }),
    ]);
    const ids = async (f: object) =>
      (await use().store.detection.listAlerts({ limit: 9, systems: null, drill: 'filters', ...f })).items.map(
        (a) => a.id,
      );
    expect(await ids({ since: t0 + 1 })).toEqual(['flt-3', 'flt-2']);
    expect(await ids({ since: t0 + 1, system: 'other' })).toEqual(['flt-2']);
    expect(await ids({ rule: 'rule-9' })).toEqual(['flt-3']);
  });

  test.each([
    '',
    'x',
    'W10=',
    Buffer.from('[1,2]').toString('base64url'),
    Buffer.from('["1","a"]').toString('base64url'),
  ])('a made-up cursor is refused: %j', async (cursor) => {
    await expect(use().store.detection.listAlerts({ limit: 1, systems: null, cursor })).rejects.toThrow(CursorRefused);
    await expect(use().store.ledger.audit(1, cursor)).rejects.toMatchObject({ code: 'bad-cursor' });
  });
});

describe('incidents', () => {
  test('those of groups whose time an alert falls into, newest first', async () => {
    const span = (fromMs: number, openedMs: number) => ({
      groupKey: 'grp',
      firstEventMs: fromMs,
      lastEventMs: fromMs + 60_000,
      openedMs,
    });
    await use().store.incidents.write([
      anIncident('g-1', span(t0, t0 + 1_000)),
      anIncident('g-2', span(t0 + 3_600_000, t0 + 3_601_000)),
    ]);
    await use().store.incidents.write([anIncident('g-3', { ...span(t0, t0), groupKey: 'another' })]);
    const near = (fromMs: number, toMs: number, groups: readonly string[] = ['grp']) =>
      use().store.incidents.near(groups, { fromMs, toMs });
    const ids = async (...asked: Parameters<typeof near>) => (await near(...asked)).map(({ id }) => id);
    expect(await ids(t0, t0 + 7_200_000)).toEqual(['g-2', 'g-1']);
    expect(await ids(t0 - 1_800_000, t0 + 1_800_000)).toEqual(['g-1']);
    expect(await near(t0 + 60_000, t0 + 60_000)).toEqual([
      { id: 'g-1', groupKey: 'grp', firstEventMs: t0, lastEventMs: t0 + 60_000 },
    ]);
    expect(await ids(t0 - 10, t0 - 1)).toEqual([]);
    expect(await ids(t0, t0 + 7_200_000, ['grp', 'another', 'no such group'])).toEqual(['g-2', 'g-1', 'g-3']);
    expect(await ids(t0, t0, [])).toEqual([]);
  });

  test('the newest revision wins and keeps only the facts', async () => {
    await use().store.incidents.write([anIncident('r-1', { revision: 2, alerts: 2 })]);
    await use().store.incidents.write([anIncident('r-1', { revision: 1 })]);
    const { groupKey: _, revision: __, ...facts } = anIncident('r-1', { alerts: 2 });
    expect(await use().store.incidents.get('r-1')).toEqual(facts);
    expect(await use().store.incidents.get('none')).toBe(null);
    expect(await use().store.incidents.byIds(['r-1', 'none'])).toEqual([facts]);
  });

  test('the state is the newest one the ledger names; untouched is new', async () => {
    const act = (subject: string, action: string, document: Record<string, unknown>) =>
      use().store.ledger.append({ kind: 'incident', subject, actor: 'lan', action, document });
    await use().store.incidents.write(['s-1', 's-2', 's-3'].map((id) => anIncident(id, { drill: 'states' })));
    await act('s-2', 'state', { state: 'triage' });
    await act('s-3', 'state', { state: 'triage' });
    await act('s-3', 'state', { state: 'resolved', reason: 'done' });
    await act('s-3', 'comment', { text: 'no state in here' });
    const ids = async (states?: readonly ('new' | 'triage' | 'resolved' | 'contained')[]) => {
      const f = { limit: 9, drill: 'states', systems: null };
      return (await use().store.incidents.list(states ? { ...f, states } : f)).items.map((i) => i.id).sort();
    };
    expect(await ids()).toEqual(['s-1', 's-2', 's-3']);
    expect(await ids(['new'])).toEqual(['s-1']);
    expect(await ids(['triage'])).toEqual(['s-2']);
    expect(await ids(['new', 'resolved'])).toEqual(['s-1', 's-3']);
    expect(await ids(['contained'])).toEqual([]);
    expect(await ids([])).toEqual([]);
  });

  test('owners, origin and pages', async () => {
    await use().store.incidents.write(
      [0, 1, 2, 3].map((n) =>
        anIncident(`p-${n}`, { drill: 'paging', origin: 'drill', system: n % 2 ? 'odd' : 'even', openedMs: t0 + n }),
      ),
    );
    const list = (f: object) => use().store.incidents.list({ limit: 3, drill: 'paging', systems: null, ...f });
    const first = await list({});
    expect(first.items.map((i) => i.id)).toEqual(['p-3', 'p-2', 'p-1']);
    const second = await list({ cursor: first.cursor });
    expect([second.items.map((i) => i.id), second.cursor]).toEqual([['p-0'], null]);
    expect((await list({ systems: ['odd'] })).items.map((i) => i.id)).toEqual(['p-3', 'p-1']);
    expect((await list({ systems: [] })).items).toEqual([]);
    expect((await list({ origin: 'production' })).items).toEqual([]);
  });

  test('what its alerts say together, each event once', async () => {
    await use().store.detection.writeAlerts([
      anAlert('ag-1', { incident: 'ag', host: 'h2', lastEventMs: t0 + 9_000 }),
      anAlert('ag-2', {
        incident: 'ag',
        host: 'h1',
        firstEventMs: t0 - 5_000,
        rule: { ...anAlert('x').rule, severity: 'critical', tags: ['attack.t1505.003'] },
      }),
      anAlert('ag-3', { incident: 'ag', host: '' }),
    ]);
    await use().store.detection.insertFindings(
      [aFinding('ag-1', 'ag-0'), aFinding('ag-1', 'ag-1'), aFinding('ag-2', 'ag-0', { rule: 'rule-2' })],
      'ag',
    );
    // One that moved, of which an older revision names the incident, and one whose events have no findings but some.
    await use().store.detection.writeAlerts([anAlert('ag-4', { incident: 'ag' })]);
    await use().store.detection.writeAlerts([anAlert('ag-4', { incident: 'ag-other', events: 70, host: 'h9' })]);
    const found = await use().store.incidents.aggregate(['ag', 'none', 'ag-other']);
    expect([...found.keys()].sort()).toEqual(['ag', 'ag-other']);
    expect(found.get('ag')).toEqual({
      alerts: 3,
      events: 2,
      firstEventMs: t0 - 5_000,
      lastEventMs: t0 + 9_000,
      severity: 'critical',
      hosts: ['h1', 'h2'],
      tags: ['attack.execution', 'attack.t1505.003'],
    });
    expect(found.get('ag-other')).toMatchObject({ alerts: 1, events: 70, hosts: ['h9'] });
    expect((await use().store.incidents.aggregate([])).size).toBe(0);
  });
});

describe('notices', () => {
  const notice = (id: string) => ({
    ...{ id, alert: 'a', incident: 'n-i', system: 'qlvb', channel: 'email' as const, recipient: 'truc@so.vn' },
    ...{ origin: 'production' as const, subject: 'Cảnh báo', text: 'x', body: '', createdMs: t0 },
  });
  const delivery = (id: string, outcome: 'queued' | 'sent' | 'failed' | 'gave_up', attempt: number, atMs: number) => ({
    ...{ notice: id, alert: 'a', incident: 'n-i', system: 'qlvb', channel: 'email', recipient: 'truc@so.vn' },
    ...{ outcome, attempt, atMs, detail: outcome === 'failed' ? '451 later' : '' },
    document: outcome === 'queued' ? JSON.stringify(notice(id)) : '',
  });

  test('a notice waits until it is sent or given up; queueing it twice is one notice', async () => {
    await use().store.notices.log([delivery('n-1', 'queued', 0, t0), delivery('n-2', 'queued', 0, t0 + 1_000)]);
    await use().store.notices.log([delivery('n-1', 'queued', 0, t0 + 2_000), delivery('n-3', 'queued', 0, t0 + 9_999)]);
    await use().store.notices.log([delivery('n-1', 'failed', 1, t0 + 3_000)]);
    expect(await use().store.notices.unfinished(5_000)).toEqual([notice('n-1'), notice('n-2')]);
    expect(await use().store.notices.counts()).toEqual({ waiting: 3, failed: 0, oldestWaitingMs: 10_000 });
    await use().store.notices.log([delivery('n-1', 'sent', 2, t0 + 4_000), delivery('n-2', 'gave_up', 9, t0 + 4_000)]);
    expect(await use().store.notices.unfinished(0)).toEqual([notice('n-3')]);
    expect(await use().store.notices.counts()).toEqual({ waiting: 1, failed: 1, oldestWaitingMs: 1 });
    expect(await use().store.notices.get('n-2')).toEqual(notice('n-2'));
    expect(await use().store.notices.get('none')).toBe(null);
    const log = await use().store.notices.of('n-i');
    expect(log.filter((d) => d.notice === 'n-1').map((d) => d.outcome)).toEqual(['queued', 'queued', 'failed', 'sent']);
    expect(log.find((d) => d.outcome === 'failed')).toEqual(delivery('n-1', 'failed', 1, t0 + 3_000));
  });
});

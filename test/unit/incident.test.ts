import { describe, expect, test } from 'vitest';
import type { IncidentAction } from '../../src/contract/api.ts';
import { codeOf, decide, defaultIncidentLimits, handlingAfter, nextStates } from '../../src/incident/index.ts';
import { type IncidentState, incidentStates } from '../../src/model/incident.ts';
import { createDetectionWorld, type EventSpec, minuteMs, tenOClock } from '../harness/detection-world.ts';

/** Evaluates batches in order and tells incidents as [alerts, events, code of state]. */
async function incidentsOf(...batches: EventSpec[][]) {
  const world = createDetectionWorld();
  for (const [i, specs] of batches.entries()) await world.detector.evaluate(world.commit(`b${i}`, specs));
  return { world, incidents: [...world.store.dump().incidents].sort((a, b) => a.firstEventMs - b.firstEventMs) };
}
const hit = (minutes: number, o: EventSpec = {}): EventSpec => ({
  command: 'whoami',
  atMs: tenOClock + minutes * minuteMs,
  ...o,
});

describe('grouping', () => {
  test.each<[string, EventSpec[][], number[]]>([
    [
      'rules and hosts of one system are one incident',
      [[hit(0), hit(1, { host: 'B' }), hit(2, { command: 'mimikatz' })]],
      [3],
    ],
    ['a gap of 30 minutes still joins', [[hit(0)], [hit(30, { host: 'B' })]], [2]],
    ['a longer gap does not', [[hit(0)], [hit(31, { host: 'B' })]], [1, 1]],
    [
      'gaps count from the incident’s own span, which grows',
      [[hit(0)], [hit(25, { host: 'B' })], [hit(50, { host: 'C' })]],
      [3],
    ],
    ['the gap counts backwards too', [[hit(40)], [hit(15, { host: 'B' })]], [2]],
    [
      'a late log finds the incident it belongs to, not the last one opened',
      [[hit(0)], [hit(120)], [hit(5, { host: 'B' })]],
      [2, 1],
    ],
    ['another system is another incident', [[hit(0), hit(0, { system: 'hr' })]], [1, 1]],
    ['hosts without a system stand alone', [[hit(0, { system: '' }), hit(0, { system: '', host: 'B' })]], [1, 1]],
    ['a drill never mixes with production', [[hit(0), hit(0, { drill: 'd1' })]], [1, 1]],
    ['nor do lanes', [[hit(0, { drill: 'd1', lane: 'a' }), hit(0, { drill: 'd1', lane: 'b' })]], [1, 1]],
    [
      'sessions within one batch',
      [[hit(0), hit(90, { host: 'B' }), hit(10, { host: 'C' }), hit(95, { host: 'D' })]],
      [2, 2],
    ],
  ])('%s', async (_, batches, alerts) => {
    const { incidents } = await incidentsOf(...batches);
    expect(incidents.map((i) => i.alerts)).toEqual(alerts);
  });

  test('a closed incident never swallows a new alert; a reopened one takes them again', async () => {
    const { world, incidents } = await incidentsOf([hit(0)]);
    const id = incidents[0]?.id ?? '';
    expect(
      await world.incidents.act(id, { action: 'state', version: 1, state: 'resolved', reason: 'xong' }, 'lan'),
    ).toEqual({ kind: 'done' });
    await world.detector.evaluate(world.commit('x1', [hit(5, { host: 'B' })]));
    expect(world.store.dump().incidents).toHaveLength(2);
    // The alert that was there already is amended where it is.
    await world.detector.evaluate(world.commit('x2', [hit(6)]));
    expect(world.store.dump().incidents).toHaveLength(2);
    expect(world.store.dump().incidents.find((i) => i.id === id)).toMatchObject({ alerts: 1, events: 2 });
  });

  test('an incident with many hosts says how many it does not list', async () => {
    const specs = Array.from({ length: 120 }, (_, i) => hit(i / 10, { host: `MAY-${String(i).padStart(3, '0')}` }));
    const { incidents } = await incidentsOf(specs);
    expect(incidents[0]?.hosts).toHaveLength(101);
    expect(incidents[0]?.hosts.at(-1)).toBe('… +20');
  });
});

describe('the number people use', () => {
  test.each([
    ['f'.repeat(32), Date.UTC(2026, 10, 22), 'SC-2611-ZZZZZ'],
    ['0'.repeat(32), Date.UTC(2026, 0, 1), 'SC-2601-00000'],
    ['12345'.padEnd(32, '0'), Date.UTC(2030, 11, 31, 17, 0, 0), 'SC-3101-28T50'],
  ])('%s opened %d is %s', (id, openedMs, want) => {
    expect(codeOf(id, openedMs)).toBe(want);
  });
});

describe('life', () => {
  const at = (state: IncidentState) => ({ state, assignee: '', reason: '', comments: 0 });
  const kinds = (from: IncidentState): string =>
    incidentStates
      .filter(
        (state) =>
          decide(at(from), { action: 'state', version: 1, state, reason: 'vì' }, defaultIncidentLimits).kind ===
          'change',
      )
      .join(' ');

  test.each<[IncidentState, string]>([
    ['new', 'triage investigating contained resolved false_positive'],
    ['triage', 'investigating contained resolved false_positive'],
    ['investigating', 'triage contained resolved false_positive'],
    ['contained', 'investigating resolved false_positive'],
    ['resolved', 'triage'],
    ['false_positive', 'triage'],
  ])('%s → %s', (from, want) => {
    expect(kinds(from)).toBe(want);
    expect(nextStates[from].includes(from)).toBe(false);
  });

  test.each<[IncidentState, IncidentState, string, string]>([
    ['triage', 'resolved', '', 'reason-missing'],
    ['triage', 'false_positive', '   ', 'reason-missing'],
    ['resolved', 'triage', '', 'reason-missing'],
    ['new', 'resolved', 'x'.repeat(1001), 'too-long'],
    ['new', 'new', 'vì', 'state-not-next'],
  ])('%s → %s with reason %j: %s', (from, to, reason, code) => {
    expect(decide(at(from), { action: 'state', version: 1, state: to, reason }, defaultIncidentLimits)).toMatchObject({
      kind: 'refused',
      code,
    });
  });

  test.each<[IncidentAction, string]>([
    [{ action: 'comment', version: 1, text: ' \n' }, 'text-missing'],
    [{ action: 'comment', version: 1, text: 'x'.repeat(4001) }, 'too-long'],
    [{ action: 'assign', version: 1, assignee: '' }, 'no-change'],
    [{ action: 'assign', version: 1, assignee: 'x'.repeat(101) }, 'too-long'],
  ])('%j: %s', (action, code) => {
    expect(decide(at('new'), action, defaultIncidentLimits)).toMatchObject({ kind: 'refused', code });
  });
});

describe('acting', () => {
  test('each action is a row; the newest row tells the whole handling; the new card is shown', async () => {
    const { world, incidents } = await incidentsOf([hit(0)]);
    const id = incidents[0]?.id ?? '';
    world.published.length = 0;
    const actions: IncidentAction[] = [
      { action: 'assign', version: 1, assignee: 'lan' },
      { action: 'comment', version: 2, text: 'đang xem' },
      { action: 'state', version: 3, state: 'triage' },
      { action: 'comment', version: 4, text: 'là thật' },
      { action: 'state', version: 5, state: 'contained' },
      { action: 'state', version: 6, state: 'resolved', reason: 'đã gỡ web shell' },
      { action: 'state', version: 7, state: 'triage', reason: 'thấy lại' },
    ];
    for (const action of actions) expect(await world.incidents.act(id, action, 'minh')).toEqual({ kind: 'done' });
    const rows = world.store.history(id);
    expect(rows.map((row) => [row.version, row.actor, row.action, row.document.state ?? ''])).toEqual([
      [1, 'system', 'opened', 'new'],
      [2, 'minh', 'assign', ''],
      [3, 'minh', 'comment', ''],
      [4, 'minh', 'state', 'triage'],
      [5, 'minh', 'comment', ''],
      [6, 'minh', 'state', 'contained'],
      [7, 'minh', 'state', 'resolved'],
      [8, 'minh', 'state', 'triage'],
    ]);
    expect(rows.slice(0, -1).map((row) => handlingAfter(row).comments)).toEqual([0, 0, 1, 1, 2, 2, 2]);
    const want = { state: 'triage', assignee: 'lan', comments: 2, reason: 'thấy lại', version: 8 };
    expect((await world.incidents.handlingOf([id])).get(id)).toMatchObject({ ...want, changedBy: 'minh' });
    expect(world.published).toHaveLength(actions.length);
    expect(world.published.at(-1)).toMatchObject({ kind: 'incident', system: 'qlvb', incident: want });
  });

  test.each<[string, number]>([
    ['an older version', 0],
    ['a newer version', 2],
  ])('%s is a conflict and changes nothing', async (_, version) => {
    const { world, incidents } = await incidentsOf([hit(0)]);
    const id = incidents[0]?.id ?? '';
    expect(await world.incidents.act(id, { action: 'comment', version, text: 'x' }, 'lan')).toEqual({
      kind: 'conflict',
    });
    expect(world.store.history(id)).toHaveLength(1);
  });

  test('ten people at once on one version: one is done, nine conflict', async () => {
    const { world, incidents } = await incidentsOf([hit(0)]);
    const id = incidents[0]?.id ?? '';
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        world.incidents.act(id, { action: 'assign', version: 1, assignee: `p${i}` }, `p${i}`),
      ),
    );
    expect(outcomes.map((o) => o.kind).sort()).toEqual([...Array(9).fill('conflict'), 'done']);
    expect(world.store.history(id)).toHaveLength(2);
  });

  test('an incident that is not there is refused', async () => {
    const { world } = await incidentsOf([hit(0)]);
    expect(await world.incidents.act('nobody', { action: 'comment', version: 0, text: 'x' }, 'lan')).toMatchObject({
      kind: 'refused',
      code: 'no-incident',
    });
  });

  test('an amendment keeps what people decided', async () => {
    const { world, incidents } = await incidentsOf([hit(0)]);
    const id = incidents[0]?.id ?? '';
    await world.incidents.act(id, { action: 'state', version: 1, state: 'investigating' }, 'lan');
    await world.detector.evaluate(world.commit('x', [hit(1, { command: 'mimikatz' })]));
    const card = world.published.findLast((item) => item.kind === 'incident');
    expect(card).toMatchObject({ incident: { state: 'investigating', version: 2, severity: 'critical', alerts: 2 } });
  });
});

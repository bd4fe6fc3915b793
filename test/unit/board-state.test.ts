import { describe, expect, it } from 'vitest';
import { createBoardState, newerCard } from '../../dashboards/board/src/board-state.ts';
import { severityRank } from '../../dashboards/board/src/severity.ts';
import type { AlertView, IncidentCard } from '../../src/contract/api.ts';
import type { FeedMessage } from '../../src/contract/feed.ts';
import { severityRank as modelRank, severities } from '../../src/model/severity.ts';
import { makeWorld } from '../harness/board-fixture-data.ts';

const nowMs = Date.UTC(2026, 10, 22, 3, 0, 0);
const world = makeWorld(40, nowMs, 3);

function card(change: Partial<IncidentCard> = {}): IncidentCard {
  const [first] = world.cards;
  if (first === undefined) throw new Error('no card');
  return { ...first, version: 1, events: 5, alerts: 2, ...change };
}

function alert(id: string, createdMs: number, events = 1): AlertView {
  const [first] = world.alerts;
  if (first === undefined) throw new Error('no alert');
  return { ...first, id, createdMs, events, revision: events };
}

function told(seq: number, of: { alert: AlertView } | { incident: IncidentCard }, atMs = nowMs): FeedMessage {
  return 'alert' in of
    ? { kind: 'alert', seq, atMs, alert: of.alert }
    : { kind: 'incident', seq, atMs, incident: of.incident };
}

describe('severity order', () => {
  it('is the model’s', () => {
    expect(severities.map(severityRank)).toEqual(severities.map(modelRank));
  });
});

describe('merging two copies of a card', () => {
  const rows: readonly [string, Partial<IncidentCard>, Partial<IncidentCard>, Partial<IncidentCard>][] = [
    ['newer facts win', { events: 5 }, { events: 9 }, { events: 9 }],
    ['older facts lose', { events: 9 }, { events: 5 }, { events: 9 }],
    ['fewer alerts are older facts', { alerts: 3 }, { alerts: 2, events: 5 }, { alerts: 3 }],
    [
      'newer handling wins',
      { version: 1, state: 'new' },
      { version: 2, state: 'triage' },
      { version: 2, state: 'triage' },
    ],
    [
      'older handling loses',
      { version: 3, assignee: 'a' },
      { version: 2, assignee: 'b' },
      { version: 3, assignee: 'a' },
    ],
    [
      'an old list never undoes a newer action, yet brings newer facts',
      { version: 3, assignee: 'a', events: 5 },
      { version: 1, assignee: '', events: 8 },
      { version: 3, assignee: 'a', events: 8 },
    ],
    [
      'and the other way round',
      { version: 1, events: 8 },
      { version: 2, assignee: 'c', events: 6 },
      { version: 2, assignee: 'c', events: 8 },
    ],
  ];
  it.each(rows)('%s', (_, held, came, want) => {
    expect(newerCard(card(held), card(came))).toMatchObject(want);
  });
  it('takes the first copy as it is', () => {
    const only = card();
    expect(newerCard(undefined, only)).toBe(only);
  });
});

describe('board state', () => {
  it('ends the same in whatever order lists and feed arrive', () => {
    const list = [card({ version: 1, events: 5 })];
    const live = told(10, { incident: card({ version: 2, state: 'triage', events: 7 }) });
    const one = createBoardState();
    one.lists.replace(list, [], { incidents: false, alerts: false });
    one.apply([live], nowMs);
    const other = createBoardState();
    other.apply([live], nowMs);
    other.lists.replace(list, [], { incidents: false, alerts: false });
    expect([...one.incidents.value]).toEqual([...other.incidents.value]);
    expect(one.incidents.value.get(card().id)).toMatchObject({ state: 'triage', events: 7 });
  });

  it('shows an own change at once and takes it back, whatever came meanwhile', () => {
    const state = createBoardState();
    state.put(card({ version: 1, assignee: '', events: 5 }));
    const undo = state.change(card().id, { assignee: 'tôi' });
    expect(state.incidents.value.get(card().id)?.assignee).toBe('tôi');
    state.apply([told(3, { incident: card({ version: 2, assignee: 'người khác', events: 6 }) })], nowMs);
    expect(state.incidents.value.get(card().id)).toMatchObject({ assignee: 'tôi', events: 6 });
    undo();
    expect(state.incidents.value.get(card().id)).toMatchObject({ assignee: 'người khác', events: 6, version: 2 });
  });

  it('keeps an amended alert in its place and never goes back to fewer events', () => {
    const state = createBoardState();
    state.apply([told(1, { alert: alert('a', nowMs, 1) }), told(2, { alert: alert('b', nowMs + 1) })], nowMs);
    state.apply([told(3, { alert: alert('a', nowMs, 8) }), told(4, { alert: alert('a', nowMs, 4) })], nowMs);
    expect(state.alerts.value.map((a) => [a.id, a.events])).toEqual([
      ['b', 1],
      ['a', 8],
    ]);
  });

  it('holds 500 alerts, the newest, and says that it cut', () => {
    const state = createBoardState();
    state.apply(
      Array.from({ length: 620 }, (_, i) => told(i + 1, { alert: alert(`a${i}`, nowMs + i) })),
      nowMs,
    );
    expect(state.alerts.value).toHaveLength(500);
    expect(state.alerts.value[0]?.id).toBe('a619');
    expect(state.alertsCut.value).toBe(true);
    expect(state.arrivedMs.size).toBe(500);
  });

  it('holds 1,000 cards and lets closed and mild ones go first', () => {
    const state = createBoardState();
    const many = Array.from({ length: 1002 }, (_, i) =>
      card({ id: `i${i}`, severity: i === 7 ? 'low' : 'high', state: i === 3 ? 'resolved' : 'new', openedMs: i }),
    );
    state.lists.replace(many, [], { incidents: false, alerts: false });
    expect(state.incidents.value.size).toBe(1000);
    expect(state.incidents.value.has('i3')).toBe(false);
    expect(state.incidents.value.has('i7')).toBe(false);
    expect(state.incidentsCut.value).toBe(true);
  });

  it('counts the delay against the quickest message, so that a wrong clock here does not look like a slow feed', () => {
    const state = createBoardState();
    const wrongMs = 90_000;
    state.apply([{ kind: 'tick', seq: 1, atMs: nowMs, health: null }], nowMs + wrongMs + 20);
    state.apply([{ kind: 'tick', seq: 1, atMs: nowMs + 2000, health: null }], nowMs + wrongMs + 2420);
    expect(state.delayMs.value).toBe(400);
  });
});

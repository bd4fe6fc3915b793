/**
 * What the board holds: incident cards and the newest alerts, merged from the lists and the feed in any order, with the
 * analyst's own unanswered changes laid over them. Bounded; a bound that bit is said.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlertView, DrillView, Health, IncidentCard } from '../../../src/contract/api.ts';
import type { FeedMessage } from '../../../src/contract/feed.ts';
import { isClosed } from './closed.ts';
import type { FeedGap, FeedStatus } from './feed-client.ts';
import { severityRank } from './severity.ts';

export interface BoardLimits {
  readonly alertsMax: number;
  readonly incidentsMax: number;
  readonly gapsMax: number;
}

export const defaultBoardLimits: BoardLimits = { alertsMax: 500, incidentsMax: 1000, gapsMax: 20 };

/** The human part of a card, as a change that the server has not answered yet. */
export type Change = Partial<Pick<IncidentCard, 'state' | 'assignee' | 'reason' | 'comments'>>;

export interface BoardState {
  readonly incidents: ReadonlySignal<ReadonlyMap<string, IncidentCard>>;
  /** Newest first by the moment they were raised. */
  readonly alerts: ReadonlySignal<readonly AlertView[]>;
  /** When an alert came over the feed (not from a list); for the tint of new rows. */
  readonly arrivedMs: ReadonlyMap<string, number>;
  readonly gaps: ReadonlySignal<readonly FeedGap[]>;
  /** A bound bit: there are more than are held. */
  readonly incidentsCut: ReadonlySignal<boolean>;
  readonly alertsCut: ReadonlySignal<boolean>;
  readonly feed: Signal<FeedStatus>;
  readonly seq: ReadonlySignal<number>;
  /** How long the newest message took to arrive, against the quickest one seen, in ms; null before any. */
  readonly delayMs: ReadonlySignal<number | null>;
  readonly health: Signal<Health | null>;
  readonly drill: Signal<DrillView | null>;
  /** Lists were loaded at least once. */
  readonly loaded: Signal<boolean>;
  readonly lists: { replace(incidents: readonly IncidentCard[], alerts: readonly AlertView[], more: Cut): void };
  apply(messages: readonly FeedMessage[], nowMs: number): void;
  gap(gap: FeedGap): void;
  put(card: IncidentCard): void;
  /** Lays a change over a card; the answer takes it off again. */
  change(id: string, change: Change): () => void;
}

/** Whether a list left more on the server. */
interface Cut {
  readonly incidents: boolean;
  readonly alerts: boolean;
}

/** Facts from the copy that saw more events, handling from the higher version: lists and feed may cross on the way. */
export function newerCard(held: IncidentCard | undefined, came: IncidentCard): IncidentCard {
  if (held === undefined) return came;
  const facts = came.events < held.events || came.alerts < held.alerts ? held : came;
  const hand = came.version < held.version ? held : came;
  if (facts === hand) return facts;
  return {
    ...facts,
    version: hand.version,
    state: hand.state,
    assignee: hand.assignee,
    reason: hand.reason,
    comments: hand.comments,
    changedMs: hand.changedMs,
  };
}

function newerAlert(held: AlertView | undefined, came: AlertView): AlertView {
  return held !== undefined && held.revision > came.revision ? held : came;
}

/** What goes first when the bound bites: closed before open, then mild before severe, then old before new. */
function dispensable(a: IncidentCard, b: IncidentCard): number {
  if (isClosed(a.state) !== isClosed(b.state)) return isClosed(a.state) ? -1 : 1;
  return severityRank(a.severity) - severityRank(b.severity) || a.openedMs - b.openedMs;
}

export function createBoardState(limits: BoardLimits = defaultBoardLimits): BoardState {
  const held = signal<ReadonlyMap<string, IncidentCard>>(new Map());
  const changes = signal<ReadonlyMap<string, readonly Change[]>>(new Map());
  const alerts = signal<readonly AlertView[]>([]);
  const arrivedMs = new Map<string, number>();
  const gaps = signal<readonly FeedGap[]>([]);
  const incidentsCut = signal(false);
  const alertsCut = signal(false);
  const feed = signal<FeedStatus>({ at: 'connecting' });
  const seq = signal(0);
  const delayMs = signal<number | null>(null);
  const health = signal<Health | null>(null);
  const drill = signal<DrillView | null>(null);
  let quickestMs = Number.POSITIVE_INFINITY;

  const incidents = computed(() => {
    if (changes.value.size === 0) return held.value;
    const shown = new Map(held.value);
    for (const [id, list] of changes.value) {
      const card = shown.get(id);
      if (card !== undefined) shown.set(id, Object.assign({}, card, ...list) as IncidentCard);
    }
    return shown;
  });

  function keepIncidents(next: Map<string, IncidentCard>): void {
    const over = next.size - limits.incidentsMax;
    if (over > 0) {
      for (const card of [...next.values()].sort(dispensable).slice(0, over)) next.delete(card.id);
      incidentsCut.value = true;
    }
    held.value = next;
  }

  function keepAlerts(next: Map<string, AlertView>): void {
    const sorted = [...next.values()].sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
    for (const gone of sorted.slice(limits.alertsMax)) arrivedMs.delete(gone.id);
    if (sorted.length > limits.alertsMax) alertsCut.value = true;
    alerts.value = sorted.slice(0, limits.alertsMax);
  }

  return {
    incidents,
    alerts,
    arrivedMs,
    gaps,
    incidentsCut,
    alertsCut,
    feed,
    seq,
    delayMs,
    health,
    drill,
    loaded: signal(false),
    lists: {
      replace(cards, list, more) {
        batch(() => {
          incidentsCut.value = more.incidents;
          alertsCut.value = more.alerts;
          const next = new Map(held.value);
          for (const card of cards) next.set(card.id, newerCard(next.get(card.id), card));
          keepIncidents(next);
          const rows = new Map(alerts.value.map((a) => [a.id, a]));
          for (const alert of list) rows.set(alert.id, newerAlert(rows.get(alert.id), alert));
          keepAlerts(rows);
        });
      },
    },
    apply(messages, nowMs) {
      batch(() => {
        let cards: Map<string, IncidentCard> | null = null;
        let rows: Map<string, AlertView> | null = null;
        for (const message of messages) {
          seq.value = Math.max(seq.value, message.seq);
          if (message.kind === 'hello' || message.kind === 'resync') continue;
          quickestMs = Math.min(quickestMs, nowMs - message.atMs);
          delayMs.value = nowMs - message.atMs - quickestMs;
          if (message.kind === 'incident') {
            cards ??= new Map(held.value);
            cards.set(message.incident.id, newerCard(cards.get(message.incident.id), message.incident));
          } else if (message.kind === 'alert') {
            rows ??= new Map(alerts.value.map((a) => [a.id, a]));
            if (!rows.has(message.alert.id)) arrivedMs.set(message.alert.id, nowMs);
            rows.set(message.alert.id, newerAlert(rows.get(message.alert.id), message.alert));
          } else if (message.kind === 'drill') {
            drill.value = message.drill;
          } else if (message.health !== null) {
            health.value = message.health;
          }
        }
        if (cards !== null) keepIncidents(cards);
        if (rows !== null) keepAlerts(rows);
      });
    },
    gap(came) {
      const others = gaps.value.filter((g) => g.id !== came.id);
      gaps.value = [came, ...others].slice(0, limits.gapsMax);
    },
    put(card) {
      const next = new Map(held.value);
      next.set(card.id, newerCard(next.get(card.id), card));
      keepIncidents(next);
    },
    change(id, change) {
      const next = new Map(changes.value);
      next.set(id, [...(next.get(id) ?? []), change]);
      changes.value = next;
      return () => {
        const rest = new Map(changes.value);
        const list = (rest.get(id) ?? []).filter((c) => c !== change);
        if (list.length === 0) rest.delete(id);
        else rest.set(id, list);
        changes.value = rest;
      };
    },
  };
}

import type { AlertView, IncidentAction, IncidentCard } from '../contract/api.ts';
import type { FeedItem } from '../contract/feed.ts';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts, IncidentHandling } from '../model/incident.ts';
import { type ActionOutcome, takeAction } from './act.ts';
import { incidentCard } from './card.ts';
import { handlingAfter, handlingDocument, newHandling } from './handling.ts';
import { defaultIncidentLimits, type IncidentLimits } from './limits.ts';
import { placeAlerts } from './place.ts';
import type { AlertsPort, IncidentRowsPort, LedgerPort, LockPort, NamesPort, PublishPort } from './ports.ts';
import { refreshFacts } from './refresh.ts';
import { sideBySide } from './side-by-side.ts';

export { incidentCard, type SystemNames } from './card.ts';
export { codeOf, groupKeyOfAlert } from './group.ts';
export { handlingAfter } from './handling.ts';
export { decide, nextStates } from './lifecycle.ts';
export { defaultIncidentLimits } from './limits.ts';
export type { LockPort } from './ports.ts';

/** Actor of ledger rows nobody's hand wrote. */
const systemActor = 'system';

/** Alerts that found their incidents, as both are stored, and what people decided about those. */
interface Placed {
  readonly alerts: readonly Alert[];
  readonly incidents: readonly IncidentFacts[];
  readonly handlings: ReadonlyMap<string, IncidentHandling>;
}

export interface Incidents {
  /** Gives alerts their incidents, stores both and brings the incidents' facts up to date. Idempotent. */
  place(alerts: readonly Alert[]): Promise<Placed>;
  /** Puts alerts and their incidents on the live feed, incidents first. Clients take a repeat for what it is. */
  show(placed: Placed): Promise<void>;
  /** Cards of incidents, with what people decided so far. */
  cards(facts: readonly IncidentFacts[]): Promise<readonly IncidentCard[]>;
  /** Newest handling of each id; an id nobody touched is left out. */
  handlingOf(ids: readonly string[]): Promise<ReadonlyMap<string, IncidentHandling>>;
  /** A human action; on success the new card goes to the feed. */
  act(incident: string, action: IncidentAction, actor: string): Promise<ActionOutcome>;
}

export function createIncidents(o: {
  readonly alerts: AlertsPort;
  readonly incidents: IncidentRowsPort;
  readonly ledger: LedgerPort;
  readonly lock: LockPort;
  readonly names: NamesPort;
  readonly publish: PublishPort;
  readonly viewAlert: (alert: Alert, incident: IncidentFacts) => AlertView;
  /** Told when an action was stored but could not be shown. */
  readonly warn: (error: unknown, message: string) => void;
  readonly clock: () => number;
  readonly limits?: Partial<IncidentLimits>;
}): Incidents {
  const limits: IncidentLimits = { ...defaultIncidentLimits, ...o.limits };

  const handlingOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, IncidentHandling>> => {
    const rows = ids.length === 0 ? [] : await o.ledger.newestOf('incident', ids);
    return new Map(rows.map((row) => [row.subject, handlingAfter(row)]));
  };

  /** The first line of an incident's history. Two writers of it are one: the ledger keeps the first. */
  const recordOpened = async (facts: IncidentFacts): Promise<IncidentHandling> => {
    const { code, title, titleVi, severity } = facts;
    const row = await o.ledger.begin({
      kind: 'incident',
      subject: facts.id,
      actor: systemActor,
      action: 'opened',
      document: handlingDocument(newHandling(facts), { code, title, titleVi, severity }, true),
    });
    return handlingAfter(row);
  };

  /** Handlings of incidents, with the opening recorded of those that have none. */
  const withOpening = async (
    incidents: readonly IncidentFacts[],
    known: ReadonlyMap<string, IncidentHandling>,
  ): Promise<ReadonlyMap<string, IncidentHandling>> => {
    const handlings = new Map(known);
    const untold = incidents.filter((facts) => !handlings.has(facts.id));
    await sideBySide(untold, limits.writesAtOnce, async (facts) => {
      handlings.set(facts.id, await recordOpened(facts));
    });
    return handlings;
  };

  const parts = { ...o, limits, handlingOf };

  const cardOf = (facts: IncidentFacts, handlings: ReadonlyMap<string, IncidentHandling>): IncidentCard =>
    incidentCard(facts, handlings.get(facts.id) ?? newHandling(facts), o.names(facts.system, facts.firstEventMs));

  const show = async ({ alerts, incidents, handlings }: Placed): Promise<void> => {
    const byId = new Map(incidents.map((facts) => [facts.id, facts]));
    const items: FeedItem[] = incidents.map((facts) => {
      return { kind: 'incident', system: facts.system, incident: cardOf(facts, handlings) };
    });
    for (const alert of alerts) {
      const facts = byId.get(alert.incident);
      if (facts !== undefined) items.push({ kind: 'alert', system: alert.system, alert: o.viewAlert(alert, facts) });
    }
    await o.publish(items);
  };

  return {
    show,
    handlingOf,
    cards: async (facts) => {
      const handlings = await handlingOf(facts.map((each) => each.id));
      return facts.map((each) => cardOf(each, handlings));
    },
    place: async (alerts) => {
      const placed = await placeAlerts(alerts, parts);
      const touched = [...new Set(placed.alerts.map((alert) => alert.incident))];
      const standing = touched.filter((id) => !placed.opened.has(id));
      const [grown, handlings] = await Promise.all([refreshFacts(standing, parts), handlingOf(touched)]);
      const incidents = [...placed.opened.values(), ...grown];
      return { alerts: placed.alerts, incidents, handlings: await withOpening(incidents, handlings) };
    },
    act: async (incident, action, actor) => {
      const { facts, ...outcome } = await takeAction(incident, action, actor, parts);
      if (facts !== undefined) {
        // The action stands; a feed that is away now makes its clients load the lists again when it is back.
        try {
          await show({ alerts: [], incidents: [facts], handlings: await handlingOf([incident]) });
        } catch (error) {
          o.warn(error, `an action on incident ${incident} was stored but not shown on the live feed`);
        }
      }
      return outcome;
    },
  };
}

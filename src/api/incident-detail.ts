import type { EvidenceView, IncidentDetail } from '../contract/api.ts';
import { type Principal, sees } from '../model/account.ts';
import type { Alert, Finding } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import type { Directory } from './directory.ts';
import type { ApiLimits } from './limits.ts';
import type { AlertsPort, DeliveriesPort, EventsPort, LedgerPort } from './ports.ts';
import type { Show } from './show.ts';
import { deliveryView, eventView, historyRow } from './views.ts';

export interface DetailParts {
  readonly alerts: Pick<AlertsPort, 'alertsOfIncident' | 'findingsOf'>;
  readonly events: Pick<EventsPort, 'byIds'>;
  readonly ledger: Pick<LedgerPort, 'history'>;
  readonly deliveries: DeliveriesPort;
  readonly directory: Directory;
  readonly show: Show;
  readonly limits: ApiLimits;
}

/**
 * Everything the incident page shows. Alerts and events of systems the principal does not see are left out one by one,
 * whatever the incident says of itself; the caller has checked the incident's own system.
 */
export async function incidentDetail(
  parts: DetailParts,
  principal: Principal,
  facts: IncidentFacts,
): Promise<IncidentDetail> {
  const alerts = (await parts.alerts.alertsOfIncident(facts.id)).filter((alert) => sees(principal, alert.system));
  const [card, alertViews, evidence, history, deliveries, system] = await Promise.all([
    parts.show.card(facts),
    parts.show.alerts(alerts),
    evidenceOf(parts, principal, alerts),
    parts.ledger.history('incident', facts.id),
    parts.deliveries.of(facts.id),
    parts.directory.systemOf(facts.system),
  ]);
  return {
    card,
    alerts: alertViews,
    evidence,
    evidenceTotal: alerts.reduce((sum, alert) => sum + alert.events, 0),
    history: history.map(historyRow),
    deliveries: deliveries.filter((delivery) => sees(principal, delivery.system)).map(deliveryView),
    owner: system === null ? null : { name: system.orgName, duty: system.duty.name },
  };
}

/** Earliest first, each event with what of which rule it met; bounded for each alert and for the page. */
async function evidenceOf(
  parts: DetailParts,
  principal: Principal,
  alerts: readonly Alert[],
): Promise<readonly EvidenceView[]> {
  const { evidencePerAlertMax, evidencePerIncidentMax } = parts.limits;
  const wanted = alerts
    .flatMap((alert) => alert.evidence.slice(0, evidencePerAlertMax).map((ref) => ({ alert, ...ref })))
    .slice(0, evidencePerIncidentMax);
  if (wanted.length === 0) return [];
  const ids = [...new Set(wanted.map(({ alert }) => alert.id))];
  const refs = [...new Map(wanted.map(({ event, day }) => [event, { event, day }])).values()];
  const [findings, stored] = await Promise.all([
    parts.alerts.findingsOf(ids, evidencePerAlertMax),
    parts.events.byIds(refs),
  ]);
  const matchedBy = new Map(findings.map((finding) => [pairOf(finding), finding.matched]));
  const events = new Map(stored.map((event) => [event.id, event]));
  return wanted
    .flatMap(({ alert, event: id }): EvidenceView[] => {
      const event = events.get(id);
      if (event === undefined || !sees(principal, event.system)) return [];
      const matched = matchedBy.get(pairOf({ alert: alert.id, event: id })) ?? [];
      return [{ event: eventView(event), matched, rule: alert.rule.id, alert: alert.id }];
    })
    .sort((a, b) => a.event.eventTimeMs - b.event.eventTimeMs || (a.event.id < b.event.id ? -1 : 1));
}

function pairOf(finding: Pick<Finding, 'alert' | 'event'>): string {
  return `${finding.alert}\0${finding.event}`;
}

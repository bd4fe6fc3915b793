import type { AlertView } from '../contract/api.ts';
import { type Alert, alertRevision } from '../model/finding.ts';
import type { AlertLimits } from './limits.ts';

/**
 * How late an alert's evidence came: its first event against the first moment any of it was received. 0 within
 * `lateFromMs` (normal transport) and beyond `lateUntilMs` (old logs brought in on purpose are not late).
 */
export function lateMsOf(alert: Pick<Alert, 'firstEventMs' | 'firstReceivedMs'>, limits: AlertLimits): number {
  const delayMs = alert.firstReceivedMs - alert.firstEventMs;
  return delayMs > limits.lateFromMs && delayMs <= limits.lateUntilMs ? delayMs : 0;
}

function correlationView({ correlation }: Alert): AlertView['correlation'] {
  if (correlation === undefined) return null;
  const { members: _, ...view } = correlation;
  return view;
}

/** An alert as it goes over the wire. */
export function alertView(
  alert: Alert,
  names: { readonly incidentCode: string; readonly systemName: string },
  limits: AlertLimits,
): AlertView {
  const { rule } = alert;
  return {
    id: alert.id,
    incident: alert.incident,
    incidentCode: names.incidentCode,
    rule: rule.id,
    title: rule.title,
    titleVi: rule.titleVi,
    severity: rule.severity,
    tags: rule.tags,
    author: rule.author,
    origin: alert.origin,
    drill: alert.drill,
    lane: alert.lane,
    org: alert.org,
    system: alert.system,
    systemName: names.systemName,
    host: alert.host,
    entity: alert.entity,
    entities: alert.entities,
    events: alert.events,
    firstEventMs: alert.firstEventMs,
    lastEventMs: alert.lastEventMs,
    firstReceivedMs: alert.firstReceivedMs,
    createdMs: alert.createdMs,
    lateMs: lateMsOf(alert, limits),
    revision: alertRevision(alert),
    correlation: correlationView(alert),
    health: alert.health ?? null,
  };
}

import type { IncidentCard } from '../contract/api.ts';
import type { IncidentFacts, IncidentHandling } from '../model/incident.ts';

/** What the register calls a system; '' and 0 for one it does not know. */
export interface SystemNames {
  readonly systemName: string;
  readonly orgName: string;
  readonly systemLevel: number;
}

/** An incident as it goes over the wire: what its alerts say, what people decided, what the register calls it. */
export function incidentCard(facts: IncidentFacts, handling: IncidentHandling, names: SystemNames): IncidentCard {
  return {
    id: facts.id,
    code: facts.code,
    title: facts.title,
    titleVi: facts.titleVi,
    severity: facts.severity,
    state: handling.state,
    version: handling.version,
    assignee: handling.assignee,
    reason: handling.reason,
    comments: handling.comments,
    origin: facts.origin,
    drill: facts.drill,
    lane: facts.lane,
    org: facts.org,
    orgName: names.orgName,
    system: facts.system,
    systemName: names.systemName,
    systemLevel: names.systemLevel,
    family: facts.family,
    entity: facts.entity,
    hosts: facts.hosts,
    tags: facts.tags,
    alerts: facts.alerts,
    events: facts.events,
    firstEventMs: facts.firstEventMs,
    lastEventMs: facts.lastEventMs,
    openedMs: facts.openedMs,
    changedMs: handling.changedMs,
  };
}

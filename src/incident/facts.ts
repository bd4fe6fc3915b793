import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import { maxSeverity, type Severity, severityRank } from '../model/severity.ts';
import { codeOf } from './group.ts';
import type { IncidentLimits } from './limits.ts';

/** What an incident's alerts say together; `events` are distinct over all of them. */
export interface IncidentAggregate {
  readonly alerts: number;
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly severity: Severity;
  readonly hosts: readonly string[];
  readonly tags: readonly string[];
}

/** The alert an incident is named after: the most severe, of those the earliest. */
export function leadOf(alerts: readonly Alert[]): Alert | null {
  const before = (a: Alert, b: Alert): number =>
    severityRank(b.rule.severity) - severityRank(a.rule.severity) ||
    a.firstEventMs - b.firstEventMs ||
    (a.id < b.id ? -1 : 1);
  return [...alerts].sort(before)[0] ?? null;
}

/** Facts of a new incident as far as its first alerts tell; [0] opened it. */
export function openFacts(
  id: string,
  alerts: readonly [Alert, ...Alert[]],
  openedMs: number,
  limits: IncidentLimits,
): IncidentFacts {
  const [first] = alerts;
  const lead = leadOf(alerts) ?? first;
  const { origin, drill, lane, org, system, entity } = first;
  return {
    id,
    code: codeOf(id, openedMs),
    title: lead.rule.title,
    titleVi: lead.rule.titleVi,
    family: first.rule.family,
    entity,
    severity: alerts.map((a) => a.rule.severity).reduce(maxSeverity),
    origin,
    drill,
    lane,
    org,
    system,
    hosts: bounded(
      alerts.map((a) => a.host),
      limits.hostsMax,
    ),
    tags: bounded(
      alerts.flatMap((a) => a.rule.tags),
      limits.tagsMax,
    ),
    alerts: alerts.length,
    events: alerts.reduce((sum, a) => sum + a.events, 0),
    firstEventMs: Math.min(...alerts.map((a) => a.firstEventMs)),
    lastEventMs: Math.max(...alerts.map((a) => a.lastEventMs)),
    openedMs,
  };
}

/** The facts after its alerts changed. `lead` is given when the severity rose: the title follows the worst alert. */
export function amendFacts(
  facts: IncidentFacts,
  now: IncidentAggregate,
  lead: Alert | null,
  limits: IncidentLimits,
): IncidentFacts {
  return {
    ...facts,
    ...(lead === null ? {} : { title: lead.rule.title, titleVi: lead.rule.titleVi }),
    severity: now.severity,
    hosts: bounded(now.hosts, limits.hostsMax),
    tags: bounded(now.tags, limits.tagsMax),
    alerts: now.alerts,
    events: now.events,
    firstEventMs: now.firstEventMs,
    lastEventMs: now.lastEventMs,
  };
}

/**
 * Which of two writings of an incident is newer. Everything in the facts only grows (more alerts, more events, a wider
 * span, a higher severity, more hosts and tags), so the sum grows whenever anything does, whoever writes.
 */
export function revisionOf(facts: IncidentFacts): number {
  const spanMs = facts.lastEventMs - facts.firstEventMs;
  const sizes = facts.alerts + facts.events + facts.hosts.length + facts.tags.length;
  return sizes + severityRank(facts.severity) + spanMs;
}

function bounded(values: readonly string[], max: number): string[] {
  const distinct = [...new Set(values)].filter((value) => value !== '' && !value.startsWith('… +')).sort();
  if (distinct.length <= max) return distinct;
  return [...distinct.slice(0, max), `… +${distinct.length - max}`];
}

import type { IncidentFacts } from '../model/incident.ts';
import { severityRank } from '../model/severity.ts';
import { amendFacts, leadOf, openFacts, revisionOf } from './facts.ts';
import { groupKeyOfIncident } from './group.ts';
import type { PlaceParts } from './place.ts';

/**
 * Brings the facts of incidents in line with their stored alerts and returns them. Needs no lock: the facts follow from
 * the alerts, and the wider ones win.
 */
export async function refreshFacts(
  ids: readonly string[],
  parts: Pick<PlaceParts, 'alerts' | 'incidents' | 'clock' | 'limits'>,
): Promise<readonly IncidentFacts[]> {
  if (ids.length === 0) return [];
  const [rows, aggregates] = await Promise.all([parts.incidents.byIds(ids), parts.incidents.aggregate(ids)]);
  const stored = new Map(rows.map((facts) => [facts.id, facts]));
  const refreshed: { readonly facts: IncidentFacts; readonly changed: boolean }[] = [];
  for (const [id, now] of aggregates) {
    const before = stored.get(id) ?? null;
    const facts = before ?? (await reopened(id, parts));
    if (facts === null) continue;
    const rose = severityRank(now.severity) > severityRank(facts.severity);
    const lead = rose ? leadOf(await parts.alerts.alertsOfIncident(id)) : null;
    const next = amendFacts(facts, now, lead, parts.limits);
    refreshed.push({ facts: next, changed: before === null || JSON.stringify(next) !== JSON.stringify(facts) });
  }
  const changed = refreshed.filter((each) => each.changed).map((each) => each.facts);
  if (changed.length > 0) {
    await parts.incidents.write(
      changed.map((facts) => ({ ...facts, groupKey: groupKeyOfIncident(facts), revision: revisionOf(facts) })),
    );
  }
  return refreshed.map((each) => each.facts);
}

/** An incident whose own row is missing although alerts name it (restored from a backup, say) is made from them. */
async function reopened(
  id: string,
  parts: Pick<PlaceParts, 'alerts' | 'clock' | 'limits'>,
): Promise<IncidentFacts | null> {
  const [first, ...rest] = await parts.alerts.alertsOfIncident(id);
  return first === undefined ? null : openFacts(id, [first, ...rest], first.createdMs, parts.limits);
}

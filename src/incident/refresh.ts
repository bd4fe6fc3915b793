import type { IncidentFacts } from '../model/incident.ts';
import { severityRank } from '../model/severity.ts';
import { amendFacts, leadOf, openFacts, revisionOf } from './facts.ts';
import { groupKeyOfIncident } from './group.ts';
import type { PlaceParts } from './place.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Brings the facts of incidents in line with their stored alerts and returns them. Needs no lock: the facts follow from
 * the alerts, and the wider ones win.
 */
export async function refreshFacts(
  ids: readonly string[],
  parts: Pick<PlaceParts, 'alerts' | 'incidents' | 'clock' | 'limits'>,
): Promise<readonly IncidentFacts[]> {
  const all = await sideBySide(ids, parts.limits.questionsAtOnce, (id) => refreshOne(id, parts));
  const refreshed = all.filter((each) => each !== null);
  const changed = refreshed.filter((each) => each.changed).map((each) => each.facts);
  if (changed.length > 0) {
    await parts.incidents.write(
      changed.map((facts) => ({ ...facts, groupKey: groupKeyOfIncident(facts), revision: revisionOf(facts) })),
    );
  }
  return refreshed.map((each) => each.facts);
}

async function refreshOne(
  id: string,
  parts: Pick<PlaceParts, 'alerts' | 'incidents' | 'clock' | 'limits'>,
): Promise<{ facts: IncidentFacts; changed: boolean } | null> {
  const [stored, now] = await Promise.all([parts.incidents.get(id), parts.incidents.aggregate(id)]);
  if (now.alerts === 0) return null;
  const facts = stored ?? (await reopened(id, parts));
  if (facts === null) return null;
  const rose = severityRank(now.severity) > severityRank(facts.severity);
  const lead = rose ? leadOf(await parts.alerts.alertsOfIncident(id)) : null;
  const next = amendFacts(facts, now, lead, parts.limits);
  return { facts: next, changed: stored === null || JSON.stringify(next) !== JSON.stringify(facts) };
}

/** An incident whose own row is missing although alerts name it (restored from a backup, say) is made from them. */
async function reopened(
  id: string,
  parts: Pick<PlaceParts, 'alerts' | 'clock' | 'limits'>,
): Promise<IncidentFacts | null> {
  const [first, ...rest] = await parts.alerts.alertsOfIncident(id);
  return first === undefined ? null : openFacts(id, [first, ...rest], first.createdMs, parts.limits);
}

import type { Alert } from '../model/finding.ts';
import { type IncidentFacts, type IncidentHandling, isClosed } from '../model/incident.ts';
import { openFacts, revisionOf } from './facts.ts';
import { groupKeyOfAlert, incidentIdOf } from './group.ts';
import type { IncidentLimits } from './limits.ts';
import type { AlertsPort, IncidentRowsPort, LockPort, NearIncident } from './ports.ts';

/** An incident as the placing of one batch's alerts sees it: its span grows as alerts join. */
interface Home {
  readonly id: string;
  firstEventMs: number;
  lastEventMs: number;
  /** The alerts that open it; empty for one that stood already. */
  readonly opening: Alert[];
}

export interface PlaceParts {
  readonly alerts: AlertsPort;
  readonly incidents: IncidentRowsPort;
  readonly handlingOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, IncidentHandling>>;
  readonly lock: LockPort;
  readonly clock: () => number;
  readonly limits: IncidentLimits;
}

/** Alerts as stored, and the facts of incidents that were opened for just one of them, which say all there is. */
export interface PlacedAlerts {
  readonly alerts: readonly Alert[];
  readonly opened: ReadonlyMap<string, IncidentFacts>;
}

/**
 * Gives every alert an incident and stores both.
 * An alert that has an incident keeps it, even a closed one: an incident is not asked twice about the same alert. A new
 * alert joins the newest incident of its group that is open and near in event time, else opens one.
 *
 * The group's lock is held only for new alerts. Order of writes: an opened incident, then its alerts; after a crash in
 * between, whoever comes next finds the incident and joins it.
 */
export async function placeAlerts(alerts: readonly Alert[], parts: PlaceParts): Promise<PlacedAlerts> {
  const placed = alerts.filter((alert) => alert.incident !== '');
  const opened = new Map<string, IncidentFacts>();
  if (placed.length > 0) await parts.alerts.writeAlerts(placed);

  const byGroup = new Map<string, Alert[]>();
  for (const alert of alerts) {
    if (alert.incident !== '') continue;
    const key = groupKeyOfAlert(alert);
    const group = byGroup.get(key);
    if (group === undefined) byGroup.set(key, [alert]);
    else group.push(alert);
  }
  const groups = [...byGroup];
  const { groupsPerLockMax } = parts.limits;
  for (let from = 0; from < groups.length; from += groupsPerLockMax) {
    const some = await placeGroups(groups.slice(from, from + groupsPerLockMax), parts);
    placed.push(...some.alerts);
    for (const [id, facts] of some.opened) opened.set(id, facts);
  }
  return { alerts: placed, opened };
}

async function placeGroups(groups: readonly [string, Alert[]][], parts: PlaceParts): Promise<PlacedAlerts> {
  const keys = groups.map(([key]) => `group:${key}`);
  return parts.lock(keys, async (lease) => {
    const ids = groups.flatMap(([, alerts]) => alerts.map((alert) => alert.id));
    // Another worker may have placed some of them while we waited for the lock.
    const [known, near] = await Promise.all([parts.alerts.alerts(ids), nearIncidents(groups, parts)]);
    const stored = new Map(known.map((alert) => [alert.id, alert]));
    const nowMs = parts.clock();
    const done = groups.map(([groupKey, alerts]) =>
      placeGroup(groupKey, alerts, stored, near.get(groupKey) ?? [], parts.limits.gapMs),
    );
    const placed = done.flatMap(({ alerts }) => alerts);
    const rows = done.flatMap(({ groupKey, homes }) =>
      homes.flatMap(({ id, opening }) => {
        const [first, ...rest] = opening;
        if (first === undefined) return [];
        const facts = openFacts(id, [first, ...rest], nowMs, parts.limits);
        // Of several alerts the distinct events are not known here: revision 0, any recount is newer.
        return [{ facts, row: { ...facts, groupKey, revision: rest.length === 0 ? revisionOf(facts) : 0 } }];
      }),
    );
    await lease.check();
    if (rows.length > 0) await parts.incidents.write(rows.map(({ row }) => row));
    await parts.alerts.writeAlerts(placed);
    const whole = rows.filter(({ facts }) => facts.alerts === 1).map(({ facts }) => [facts.id, facts] as const);
    return { alerts: placed, opened: new Map(whole) };
  });
}

/** A standing incident, as far as it concerns who may join it. */
interface Standing extends NearIncident {
  readonly closed: boolean;
}

/** Of each group the incidents that its new alerts may join, newest first, in two questions for all of them. */
async function nearIncidents(
  groups: readonly [string, Alert[]][],
  parts: PlaceParts,
): Promise<ReadonlyMap<string, readonly Standing[]>> {
  const { gapMs } = parts.limits;
  const alerts = groups.flatMap(([, some]) => some);
  const found = await parts.incidents.near(
    groups.map(([key]) => key),
    {
      fromMs: Math.min(...alerts.map((alert) => alert.firstEventMs)) - gapMs,
      toMs: Math.max(...alerts.map((alert) => alert.lastEventMs)) + gapMs,
    },
  );
  const handlings = await parts.handlingOf(found.map(({ id }) => id));
  const near = new Map<string, Standing[]>();
  for (const each of found) {
    const some = near.get(each.groupKey) ?? [];
    near.set(each.groupKey, some);
    const handling = handlings.get(each.id);
    some.push({ ...each, closed: handling !== undefined && isClosed(handling.state) });
  }
  return near;
}

function placeGroup(
  groupKey: string,
  alerts: readonly Alert[],
  stored: ReadonlyMap<string, Alert>,
  near: readonly Standing[],
  gapMs: number,
): { readonly groupKey: string; readonly homes: readonly Home[]; readonly alerts: readonly Alert[] } {
  const homes: Home[] = [];
  const placed: Alert[] = [];
  for (const alert of [...alerts].sort(byEventTime)) {
    const before = stored.get(alert.id);
    if (before !== undefined && before.incident !== '') {
      placed.push({ ...alert, incident: before.incident, createdMs: before.createdMs });
      continue;
    }
    const home = findHome(alert, near, homes, gapMs) ?? newHome(alert, groupKey, homes);
    if (home.opening.length > 0 && home.opening[0] !== alert) home.opening.push(alert);
    home.firstEventMs = Math.min(home.firstEventMs, alert.firstEventMs);
    home.lastEventMs = Math.max(home.lastEventMs, alert.lastEventMs);
    placed.push({ ...alert, incident: home.id });
  }
  return { groupKey, homes, alerts: placed };
}

function findHome(alert: Alert, near: readonly Standing[], homes: Home[], gapMs: number): Home | null {
  const fromMs = alert.firstEventMs - gapMs;
  const toMs = alert.lastEventMs + gapMs;
  const touches = (span: Pick<Home, 'firstEventMs' | 'lastEventMs'>): boolean =>
    span.firstEventMs <= toMs && span.lastEventMs >= fromMs;
  const known = homes.findLast(touches);
  if (known !== undefined) return known;
  const found = near.find(touches);
  // A closed incident never swallows a new alert.
  if (found === undefined || found.closed) return null;
  const { id, firstEventMs, lastEventMs } = found;
  const home: Home = { id, firstEventMs, lastEventMs, opening: [] };
  homes.push(home);
  return home;
}

function newHome(alert: Alert, groupKey: string, homes: Home[]): Home {
  const { firstEventMs, lastEventMs } = alert;
  const home: Home = { id: incidentIdOf(groupKey, alert.id), firstEventMs, lastEventMs, opening: [alert] };
  homes.push(home);
  return home;
}

function byEventTime(a: Alert, b: Alert): number {
  return a.firstEventMs - b.firstEventMs || (a.id < b.id ? -1 : 1);
}

import type { SecurityEvent } from '../model/event.ts';
import { type Alert, type Finding, knownEvidence, type MatchedField } from '../model/finding.ts';
import type { DetectLimits } from './limits.ts';
import type { AlertPort, CorrelatedDraft, Draft, IncidentPort, NotifyPort, Raised, StorePort } from './ports.ts';

export interface RaiseParts {
  readonly store: StorePort;
  readonly alert: AlertPort;
  readonly incidents: IncidentPort;
  readonly notify: NotifyPort;
  readonly clock: () => number;
  readonly limits: DetectLimits;
}

/** The findings just stored are not to be read back yet; running the batch again mends it. */
class FindingsNotVisible extends Error {
  readonly code = 'findings-not-visible';
  constructor(alert: string) {
    super(`findings of alert ${alert} are stored but not visible yet`);
    this.name = 'FindingsNotVisible';
  }
}

/**
 * From stored findings to stored alerts and incidents, queued notices and the feed, in this order. One write per
 * alert, whatever the number of its findings. Nothing here depends on who ran before: alerts are rebuilt from all
 * their findings, and notices and feed are told again (both take a repeat for what it is).
 */
export async function raise(
  drafts: readonly (Draft | CorrelatedDraft)[],
  known: ReadonlyMap<string, SecurityEvent>,
  parts: RaiseParts,
): Promise<void> {
  const { alertsPerRound } = parts.limits;
  for (let from = 0; from < drafts.length; from += alertsPerRound) {
    const alerts = await rebuild(drafts.slice(from, from + alertsPerRound), known, parts);
    await tell(alerts, parts);
  }
}

/**
 * Alerts of correlations that do not hold any more after what came later: marked so where they were raised, since people
 * may have acted on them.
 */
export async function takeBack(
  gone: readonly { readonly alert: string; readonly known: number }[],
  parts: RaiseParts,
): Promise<void> {
  const { alertsPerRound } = parts.limits;
  for (let from = 0; from < gone.length; from += alertsPerRound) {
    const some = new Map(gone.slice(from, from + alertsPerRound).map(({ alert, known }) => [alert, known]));
    const stored = await parts.store.alerts([...some.keys()]);
    const alerts = stored.flatMap((alert): Alert[] => {
      const members = some.get(alert.id) ?? 0;
      if (alert.correlation === undefined || !alert.correlation.holds || members < alert.correlation.members) return [];
      return [{ ...alert, correlation: { ...alert.correlation, members, holds: false } }];
    });
    if (alerts.length > 0) await tell(alerts, parts);
  }
}

async function tell(alerts: readonly Alert[], parts: RaiseParts): Promise<void> {
  const placed = await parts.incidents.place(alerts);
  const incidents = new Map(placed.incidents.map((facts) => [facts.id, facts]));
  const raised = placed.alerts.flatMap((alert): Raised[] => {
    const incident = incidents.get(alert.incident);
    return incident === undefined ? [] : [{ alert, incident }];
  });
  await parts.notify(raised);
  await parts.incidents.show(placed);
}

async function rebuild(
  drafts: readonly (Draft | CorrelatedDraft)[],
  known: ReadonlyMap<string, SecurityEvent>,
  parts: RaiseParts,
): Promise<Alert[]> {
  const own = drafts.flatMap((each) => ('correlation' in each ? [] : [each.id]));
  const ids = drafts.map((each) => ('correlation' in each ? each.draft.id : each.id));
  const [aggregates, stored] = await Promise.all([parts.store.aggregate(own), parts.store.alerts(ids)]);
  const previous = new Map(stored.map((alert) => [alert.id, alert]));
  const wanted = drafts.map((each) => {
    if ('correlation' in each) return { ...each, previous: previous.get(each.draft.id) ?? null };
    const facts = aggregates.get(each.id);
    if (facts === undefined) throw new FindingsNotVisible(each.id);
    return { draft: each, facts, previous: previous.get(each.id) ?? null };
  });
  const unread = wanted.map(({ facts, previous: before }) =>
    facts.evidence.slice(knownEvidence(before, facts.evidence)),
  );
  const events = await readEvents(unread.flat(), known, parts);
  const correlated = wanted.flatMap((each, i) =>
    'correlation' in each ? evidenceFindings(each, unread[i] ?? [], events) : [],
  );
  if (correlated.length > 0) await parts.store.insertFindings(correlated, 'correlated');
  const nowMs = parts.clock();
  return wanted.map((each, i) => {
    const named = (unread[i] ?? []).flatMap(({ event }) => events.get(event) ?? []);
    return parts.alert.build({ ...each, events: named, nowMs });
  });
}

/**
 * Findings for the events a correlation's alert shows, so that evidence and incident see them as any other's; what was
 * matched is the group. The other members are counted by the alert alone.
 */
function evidenceFindings(
  { draft, correlation }: CorrelatedDraft,
  shown: Alert['evidence'],
  events: ReadonlyMap<string, SecurityEvent>,
): Finding[] {
  const matched = correlation.groupBy.map(({ field, value }): MatchedField => {
    return { field, value, selection: 'group-by', how: 'group-by', spans: [[0, value.length]] };
  });
  return shown.flatMap(({ event: id, day }): Finding[] => {
    const event = events.get(id);
    if (event === undefined) return [];
    const { eventTimeMs, receivedTimeMs, batch } = event;
    return [{ rule: draft.rule.id, event: id, batch, day, alert: draft.id, eventTimeMs, receivedTimeMs, matched }];
  });
}

async function readEvents(
  refs: Alert['evidence'],
  known: ReadonlyMap<string, SecurityEvent>,
  parts: RaiseParts,
): Promise<ReadonlyMap<string, SecurityEvent>> {
  const missing = [...new Map(refs.filter(({ event }) => !known.has(event)).map((ref) => [ref.event, ref])).values()];
  if (missing.length === 0) return known;
  const events = new Map(known);
  const { evidencePerRead } = parts.limits;
  for (let from = 0; from < missing.length; from += evidencePerRead) {
    const read = await parts.store.byIds(missing.slice(from, from + evidencePerRead));
    for (const event of read) events.set(event.id, event);
  }
  return events;
}

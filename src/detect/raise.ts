import type { SecurityEvent } from '../model/event.ts';
import { type Alert, knownEvidence } from '../model/finding.ts';
import type { DetectLimits } from './limits.ts';
import type { AlertPort, Draft, IncidentPort, NotifyPort, Raised, StorePort } from './ports.ts';

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
  drafts: readonly Draft[],
  known: ReadonlyMap<string, SecurityEvent>,
  parts: RaiseParts,
): Promise<void> {
  const { alertsPerRound } = parts.limits;
  for (let from = 0; from < drafts.length; from += alertsPerRound) {
    const alerts = await rebuild(drafts.slice(from, from + alertsPerRound), known, parts);
    const placed = await parts.incidents.place(alerts);
    const incidents = new Map(placed.incidents.map((facts) => [facts.id, facts]));
    const raised = placed.alerts.flatMap((alert): Raised[] => {
      const incident = incidents.get(alert.incident);
      return incident === undefined ? [] : [{ alert, incident }];
    });
    await parts.notify(raised);
    await parts.incidents.show(placed);
  }
}

async function rebuild(
  drafts: readonly Draft[],
  known: ReadonlyMap<string, SecurityEvent>,
  parts: RaiseParts,
): Promise<Alert[]> {
  const ids = drafts.map((draft) => draft.id);
  const [aggregates, stored] = await Promise.all([parts.store.aggregate(ids), parts.store.alerts(ids)]);
  const previous = new Map(stored.map((alert) => [alert.id, alert]));
  const wanted = drafts.map((draft) => {
    const facts = aggregates.get(draft.id);
    if (facts === undefined) throw new FindingsNotVisible(draft.id);
    return { draft, facts, previous: previous.get(draft.id) ?? null };
  });
  const unread = wanted.map(({ facts, previous: before }) =>
    facts.evidence.slice(knownEvidence(before, facts.evidence)),
  );
  const events = await readEvents(unread.flat(), known, parts);
  const nowMs = parts.clock();
  return wanted.map((each, i) => {
    const named = (unread[i] ?? []).flatMap(({ event }) => events.get(event) ?? []);
    return parts.alert.build({ ...each, events: named, nowMs });
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

/** What happened, in one paragraph made of facts only: times, counts, titles and names of the alerts; nothing guessed. */
import type { AlertView, IncidentDetail } from '../../../src/contract/api.ts';
import { machines } from './hosts.ts';
import { severityRank } from './severity.ts';

export interface Story {
  readonly fromMs: number;
  readonly toMs: number;
  readonly alerts: number;
  readonly rules: number;
  readonly events: number;
  readonly hosts: readonly string[];
  readonly first: AlertView;
  readonly worst: AlertView;
  readonly newest: AlertView;
}

/** null when the incident has no alert to tell of. */
export function storyOf(detail: IncidentDetail): Story | null {
  const byTime = [...detail.alerts].sort((a, b) => a.firstEventMs - b.firstEventMs || (a.id < b.id ? -1 : 1));
  const first = byTime[0];
  if (first === undefined) return null;
  const worst = byTime.reduce((w, a) => (severityRank(a.severity) > severityRank(w.severity) ? a : w), first);
  const newest = byTime.reduce((n, a) => (a.lastEventMs > n.lastEventMs ? a : n), first);
  return {
    fromMs: first.firstEventMs,
    toMs: newest.lastEventMs,
    alerts: detail.card.alerts,
    rules: new Set(byTime.map((a) => a.rule)).size,
    events: detail.card.events,
    hosts: machines(detail.card.hosts),
    first,
    worst,
    newest,
  };
}

/** One incident's alerts, evidence, people's actions and notices on one axis of time, with the quiet stretches named. */
import type { AlertView, DeliveryView, EvidenceView, HistoryRow, IncidentDetail } from '../../../src/contract/api.ts';

/** A stretch without anything this long is said aloud. */
export const quietMs = 180_000;

export type TimelineRow =
  | {
      readonly kind: 'alert';
      readonly key: string;
      readonly atMs: number;
      readonly alert: AlertView;
      readonly evidence: readonly EvidenceView[];
    }
  | { readonly kind: 'person'; readonly key: string; readonly atMs: number; readonly row: HistoryRow }
  | { readonly kind: 'notice'; readonly key: string; readonly atMs: number; readonly tries: readonly DeliveryView[] }
  | { readonly kind: 'opened'; readonly key: string; readonly atMs: number };

export type TimelineItem = TimelineRow | { readonly kind: 'quiet'; readonly key: string; readonly forMs: number };

/** All rows in order of time; alerts stand at their first event, notices at their newest try. */
export function timelineRows(detail: IncidentDetail): readonly TimelineRow[] {
  const rows: TimelineRow[] = [{ kind: 'opened', key: 'opened', atMs: detail.card.openedMs }];
  for (const alert of detail.alerts) {
    const evidence = detail.evidence.filter((e) => e.alert === alert.id);
    rows.push({ kind: 'alert', key: `a-${alert.id}`, atMs: alert.firstEventMs, alert, evidence });
  }
  for (const row of detail.history) {
    if (row.action === 'opened') continue;
    rows.push({ kind: 'person', key: `h-${row.version}`, atMs: row.atMs, row });
  }
  for (const tries of noticesOf(detail.deliveries)) {
    const newest = tries[tries.length - 1];
    if (newest !== undefined) rows.push({ kind: 'notice', key: `n-${newest.notice}`, atMs: newest.atMs, tries });
  }
  return rows.sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
}

/** Deliveries of one notice together, earliest try first. */
export function noticesOf(deliveries: readonly DeliveryView[]): readonly (readonly DeliveryView[])[] {
  const byNotice = new Map<string, DeliveryView[]>();
  for (const d of deliveries) byNotice.set(d.notice, [...(byNotice.get(d.notice) ?? []), d]);
  return [...byNotice.values()].map((list) => list.sort((a, b) => a.atMs - b.atMs || a.attempt - b.attempt));
}

export function withQuiet(rows: readonly TimelineRow[]): readonly TimelineItem[] {
  return rows.flatMap((row, i): TimelineItem[] => {
    const before = rows[i - 1];
    const forMs = before === undefined ? 0 : row.atMs - before.atMs;
    return forMs < quietMs ? [row] : [{ kind: 'quiet', key: `q-${row.key}`, forMs }, row];
  });
}

import type { BreachView, SourceWatchView } from '../contract/sources.ts';
import type { Source } from '../model/source.ts';
import type { OpenBreach } from './alert.ts';
import { delaysOf, estimateClock } from './clock.ts';
import type { WatchLimits } from './limits.ts';
import type { StoredHour, StoredKind, StoredParser } from './ports.ts';
import { breachWhy } from './words.ts';

const hourMs = 3_600_000;
const hoursShown = 24;
const detectedShown = 5;

/** A source's rows of the store, and what the register says of it. */
export interface ViewedSource {
  readonly source: Source;
  readonly version: number;
  readonly systemName: string;
  readonly hours: readonly StoredHour[];
  readonly kinds: readonly StoredKind[];
  readonly parsers: readonly StoredParser[];
  readonly breaches: readonly OpenBreach[];
}

/** A source as the page of sources shows it. `parserIds`: what it could be pinned to. */
export function sourceView(
  o: ViewedSource,
  parserIds: readonly string[],
  nowMs: number,
  limits: WatchLimits,
): SourceWatchView {
  const { source } = o;
  const first = Math.floor(nowMs / hourMs) * hourMs - (hoursShown - 1) * hourMs;
  const recent = o.hours.filter(({ startMs }) => startMs >= first);
  const rows = new Map(recent.map((hour) => [hour.startMs, hour.rows]));
  const total = sum(recent, (hour) => hour.rows);
  const clock = (addMs: number): SourceWatchView['clock'] => estimateClock(delaysOf(recent, addMs), limits);
  const detectedRows = sum(o.parsers, (each) => each.rows);
  const candidate = candidateOf(o.parsers, parserIds);
  return {
    id: source.id,
    name: source.name,
    org: source.org,
    system: source.system,
    systemName: o.systemName,
    version: o.version,
    parser: source.parser,
    encoding: source.encoding ?? '',
    certificates: source.certificates ?? [],
    contract: source.contract ?? null,
    timeCorrection: source.timeCorrection ?? null,
    lastReceivedMs: Math.max(0, ...o.kinds.map(({ lastReceivedMs }) => lastReceivedMs)),
    hours: Array.from({ length: hoursShown }, (_, i) => rows.get(first + i * hourMs) ?? 0),
    rawShare: total === 0 ? 0 : sum(recent, (hour) => hour.rawRows) / total,
    futureRows: sum(recent, (hour) => hour.futureRows),
    clock: clock(0),
    corrected: clock(source.timeCorrection?.addMs ?? 0),
    detected: o.parsers.slice(0, detectedShown).map(({ parser, rows: count }) => ({ parser, rows: count })),
    detectedRows,
    candidate: candidate?.parser ?? '',
    candidateShare: candidate === null || detectedRows === 0 ? 0 : candidate.rows / detectedRows,
    breaches: o.breaches.map(breachView),
  };
}

/** The outer format that read most rows: what stands in a syslog line is found inside it whatever is pinned. */
function candidateOf(
  parsers: readonly StoredParser[],
  parserIds: readonly string[],
): { parser: string; rows: number } | null {
  const counts = new Map<string, number>();
  for (const { parser, rows, rawRows } of parsers) {
    const [outer = ''] = parser.split('+');
    if (outer !== 'raw' && parserIds.includes(outer)) counts.set(outer, (counts.get(outer) ?? 0) + rows - rawRows);
  }
  // One source of both syslog forms is still one of syslog.
  const forms = [...counts].filter(([outer]) => /^syslog-/.test(outer));
  if (forms.length > 1) {
    for (const [outer] of forms) counts.delete(outer);
    counts.set(
      'syslog',
      sum(forms, ([, rows]) => rows),
    );
  }
  const [best] = [...counts].toSorted(([, a], [, b]) => b - a);
  return best === undefined ? null : { parser: best[0], rows: best[1] };
}

function breachView(breach: OpenBreach): BreachView {
  const { why, whyVi } = breachWhy(breach);
  return {
    alert: breach.id,
    kind: breach.kind,
    log: breach.log,
    sinceMs: breach.sinceMs,
    why,
    whyVi,
    blindRules: breach.blind.rules,
    blindRulesTotal: breach.blind.rulesTotal,
    blindTechniques: breach.blind.techniques,
    blindTechniquesTotal: breach.blind.techniquesTotal,
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

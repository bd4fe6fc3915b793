import type { LogsourceTags } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import { breachKinds } from '../model/source-contract.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { breachAlert, breachId, type OpenBreach } from './alert.ts';
import { blindRules } from './blind.ts';
import { bySource } from './by-source.ts';
import type { Outages } from './facts.ts';
import { factsOf, readTags } from './facts-of.ts';
import { createHolidayCalendar, type HolidayCalendar } from './holidays.ts';
import { type Breach, judge } from './judge.ts';
import { isOfKind, tagsOfKind } from './kinds.ts';
import { defaultWatchLimits, gapLeastMs, type WatchLimits } from './limits.ts';
import type { StoredHour, StoredKind, WatchPorts } from './ports.ts';

/** Holds sources to what they owe. */
export interface Watch {
  /** One round; does nothing when another process has just done it. Rejects while the store is away. */
  round(): Promise<void>;
}

const hourMs = 3_600_000;
/** Whoever comes within this of a round leaves it at that. */
const roundLeastMs = 45_000;

/** What one round looks at. */
interface Known {
  readonly nowMs: number;
  readonly hours: ReadonlyMap<string, readonly StoredHour[]>;
  readonly kinds: ReadonlyMap<string, readonly StoredKind[]>;
  readonly outages: Outages;
  readonly calendar: HolidayCalendar;
}

export function createWatch(
  o: WatchPorts & {
    readonly process: string;
    readonly clock: () => number;
    readonly log: Logger;
    readonly metrics: Pick<Metrics, 'gauge'>;
    readonly limits?: Partial<WatchLimits>;
  },
): Watch {
  const limits: WatchLimits = { ...defaultWatchLimits, ...o.limits };
  const broken = o.metrics.gauge('source_contracts_broken', 'Breaches of source contracts that are open', ['kind']);
  let countedTo: number | null = null;

  async function count(nowMs: number): Promise<void> {
    await o.rows.rollUp(countedTo ?? (await o.rows.rollUpFrom()));
    // The hour before is counted once more: its last batches may still have been on their way.
    countedTo = nowMs - hourMs;
  }

  async function look(nowMs: number): Promise<Known> {
    const [hours, kinds, outages, days] = await Promise.all([
      o.rows.hours({ fromMs: nowMs - limits.clockHours * hourMs }),
      o.rows.kinds(nowMs - limits.weeksLearnt * 7 * 24 * hourMs),
      o.rows.gaps('collect', nowMs - limits.silenceHorizonMs, gapLeastMs),
      o.officialDays(),
    ]);
    return {
      nowMs,
      hours: bySource(hours),
      kinds: bySource(kinds),
      outages,
      calendar: createHolidayCalendar(days),
    };
  }

  function judgementOf(source: Source, known: Known): ReturnType<typeof judge> {
    const { nowMs, outages, calendar } = known;
    const rows = { hours: known.hours.get(source.id) ?? [], kinds: known.kinds.get(source.id) ?? [] };
    const facts = factsOf(source, rows, nowMs, limits);
    const contract = source.contract ?? null;
    // An exercise's sources owe only what was agreed with them: its alerts are scored.
    const isPinned = source.parser !== 'auto' && (contract !== null || source.origin === 'production');
    return judge({ contract, isPinned, facts, outages, calendar, nowMs, limits });
  }

  function opened(source: Source, breach: Breach, known: Known): OpenBreach {
    const { missing, arriving } = tagsMissing(source, breach, known, o.sources());
    const blind = blindRules(o.rules(), missing, arriving, limits.blindShown);
    const id = breachId(source.id, breach);
    return { ...breach, id, source: source.id, untilMs: 0, blind, raisedMs: known.nowMs };
  }

  async function settle(known: Known): Promise<void> {
    const sources = new Map(o.sources().map((source) => [source.id, source]));
    const open = await o.rows.openBreaches();
    const standing: OpenBreach[] = [];
    const changed: OpenBreach[] = [];
    for (const source of sources.values()) {
      const { breaches, undecided } = judgementOf(source, known);
      const before = open.filter((each) => each.source === source.id);
      const isSame = (a: Breach, b: Breach): boolean => a.kind === b.kind && a.log === b.log;
      for (const each of before) {
        const stands = undecided.includes(each.kind) || breaches.some((breach) => isSame(breach, each));
        if (stands) standing.push(each);
        else changed.push({ ...each, untilMs: known.nowMs });
      }
      for (const breach of breaches)
        if (!before.some((each) => isSame(breach, each))) changed.push(opened(source, breach, known));
    }
    // A source that is registered no more owes nothing; nobody is told.
    const gone = open.filter(({ source }) => !sources.has(source)).map((each) => ({ ...each, untilMs: known.nowMs }));
    await publish(changed, sources);
    await o.rows.writeBreaches([...changed, ...gone]);
    show([...standing, ...changed.filter(({ untilMs }) => untilMs === 0)]);
  }

  /** Alerts first: what is written down as broken has been told. A crash between the two tells it again, as the same. */
  async function publish(changed: readonly OpenBreach[], sources: ReadonlyMap<string, Source>): Promise<void> {
    const alerts = changed.flatMap((breach) => {
      const source = sources.get(breach.source);
      return source === undefined ? [] : [breachAlert(breach, source, o.orgOf(source))];
    });
    if (alerts.length === 0) return;
    await o.raise(alerts);
    for (const { id, rule, health } of alerts) {
      const said = health?.recoveredMs === 0 ? rule.title : `as agreed again: ${rule.title}`;
      o.log.info({ alert: id, rule: rule.id, source: health?.source }, said);
    }
  }

  function show(open: readonly OpenBreach[]): void {
    for (const kind of breachKinds) broken.set({ kind }, open.filter((each) => each.kind === kind).length);
  }

  return {
    round: () =>
      o.lock('watch', async () => {
        const nowMs = o.clock();
        if (nowMs - (await o.rows.lastBeat('watch')) < roundLeastMs) return;
        await count(nowMs);
        await settle(await look(nowMs));
        await o.rows.beat('watch', o.process);
      }),
  };
}

/** The kinds of logs a breach keeps away, and those that still reach the same system. */
function tagsMissing(
  source: Source,
  breach: Breach,
  known: Known,
  sources: readonly Source[],
): { readonly missing: readonly LogsourceTags[]; readonly arriving: readonly LogsourceTags[] } {
  const read = (id: string): readonly LogsourceTags[] => (known.kinds.get(id) ?? []).map(({ tags }) => readTags(tags));
  const own = read(source.id);
  const owed = (source.contract?.kinds ?? []).map(tagsOfKind);
  const others = sources.filter(({ id, system }) => id !== source.id && system === source.system && system !== '');
  const fresh = others.flatMap(({ id }) =>
    (known.kinds.get(id) ?? [])
      .filter(({ lastReceivedMs }) => known.nowMs - lastReceivedMs < 24 * hourMs)
      .map(({ tags }) => readTags(tags)),
  );
  switch (breach.kind) {
    case 'silent':
    case 'format':
      return { missing: [...own, ...owed], arriving: fresh };
    case 'kind-missing': {
      const missing = [...own.filter((tags) => isOfKind(breach.log, tags)), tagsOfKind(breach.log)];
      return { missing, arriving: [...fresh, ...own.filter((tags) => !isOfKind(breach.log, tags))] };
    }
    default:
      // What comes late, thin or with a wrong time is still seen.
      return { missing: [], arriving: [] };
  }
}

import { type BreachKind, breachKinds, type SourceContract } from '../model/source-contract.ts';
import { coveredMs, type Outages, type SourceFacts } from './facts.ts';
import type { HolidayCalendar } from './holidays.ts';
import { bandOfHour, owes, stretchesOf } from './hour-class.ts';
import { isOfKind } from './kinds.ts';
import type { WatchLimits } from './limits.ts';

/** One way in which a contract is broken now. */
export interface Breach {
  readonly kind: BreachKind;
  /** The kind of log that is missing; '' for what concerns the whole source. */
  readonly log: string;
  /** Since when: the last line there was, or the hour that first showed it. */
  readonly sinceMs: number;
  /** What was found, and what it was held against: ms, rows an hour, or a share. */
  readonly value: number;
  readonly bound: number;
}

export interface JudgeInput {
  /** null: nothing agreed; a pinned parser is still held to its word. */
  readonly contract: SourceContract | null;
  readonly isPinned: boolean;
  readonly facts: SourceFacts;
  readonly outages: Outages;
  readonly calendar: HolidayCalendar;
  readonly nowMs: number;
  readonly limits: WatchLimits;
}

const hourMs = 3_600_000;

export interface Judgement {
  readonly breaches: readonly Breach[];
  /** What cannot be said now: a breach of these kinds that is open stays as it is. */
  readonly undecided: readonly BreachKind[];
}

/** What is broken at this moment. Says the same for the same input. */
export function judge(input: JudgeInput): Judgement {
  const { contract, isPinned } = input;
  const silent = contract === null ? null : silence(input, contract);
  // Of a source that sends nothing there is nothing more to say.
  if (silent !== null) return { breaches: [silent], undecided: breachKinds.filter((kind) => kind !== 'silent') };
  const parts = [
    ...(contract === null ? [] : [missingKinds(input, contract), volume(input, contract), clock(input, contract)]),
    ...(isPinned ? [format(input)] : []),
  ];
  return {
    breaches: parts.flatMap(({ breaches }) => breaches),
    undecided: parts.flatMap(({ undecided }) => undecided),
  };
}

/**
 * How long nothing has come, counted only while lines are owed and while we could have taken them: a weekend of a source
 * that owes nothing on weekends is no silence, nor is our own standstill.
 */
function owedSilenceMs(contract: SourceContract, sinceMs: number, o: JudgeInput): number {
  const fromMs = Math.max(sinceMs, o.nowMs - o.limits.silenceHorizonMs);
  return stretchesOf(fromMs, o.nowMs, contract.workingHours, o.calendar)
    .filter(({ hourClass }) => owes(contract, hourClass))
    .reduce((sum, stretch) => sum + coveredMs(stretch.fromMs, stretch.untilMs, o.outages), 0);
}

function silence(input: JudgeInput, contract: SourceContract): Breach | null {
  const sinceMs = Math.max(input.facts.lastReceivedMs, contract.agreedMs);
  const { silenceMs: bound } = contract;
  if (bound === 0 || input.nowMs - sinceMs <= bound) return null;
  const value = owedSilenceMs(contract, sinceMs, input);
  return value > bound ? { kind: 'silent', log: '', sinceMs, value, bound } : null;
}

function missingKinds(input: JudgeInput, contract: SourceContract): Judgement {
  const { kindSilenceMs: bound, agreedMs } = contract;
  if (bound === 0) return noBreach;
  const breaches = contract.kinds.flatMap((log): Breach[] => {
    const seen = input.facts.kinds.filter(({ tags }) => isOfKind(log, tags));
    const sinceMs = Math.max(agreedMs, ...seen.map(({ lastReceivedMs }) => lastReceivedMs));
    if (input.nowMs - sinceMs <= bound) return [];
    const value = owedSilenceMs(contract, sinceMs, input);
    return value > bound ? [{ kind: 'kind-missing', log, sinceMs, value, bound }] : [];
  });
  return { breaches, undecided: [] };
}

/** The last whole hour against its band. An hour that owes nothing does not say that what was low has recovered. */
function volume(input: JudgeInput, contract: SourceContract): Judgement {
  const { facts, outages, calendar, nowMs, limits } = input;
  if (contract.volume === null) return noBreach;
  // Lines are counted to the hour they were received in, so an hour is whole a little after its end.
  const sinceMs = Math.floor((nowMs - limits.hourSettlesMs) / hourMs) * hourMs - hourMs;
  if (sinceMs < contract.agreedMs) return { breaches: [], undecided: ['volume-low', 'volume-high'] };
  const band = bandOfHour(contract.volume, sinceMs, contract.workingHours, calendar);
  const value = facts.hours.find(({ startMs }) => startMs === sinceMs)?.rows ?? 0;
  const isWhole = coveredMs(sinceMs, sinceMs + hourMs, outages) === hourMs;
  if (band.most > 0 && value > band.most)
    return { breaches: [{ kind: 'volume-high', log: '', sinceMs, value, bound: band.most }], undecided: [] };
  if (band.least === 0 || !isWhole) return { breaches: [], undecided: ['volume-low'] };
  if (value >= band.least) return noBreach;
  return { breaches: [{ kind: 'volume-low', log: '', sinceMs, value, bound: band.least }], undecided: [] };
}

function clock({ facts, nowMs }: JudgeInput, contract: SourceContract): Judgement {
  if (facts.clock === null) return { breaches: [], undecided: ['clock', 'lag'] };
  const sinceMs = Math.floor(nowMs / hourMs) * hourMs;
  const { skewMs, lagMs } = facts.clock;
  const breaches: Breach[] = [];
  if (contract.skewMs > 0 && Math.abs(skewMs) > contract.skewMs)
    breaches.push({ kind: 'clock', log: '', sinceMs, value: skewMs, bound: contract.skewMs });
  if (contract.lagMs > 0 && lagMs > contract.lagMs)
    breaches.push({ kind: 'lag', log: '', sinceMs, value: lagMs, bound: contract.lagMs });
  return { breaches, undecided: [] };
}

/** A parser that was confirmed and now cannot read what comes: the format has changed. Over this hour and the last. */
function format({ facts, nowMs, limits }: JudgeInput): Judgement {
  const sinceMs = Math.floor(nowMs / hourMs) * hourMs - hourMs;
  const recent = facts.hours.filter(({ startMs }) => startMs >= sinceMs);
  const rows = recent.reduce((sum, hour) => sum + hour.rows, 0);
  const raw = recent.reduce((sum, hour) => sum + hour.rawRows, 0);
  if (rows < limits.formatRowsLeast) return { breaches: [], undecided: ['format'] };
  const bound = limits.formatRawShareMax;
  if (raw <= rows * bound) return noBreach;
  return { breaches: [{ kind: 'format', log: '', sinceMs, value: raw / rows, bound }], undecided: [] };
}

const noBreach: Judgement = { breaches: [], undecided: [] };

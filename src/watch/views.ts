import type { SourceWatchView } from '../contract/sources.ts';
import type { Source } from '../model/source.ts';
import type { OfficialDays, SourceContract } from '../model/source-contract.ts';
import { bySource } from './by-source.ts';
import { createHolidayCalendar, weekdayOf } from './holidays.ts';
import { learnContract } from './learn.ts';
import { defaultWatchLimits, gapLeastMs, type WatchLimits } from './limits.ts';
import { allOfficialDays } from './official-days.ts';
import type { WatchRows } from './ports.ts';
import { sourceView } from './view.ts';

/** What people ask of the watch; reads only. */
export interface SourceViews {
  views(
    sources: readonly { readonly source: Source; readonly version: number; readonly systemName: string }[],
  ): Promise<readonly SourceWatchView[]>;
  /** A contract as the source has kept it of late; null when too little is known. */
  propose(source: string): Promise<SourceContract | null>;
  /** Ids a source's parser may have, `auto` first. */
  readonly parsers: readonly string[];
  /** Weekdays off and weekend days worked of two years from this one on, `YYYY-MM-DD`; `added` to what the program knows. */
  holidays(added: OfficialDays): { readonly holidays: readonly string[]; readonly workedDays: readonly string[] };
}

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

export function createSourceViews(o: {
  readonly rows: Pick<WatchRows, 'hours' | 'kinds' | 'parsers' | 'gaps' | 'openBreaches'>;
  readonly parserIds: readonly string[];
  readonly officialDays: () => Promise<OfficialDays>;
  readonly clock: () => number;
  readonly limits?: Partial<WatchLimits>;
}): SourceViews {
  const limits: WatchLimits = { ...defaultWatchLimits, ...o.limits };
  return {
    parsers: o.parserIds,
    async views(sources) {
      const nowMs = o.clock();
      const [hours, kinds, parsers, breaches] = await Promise.all([
        o.rows.hours({ fromMs: nowMs - dayMs }).then(bySource),
        o.rows.kinds(nowMs - limits.weeksLearnt * weekMs).then(bySource),
        o.rows.parsers(nowMs - weekMs).then(bySource),
        o.rows.openBreaches().then(bySource),
      ]);
      return sources.map((each) => {
        const of = <T>(rows: ReadonlyMap<string, readonly T[]>): readonly T[] => rows.get(each.source.id) ?? [];
        const own = { hours: of(hours), kinds: of(kinds), parsers: of(parsers), breaches: of(breaches) };
        return sourceView({ ...each, ...own }, o.parserIds, nowMs, limits);
      });
    },
    async propose(source) {
      const nowMs = o.clock();
      const fromMs = nowMs - limits.weeksLearnt * weekMs;
      const [hours, kinds, outages, days] = await Promise.all([
        o.rows.hours({ fromMs, source }),
        o.rows.kinds(fromMs),
        o.rows.gaps('collect', fromMs, gapLeastMs),
        o.officialDays(),
      ]);
      const own = kinds.filter((each) => each.source === source);
      return learnContract({ hours, kinds: own, outages, calendar: createHolidayCalendar(days), nowMs, limits });
    },
    holidays(added) {
      const calendar = createHolidayCalendar(allOfficialDays(added));
      const year = new Date(o.clock()).getUTCFullYear();
      const first = Date.UTC(year, 0, 1) / dayMs;
      const days = Array.from({ length: Date.UTC(year + 2, 0, 1) / dayMs - first }, (_, i) => first + i);
      const textOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
      return {
        holidays: days.filter((day) => calendar.isHoliday(day) && weekdayOf(day) < 6).map(textOf),
        workedDays: days.filter((day) => calendar.isWorkedInstead(day)).map(textOf),
      };
    },
  };
}

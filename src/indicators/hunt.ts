import type { Indicator, IndicatorList } from '../model/indicator.ts';
import { standingOf } from './desk.ts';
import { type HuntSearch, huntSearch } from './needles.ts';
import type { ListLedgerPort, LockPort } from './ports.ts';
import { inTurns } from './turns.ts';

export interface HuntLimits {
  /** Every process has taken over a change by then; what is committed later is held against it live. */
  readonly graceMs: number;
  /** Events of one hour, and of one search, that are looked at closely; what is over is told. */
  readonly candidatesPerSliceMax: number;
  readonly candidatesMax: number;
  /** Events read at once. */
  readonly eventsPerReading: number;
}

export const defaultHuntLimits: HuntLimits = {
  graceMs: 15_000,
  candidatesPerSliceMax: 20_000,
  candidatesMax: 200_000,
  eventsPerReading: 200,
};

interface Slice {
  readonly day: string;
  readonly hourMs: number;
  readonly events: number;
}

/** How far the search for a list's new indicators is; what is written here is done and need not be done again. */
export interface HuntWork {
  readonly state: 'running' | 'done';
  /** Revisions of the list it is about: after, up to and with `until`. */
  readonly after: number;
  readonly until: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly indicators: number;
  readonly days: number;
  /** Days of receipt with events that are searched, and searched through. */
  readonly daysAll: number;
  readonly daysDone: number;
  /** The last slice done, `''` before the first. */
  readonly place: string;
  readonly events: number;
  readonly candidates: number;
  readonly hits: number;
  readonly cut: string;
}

export interface HuntParts {
  readonly ledger: Pick<ListLedgerPort, 'all'>;
  readonly fresh: (list: string, after: number, until: number) => Promise<readonly Indicator[]>;
  readonly slices: (sinceDay: string, untilMs: number) => Promise<readonly Slice[]>;
  readonly candidates: (
    slice: Slice,
    search: HuntSearch,
    untilMs: number,
    limit: number,
  ) => Promise<readonly { readonly event: string; readonly batch: string }[]>;
  /** Holds these stored events of one batch against these indicators, with all that follows; how many hits. */
  readonly evaluate: (
    hunted: { readonly list: IndicatorList; readonly indicators: readonly Indicator[] },
    batch: { readonly id: string; readonly day: string },
    events: readonly string[],
  ) => Promise<number>;
  readonly work: () => Promise<ReadonlyMap<string, { readonly document: unknown }>>;
  readonly setWork: (list: string, atMs: number, work: HuntWork) => Promise<void>;
  readonly lock: LockPort;
  readonly clock: () => number;
  readonly limits: HuntLimits;
}

export interface Hunter {
  /** Searches for what is new in all lists; one process at a time. Stops early when `close` is asked. */
  round(): Promise<void>;
  close(): void;
}

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * Searches stored events for indicators that were not known when the events came. What is done is written slice by
 * slice, so a kill costs the slice under way; and doing one twice finds the same.
 */
export function createHunter(o: HuntParts): Hunter {
  const { clock, limits } = o;
  let stopping = false;
  let last = 0;

  /** Rises with every writing, also within one millisecond: the newest writing counts. */
  async function note(list: string, work: HuntWork): Promise<void> {
    last = Math.max(last + 1, clock());
    await o.setWork(list, last, work);
  }

  async function hunt(list: IndicatorList, before: HuntWork | null): Promise<void> {
    let work = before?.state === 'running' ? before : begin(list, before?.until ?? 0);
    const indicators = await o.fresh(list.id, work.after, work.until);
    work = { ...work, indicators: indicators.length };
    const search = await inTurns(huntSearch(indicators, { list: list.id, after: work.after, until: work.until }));
    const nothing = indicators.length === 0 || list.historyDays === 0;
    const since = dayOf(work.startedMs - list.historyDays * dayMs);
    const all = nothing ? [] : await o.slices(since, work.startedMs);
    const daysAll = new Set(all.map(({ day }) => day)).size;
    work = { ...work, daysAll };
    await note(list.id, work);
    for (const slice of all) {
      const place = placeOf(slice);
      // Newest first: what was done lies at or above the place.
      if (work.place !== '' && place >= work.place) continue;
      if (stopping) return;
      const room = limits.candidatesMax - work.candidates;
      if (room <= 0) {
        work = {
          ...work,
          cut: `dừng ở ${limits.candidatesMax} sự kiện ứng viên / stopped at so many candidate events`,
        };
        break;
      }
      const { candidates, hits, cut } = await look(list, indicators, slice, search, work.startedMs, room);
      work = {
        ...work,
        place,
        events: work.events + slice.events,
        candidates: work.candidates + candidates,
        hits: work.hits + hits,
        cut: cut === '' ? work.cut : cut,
        daysDone: new Set(all.filter((each) => placeOf(each) >= place).map(({ day }) => day)).size,
      };
      await note(list.id, work);
    }
    await note(list.id, { ...work, state: 'done', endedMs: clock() });
  }

  function begin(list: IndicatorList, after: number): HuntWork {
    const counts = { indicators: 0, daysAll: 0, daysDone: 0, events: 0, candidates: 0, hits: 0 };
    const times = { startedMs: clock(), endedMs: 0 };
    return {
      state: 'running',
      after,
      until: list.revision,
      ...times,
      days: list.historyDays,
      place: '',
      cut: '',
      ...counts,
    };
  }

  async function look(
    list: IndicatorList,
    indicators: readonly Indicator[],
    slice: Slice,
    search: HuntSearch,
    untilMs: number,
    room: number,
  ): Promise<{ readonly candidates: number; readonly hits: number; readonly cut: string }> {
    const limit = Math.min(limits.candidatesPerSliceMax, room);
    const found = await o.candidates(slice, search, untilMs, limit);
    const byBatch = new Map<string, string[]>();
    for (const { event, batch } of found) byBatch.set(batch, [...(byBatch.get(batch) ?? []), event]);
    let hits = 0;
    for (const [id, events] of byBatch) {
      for (let from = 0; from < events.length; from += limits.eventsPerReading) {
        const piece = events.slice(from, from + limits.eventsPerReading);
        hits += await o.evaluate({ list, indicators }, { id, day: slice.day }, piece);
      }
    }
    const cut =
      found.length < limit
        ? ''
        : `${slice.day}: chỉ xét ${limit} sự kiện ứng viên trong một giờ / only so many candidate events of an hour were looked at`;
    return { candidates: found.length, hits, cut };
  }

  return {
    close: () => {
      stopping = true;
    },
    async round() {
      const lists = (await o.ledger.all('indicator-list')).map(standingOf).map(({ list }) => list);
      const pending = (work: ReadonlyMap<string, { readonly document: unknown }>): readonly IndicatorList[] =>
        lists.filter((list) => {
          const done = work.get(list.id)?.document as HuntWork | undefined;
          if (list.retired || list.revision === 0) return false;
          return (
            done?.state === 'running' ||
            (list.revision > (done?.until ?? 0) && clock() - list.revision >= limits.graceMs)
          );
        });
      if (pending(await o.work()).length === 0) return;
      await o.lock('indicator-hunt', async () => {
        // Another process may have been at it while this one waited.
        const work = await o.work();
        for (const list of pending(work)) {
          if (stopping) return;
          await hunt(list, (work.get(list.id)?.document as HuntWork | undefined) ?? null);
        }
      });
    },
  };
}

/** Sorts as slices are gone through. */
function placeOf({ hourMs, day }: Pick<Slice, 'hourMs' | 'day'>): string {
  return `${String(hourMs).padStart(15, '0')} ${day}`;
}

import type { IndicatorList } from '../model/indicator.ts';
import { type IndicatorDesk, standingOf } from './desk.ts';
import type { IndicatorLimits } from './limits.ts';
import type { ListLedgerPort, LockPort } from './ports.ts';
import { readStixObjects } from './stix.ts';
import { pollTaxii, type TaxiiGet, type TaxiiLimits } from './taxii.ts';
import { inTurns } from './turns.ts';

/** What the last poll of a list came to, and where the next begins. */
export interface PollWork {
  readonly atMs: number;
  readonly ok: boolean;
  readonly failure: string;
  readonly pages: number;
  readonly objects: number;
  readonly added: number;
  readonly removed: number;
  readonly notTaken: number;
  /** Of the feed it was polled from; another feed begins anew. */
  readonly feed: string;
  readonly addedAfter: string;
  readonly complete: boolean;
}

const minuteMs = 60_000;
/** A failed poll is tried again after this, or at the list's own pace when that is shorter. */
const retryMs = 15 * minuteMs;
const actor = 'system';

export interface Poller {
  /** Polls every list whose time has come, one after another; failures are kept and shown, never thrown. */
  round(): Promise<void>;
}

export function createPoller(o: {
  readonly ledger: Pick<ListLedgerPort, 'all'>;
  readonly desk: Pick<IndicatorDesk, 'take'>;
  readonly work: () => Promise<ReadonlyMap<string, { readonly document: unknown }>>;
  readonly setWork: (list: string, atMs: number, work: PollWork) => Promise<void>;
  readonly get: TaxiiGet;
  /** A list's secret in the clear; null when it was sealed with another key. */
  readonly open: (list: IndicatorList) => string | null;
  readonly reasonOf: (error: unknown) => string;
  readonly lock: LockPort;
  readonly clock: () => number;
  readonly limits: IndicatorLimits;
  readonly taxii: TaxiiLimits;
}): Poller {
  const { clock } = o;

  async function poll(list: IndicatorList, before: PollWork | null): Promise<PollWork> {
    const feed = feedName(list);
    const atMs = clock();
    const addedAfter = before?.feed === feed ? before.addedAfter : '';
    const nothing = { pages: 0, objects: 0, added: 0, removed: 0, notTaken: 0 };
    const failed = (failure: string): PollWork => {
      return { ...nothing, atMs, ok: false, failure: failure.slice(0, 500), feed, addedAfter, complete: true };
    };
    const secret = o.open(list);
    if (list.feed === null || secret === null) return failed('không mở được mật khẩu / the secret cannot be opened');
    try {
      const polled = await pollTaxii(list.feed, secret, addedAfter, o.get, o.taxii);
      const reading = await inTurns(readStixObjects(polled.objects, o.limits));
      const taken = await o.desk.take(list.id, reading, { mode: 'add', actor, action: 'poll' });
      if (taken.kind !== 'done')
        return failed(taken.kind === 'full' ? 'danh sách đã đầy / the list is full' : taken.kind);
      const { added, removed, notTakenTotal: notTaken } = taken.taken;
      const { pages, objects, complete } = polled;
      const counts = { pages, objects: objects.length, added, removed, notTaken };
      return { ...counts, atMs, ok: true, failure: '', feed, addedAfter: polled.addedAfter, complete };
    } catch (error) {
      return failed(o.reasonOf(error));
    }
  }

  return {
    async round() {
      const lists = (await o.ledger.all('indicator-list')).map(standingOf).map(({ list }) => list);
      const polled = lists.filter((list) => list.feed !== null && !list.retired);
      if (polled.length === 0) return;
      await o.lock('indicator-poll', async () => {
        const work = await o.work();
        for (const list of polled) {
          const before = (work.get(list.id)?.document as PollWork | undefined) ?? null;
          if (!isDue(list, before, clock())) continue;
          const now = await poll(list, before);
          await o.setWork(list.id, clock(), now);
        }
      });
    },
  };
}

function feedName({ feed }: IndicatorList): string {
  return feed === null ? '' : `${feed.root} ${feed.collection}`;
}

function isDue(list: IndicatorList, before: PollWork | null, nowMs: number): boolean {
  if (before === null || before.feed !== feedName(list) || !before.complete) return true;
  const paceMs = (list.feed?.everyMinutes ?? 0) * minuteMs;
  return nowMs - before.atMs >= (before.ok ? paceMs : Math.min(paceMs, retryMs));
}

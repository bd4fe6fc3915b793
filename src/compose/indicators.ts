import type { IndicatorsOutcome, IndicatorsPort } from '../api/ports.ts';
import type { RuleView } from '../contract/api.ts';
import type {
  HuntView,
  IndicatorListView,
  IndicatorListWanted,
  IndicatorTaking,
  PollView,
} from '../contract/indicators.ts';
import type { LiveRules } from '../detect/index.ts';
import { type LiveIndicators, withIndicators } from '../detect/indicator-rules.ts';
import type { IndicatorBook } from '../indicators/book.ts';
import { createIndicatorDesk, type IndicatorDesk, type StandingList } from '../indicators/desk.ts';
import type { HuntWork } from '../indicators/hunt.ts';
import { createBookKeeper } from '../indicators/keeper.ts';
import { defaultIndicatorLimits } from '../indicators/limits.ts';
import type { PollWork } from '../indicators/poller.ts';
import type { ListLedgerPort, LockPort } from '../indicators/ports.ts';
import { createCollector, DocumentRefused, type Reading } from '../indicators/reading.ts';
import { matcherOf, ruleFactsOfList } from '../indicators/rule-facts.ts';
import { type IndicatorList, listOfRule, ruleOfList, type TaxiiFeed } from '../model/indicator.ts';
import type { IndicatorRows } from '../store/indicators.ts';
import type { FeedSeal } from './indicator-feeds.ts';
import { createDocumentReader } from './indicator-reading.ts';

const dayMs = 86_400_000;

/** Indicator lists, joined to detection and to the API. */
export interface Indicators {
  /** These rules with the lists in force behind them; the same object while neither changes. */
  live(rules: LiveRules): LiveRules;
  /** Reads what changed. */
  refresh(): Promise<void>;
  readonly api: IndicatorsPort;
  readonly desk: IndicatorDesk;
  /** A list as a rule's page shows it; null for what is no list's rule. */
  ruleView(rule: string): RuleView | null;
}

export function openIndicators(o: {
  readonly store: { readonly ledger: ListLedgerPort; readonly indicators: IndicatorRows };
  readonly lock: LockPort;
  readonly seal: FeedSeal;
  readonly clock: () => number;
}): Indicators {
  const { store, clock } = o;
  const rows = store.indicators;
  const limits = defaultIndicatorLimits;
  const readDocument = createDocumentReader(limits);
  const keeper = createBookKeeper({ ledger: store.ledger, content: rows });
  const desk = createIndicatorDesk({ ledger: store.ledger, content: rows, lock: o.lock, clock, limits });

  let joined: { readonly rules: LiveRules; readonly book: IndicatorBook; readonly both: LiveRules } | null = null;
  function live(rules: LiveRules): LiveRules {
    const book = keeper.book();
    if (joined?.rules !== rules || joined.book !== book)
      joined = { rules, book, both: withIndicators(rules, liveIndicatorsOf(book)) };
    return joined.both;
  }

  async function views(standing: readonly StandingList[]): Promise<IndicatorListView[]> {
    const [hits, hunts, polls] = await Promise.all([
      rows.hits(
        standing.map(({ list }) => ruleOfList(list.id)),
        clock() - dayMs,
      ),
      rows.work('hunt'),
      rows.work('poll'),
    ]);
    return standing.map((each) => ({
      ...viewOf(each, hits.get(ruleOfList(each.list.id)) ?? 0),
      poll: each.list.feed === null ? null : pollView(polls.get(each.list.id)?.document as PollWork | undefined),
      hunt: huntView(each.list, (hunts.get(each.list.id)?.document as HuntWork | undefined) ?? null),
    }));
  }

  async function viewed(standing: StandingList): Promise<IndicatorListView> {
    const [view] = await views([standing]);
    if (view === undefined) throw new Error('no view of a list that stands');
    return view;
  }

  async function take(
    id: string,
    reading: Reading,
    how: Parameters<typeof desk.take>[2],
  ): Promise<IndicatorsOutcome<IndicatorTaking>> {
    const outcome = await desk.take(id, reading, how);
    if (outcome.kind !== 'done') return outcome;
    return { kind: 'done', value: { list: await viewed(outcome.standing), taken: outcome.taken } };
  }

  /** A secret that is not sent stays, but never goes to another address than the one it was given for. */
  function feedOf(id: string, wanted: IndicatorListWanted['feed'], before: TaxiiFeed | null): TaxiiFeed | null {
    if (wanted === null) return null;
    const { secret, ...feed } = wanted;
    const kept = before?.root === feed.root ? before.sealed : '';
    return { ...feed, sealed: secret === undefined ? kept : o.seal.seal(id, secret) };
  }

  const api: IndicatorsPort = {
    lists: async () => views(await desk.all()),
    put: async (id, wanted, version, actor) => {
      const before = (await store.ledger.newest('indicator-list', id))?.document as IndicatorList | undefined;
      const feed = feedOf(id, wanted.feed, before?.feed ?? null);
      const outcome = await desk.put(id, { ...wanted, feed }, version, actor);
      return outcome.kind === 'done' ? { kind: 'done', value: await viewed(outcome.standing) } : outcome;
    },
    retire: async (id, reason, actor) => {
      const outcome = await desk.retire(id, reason, actor);
      return outcome.kind === 'done' ? { kind: 'done', value: await viewed(outcome.standing) } : outcome;
    },
    page: (id, { q, ...page }) => rows.page({ list: id, containing: q, ...page }),
    take: async (id, bytes, { format, mode, actor }) => {
      try {
        return await take(id, await readDocument(bytes, format), { mode, actor, action: 'import' });
      } catch (error) {
        if (!(error instanceof DocumentRefused)) throw error;
        return { kind: 'refused', message: error.message, messageVi: error.messageVi };
      }
    },
    add: async (id, { value, type, description, validUntilMs, reason, actor }) => {
      const collector = createCollector(limits);
      collector.take(value, type ?? null, { where: '', description: description || reason, validUntilMs });
      const reading = collector.finish('single');
      const [refused] = reading.notTaken;
      if (refused !== undefined) return { kind: 'refused', ...refusalOf(refused.reason) };
      return take(id, reading, { mode: 'add', actor, action: 'add', reason });
    },
    remove: async (id, { type, value, reason, actor }) => {
      const reading = { ...createCollector(limits).finish('single'), revoked: [{ type, value }] };
      return take(id, reading, { mode: 'add', actor, action: 'remove', reason });
    },
  };

  return {
    live,
    refresh: keeper.refresh,
    api,
    desk,
    ruleView: (rule) => {
      const id = listOfRule(rule);
      const list = keeper.book().lists.find((each) => each.id === id);
      return list === undefined ? null : ruleViewOf(list);
    },
  };
}

export function liveIndicatorsOf(book: IndicatorBook): LiveIndicators {
  return { version: book.version, facts: book.lists.map(ruleFactsOfList), ...matcherOf(book) };
}

function viewOf({ list, version, changedMs, changedBy }: StandingList, hits24h: number): IndicatorListView {
  const { revision: _, feed, ...rest } = list;
  const seen =
    feed === null
      ? null
      : {
          root: feed.root,
          collection: feed.collection,
          user: feed.user,
          hasSecret: feed.sealed !== '',
          everyMinutes: feed.everyMinutes,
        };
  return { ...rest, feed: seen, version, changedMs, changedBy, poll: null, hunt: null, hits24h };
}

function huntView(list: IndicatorList, work: HuntWork | null): HuntView | null {
  const isBehind = !list.retired && list.historyDays > 0 && list.revision > (work?.until ?? 0);
  if (work === null || (isBehind && work.state === 'done'))
    return isBehind ? { ...nothingHunted, state: 'waiting', days: list.historyDays } : null;
  const { after: _, until: __, place: ___, daysAll, days, ...rest } = work;
  return { ...rest, days: work.state === 'done' ? days : daysAll };
}

function pollView(work: PollWork | undefined): PollView | null {
  if (work === undefined) return null;
  const { feed: _, addedAfter: __, complete: ___, ...view } = work;
  return view;
}

const nothingHunted: HuntView = {
  state: 'done',
  startedMs: 0,
  endedMs: 0,
  indicators: 0,
  days: 0,
  daysDone: 0,
  events: 0,
  candidates: 0,
  hits: 0,
  cut: '',
};

function ruleViewOf(list: IndicatorBook['lists'][number]): RuleView {
  const facts = ruleFactsOfList(list);
  return {
    id: facts.id,
    title: facts.title,
    titleVi: facts.titleVi,
    severity: facts.severity,
    status: 'stable',
    description: list.description,
    author: list.source,
    license: '',
    references: [],
    tags: list.tags,
    falsepositives: [],
    logsource: {},
    file: '',
    text: '',
    hash: facts.hash,
  };
}

const refusals: Readonly<Record<string, readonly [en: string, vi: string]>> = {
  'not-public': ['this address is not public', 'địa chỉ này không phải địa chỉ công cộng'],
  'network-too-wide': ['the network is too wide', 'dải mạng quá rộng'],
  'too-common': ['everybody uses it; it would alarm on everything', 'quá phổ biến, sẽ báo động khắp nơi'],
  'too-long': ['the value is too long', 'giá trị quá dài'],
};

function refusalOf(reason: string): { readonly message: string; readonly messageVi: string } {
  const [message, messageVi] = refusals[reason] ?? [
    'this is no address, domain, URL or hash',
    'không phải địa chỉ, tên miền, URL hay mã băm',
  ];
  return { message, messageVi };
}

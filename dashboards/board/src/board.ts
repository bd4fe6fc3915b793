/** The board's composition: session, lists, feed and actions joined around one state. No JSX, no page knows a socket. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AlertView, IncidentAction, IncidentCard, Me, Page } from '../../../src/contract/api.ts';
import type { FeedMessage } from '../../../src/contract/feed.ts';
import { type Api, ApiFailure } from './api-client.ts';
import { type BoardState, type Change, defaultBoardLimits } from './board-state.ts';
import { createFeedClient, type FeedClient, type FeedSocket } from './feed-client.ts';
import { time } from './format.ts';
import { failureText, t } from './i18n/index.ts';
import type { Keyboard } from './keyboard.ts';
import { severityRank } from './severity.ts';
import { shiftAt } from './shift.ts';

/** Something a person must read: stays until dismissed or replaced, never fades by itself. */
interface Notice {
  readonly text: string;
  readonly tone: 'bad' | 'plain';
}

/** What not every role may; the server decides, this only hides what it would refuse. */
type Task = 'handle' | 'rules' | 'ruleReload' | 'sources' | 'health' | 'drill';

export interface Board {
  readonly api: Api;
  readonly state: BoardState;
  readonly keyboard: Keyboard;
  readonly me: ReadonlySignal<Me | null>;
  /** `unknown` until the server was asked. */
  readonly session: ReadonlySignal<'unknown' | 'out' | 'in' | 'unreachable'>;
  /** Ticks once a second. */
  readonly now: ReadonlySignal<number>;
  /** `now`, changing once a minute: for ages of many cards. */
  readonly minute: ReadonlySignal<number>;
  readonly notice: Signal<Notice | null>;
  /** For screen readers; politely, or at once. */
  readonly said: ReadonlySignal<{ readonly text: string; readonly urgent: boolean }>;
  /** The incident the keyboard is on; kept while another page is open. */
  readonly selected: Signal<string>;
  readonly listsFailed: ReadonlySignal<string>;
  may(what: Task): boolean;
  signIn(name: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  setUp(code: string, name: string, password: string): Promise<void>;
  enter(code: string): Promise<void>;
  askSession(): Promise<void>;
  reload(): Promise<void>;
  /** Shows the change at once; takes it back, and says who was first, when the server refuses. */
  act(card: IncidentCard, action: IncidentAction): Promise<boolean>;
  close(): void;
}

export interface BoardPorts {
  readonly api: Api;
  readonly state: BoardState;
  readonly keyboard: Keyboard;
  openFeed(query: string): FeedSocket;
}

const pageSize = 200;
/** Closed incidents loaded at first; the rest come by search or link. */
const closedMax = 100;
const announceEveryMs = 10_000;
/** A feed that neither comes nor is refused keeps the lists waiting for so long. */
const feedWaitMs = 3000;

async function pagesOf<T>(
  load: (cursor?: string) => Promise<Page<T>>,
  max: number,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await load(cursor);
    items.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && items.length < max);
  return { items, more: cursor !== undefined };
}

function changeOf(card: IncidentCard, action: IncidentAction): Change {
  if (action.action === 'assign') return { assignee: action.assignee };
  if (action.action === 'comment') return { comments: card.comments + 1 };
  return action.reason === undefined ? { state: action.state } : { state: action.state, reason: action.reason };
}

export function createBoard(ports: BoardPorts): Board {
  const { api, state, keyboard } = ports;
  const me = signal<Me | null>(null);
  const session = signal<'unknown' | 'out' | 'in' | 'unreachable'>('unknown');
  const now = signal(Date.now());
  const minute = computed(() => Math.floor(now.value / 60_000) * 60_000 + 59_999);
  const notice = signal<Notice | null>(null);
  const said = signal({ text: '', urgent: false });
  const selected = signal('');
  const listsFailed = signal('');
  let feed: FeedClient | null = null;
  let lastSaidMs = 0;
  let unsaid = 0;
  let inbox: FeedMessage[] = [];

  function may(what: Task): boolean {
    const role = me.value?.role;
    if (role === undefined) return false;
    if (what === 'handle') return role === 'admin' || role === 'analyst';
    if (what === 'ruleReload' || what === 'sources') return role === 'admin';
    if (what === 'drill') return role === 'admin' || role === 'organizer';
    return role !== 'owner';
  }

  function flush(): void {
    const messages = inbox;
    inbox = [];
    if (messages.length > 0) state.apply(messages, Date.now());
  }

  /** A burst is drawn once, not once a message. */
  function receive(message: FeedMessage): void {
    if (inbox.length === 0) setTimeout(flush, 60);
    inbox.push(message);
    if (message.kind === 'alert') announce(message.alert);
  }

  function announce(alert: AlertView): void {
    const critical = severityRank(alert.severity) === 5;
    unsaid += 1;
    if (Date.now() - lastSaidMs < announceEveryMs) return;
    lastSaidMs = Date.now();
    said.value = {
      text: critical ? t('live.critical', { what: alert.titleVi || alert.title }) : t('live.alerts', { n: unsaid }),
      urgent: critical,
    };
    unsaid = 0;
  }

  async function loadLists(): Promise<void> {
    const shiftMs = shiftAt(Date.now()).fromMs;
    const [open, closed, alerts] = await Promise.all([
      pagesOf((cursor) => api.incidents('open', pageSize, cursor), defaultBoardLimits.incidentsMax),
      api.incidents('resolved,false_positive', closedMax),
      pagesOf((cursor) => api.alerts(pageSize, shiftMs, cursor), defaultBoardLimits.alertsMax),
    ]);
    const cards = [...open.items, ...closed.items];
    state.lists.replace(cards, alerts.items, { incidents: open.more, alerts: alerts.more });
    state.loaded.value = true;
  }

  /** One loading at a time; wishes that come meanwhile are met by one more round. */
  let loading: Promise<void> | null = null;
  let again = false;
  function reload(): Promise<void> {
    if (loading !== null) {
      again = true;
      return loading;
    }
    loading = loadAll().finally(() => {
      loading = null;
      if (again && me.value !== null) {
        again = false;
        void reload();
      }
    });
    return loading;
  }

  async function loadAll(): Promise<void> {
    try {
      const rest = [
        ...(may('drill')
          ? [
              api.drill().then((d) => {
                state.drill.value = d;
              }),
            ]
          : []),
        ...(may('health')
          ? [
              api.health().then((h) => {
                state.health.value = h;
              }),
            ]
          : []),
      ];
      await loadLists();
      listsFailed.value = '';
      // Drill and health are extras: without them the board still says what is going on.
      await Promise.allSettled(rest);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) signedOut();
      else listsFailed.value = failureText(error);
    }
  }

  async function doubt(): Promise<void> {
    try {
      await api.me();
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) signedOut();
    }
  }

  function begin(who: Me): void {
    batch(() => {
      me.value = who;
      session.value = 'in';
      notice.value = null;
    });
    feed?.close();
    let isAsked = false;
    const ask = (): void => {
      isAsked = true;
      void reload();
    };
    const askOnce = (): void => {
      if (!isAsked) ask();
    };
    const opened = createFeedClient(
      {
        open: ports.openFeed,
        now: () => Date.now(),
        random: Math.random,
        later: (ms, fn) => {
          const id = setTimeout(fn, ms);
          return () => clearTimeout(id);
        },
      },
      {
        message: receive,
        status: (s) => {
          if (s.at === 'resuming') askOnce();
          if (s.at === 'lost' && state.feed.value.at !== 'lost')
            said.value = { text: t('feed.lostSaid'), urgent: true };
          state.feed.value = s;
        },
        gap: state.gap,
        reload: ask,
        doubt: () => void doubt(),
      },
    );
    // Feed first, lists second: what happens in between is seen twice rather than never; merging is idempotent. So the
    // feed asks for the lists when it is there. Without one they are loaded all the same, and again when it comes.
    feed = opened;
    opened.start();
    setTimeout(() => {
      if (feed === opened) askOnce();
    }, feedWaitMs);
  }

  function signedOut(): void {
    feed?.close();
    feed = null;
    me.value = null;
    session.value = 'out';
  }

  async function askSession(): Promise<void> {
    try {
      begin(await api.me());
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) signedOut();
      else session.value = 'unreachable';
    }
  }

  async function whoWasFirst(card: IncidentCard): Promise<string> {
    const detail = await api.incident(card.id);
    state.put(detail.card);
    const last = [...detail.history].sort((a, b) => b.version - a.version)[0];
    if (last === undefined) return t('act.conflict', { code: card.code });
    return t('act.conflictBy', {
      code: card.code,
      who: last.actor,
      what: t(`did.${didOf(last.action)}`),
      at: time(last.atMs),
    });
  }

  /** Own actions on one incident go one after the other, each on top of the one before: A and then T is no conflict. */
  const line = new Map<string, Promise<unknown>>();
  const own = new Map<string, { readonly seen: number; readonly now: number }>();

  function act(card: IncidentCard, action: IncidentAction): Promise<boolean> {
    const undo = state.change(card.id, changeOf(card, action));
    const turn = (line.get(card.id) ?? Promise.resolve()).then(() => send(card, action, undo));
    line.set(card.id, turn);
    return turn.finally(() => {
      if (line.get(card.id) !== turn) return;
      line.delete(card.id);
      own.delete(card.id);
    });
  }

  async function send(card: IncidentCard, action: IncidentAction, undo: () => void): Promise<boolean> {
    const before = own.get(card.id);
    const version = before !== undefined && before.seen === action.version ? before.now : action.version;
    try {
      const answered = await api.act(card.id, { ...action, version });
      own.set(card.id, { seen: action.version, now: answered.version });
      batch(() => {
        state.put(answered);
        undo();
        notice.value = null;
      });
      return true;
    } catch (error) {
      undo();
      const conflict = error instanceof ApiFailure && error.status === 409;
      const text = conflict
        ? await whoWasFirst(card).catch(() => t('act.conflict', { code: card.code }))
        : failureText(error);
      notice.value = { text: conflict ? text : t('act.failed', { code: card.code, why: text }), tone: 'bad' };
      if (error instanceof ApiFailure && error.status === 401) signedOut();
      return false;
    }
  }

  const clock = setInterval(() => {
    now.value = Date.now();
  }, 1000);
  const retry = (): void => feed?.retryNow();
  const seen = (): void => {
    if (document.visibilityState === 'visible') retry();
  };
  addEventListener('online', retry);
  document.addEventListener('visibilitychange', seen);
  const stopTitle = effect(() => {
    const open = [...state.incidents.value.values()].filter((c) => c.state === 'new').length;
    document.title = session.value === 'in' && open > 0 ? `(${open}) Vọng Gác` : 'Vọng Gác';
  });

  return {
    api,
    state,
    keyboard,
    me,
    session,
    now,
    minute,
    notice,
    said,
    selected,
    listsFailed,
    may,
    askSession,
    reload,
    act,
    async signIn(name, password) {
      begin(await api.signIn(name, password));
    },
    async setUp(code, name, password) {
      // The code makes the account; the session is a sign-in like any other.
      const account = await api.setUp(code, name, password);
      begin(await api.signIn(account.name, password));
    },
    async enter(code) {
      begin(await api.enter(code));
    },
    async signOut() {
      await api.signOut().catch(() => undefined);
      signedOut();
    },
    close() {
      feed?.close();
      keyboard.close();
      clearInterval(clock);
      stopTitle();
      removeEventListener('online', retry);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

/** The ledger may grow actions the board does not know yet. */
export function didOf(action: string): 'state' | 'assign' | 'comment' | 'other' {
  return action === 'state' || action === 'assign' || action === 'comment' ? action : 'other';
}

const BoardContext: Context<Board | null> = createContext<Board | null>(null);
export const BoardProvider: Context<Board | null>['Provider'] = BoardContext.Provider;

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (board === null) throw new Error('no board around this component');
  return board;
}

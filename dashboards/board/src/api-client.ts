/** Typed calls of `/api/v1`. Every failure is an ApiFailure with the server's code and texts in both languages. */
import type { AgentsView } from '../../../src/contract/agents.ts';
import type {
  AlertView,
  ApiError,
  DrillView,
  EventSearch,
  Health,
  IncidentAction,
  IncidentCard,
  IncidentDetail,
  LineTrial,
  LineTrialWanted,
  MappingsView,
  Me,
  Page,
  RuleSetView,
  RuleView,
  SystemView,
} from '../../../src/contract/api.ts';
import type {
  IndicatorListView,
  IndicatorListWanted,
  IndicatorPageView,
  IndicatorTaking,
} from '../../../src/contract/indicators.ts';
import type { SourceWatch, SourceWatchView } from '../../../src/contract/sources.ts';
import type { IndicatorType } from '../../../src/model/indicator.ts';
import type { TextEncoding } from '../../../src/model/source.ts';
import type { SourceContract, TimeCorrection } from '../../../src/model/source-contract.ts';

/** What is agreed with a source; `null` ends it. */
export type SourceAgreement =
  | { readonly what: 'contract'; readonly body: { readonly contract: SourceContract | null } }
  | { readonly what: 'clock'; readonly body: { readonly correction: TimeCorrection | null } }
  | { readonly what: 'parser'; readonly body: { readonly parser: string } }
  | { readonly what: 'encoding'; readonly body: { readonly encoding: TextEncoding | null } }
  | { readonly what: 'certificates'; readonly body: { readonly certificates: readonly string[] } };

export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly messageVi: string;
  /** Where in a search query the fault is, 0-based in UTF-16 units; -1 when it has no place. */
  readonly position: number;
  /** Seconds to wait, from Retry-After; 0 when not said. */
  readonly retryAfterSeconds: number;
  constructor(status: number, body: Partial<ApiError> & { readonly position?: unknown }, retryAfterSeconds: number) {
    super(body.message ?? `HTTP ${status}`);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'network' : `http-${status}`);
    this.messageVi = body.messageVi ?? '';
    this.position = typeof body.position === 'number' ? body.position : -1;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A rule in a list: all but its text. */
export type RuleSummary = Omit<RuleView, 'text'>;

interface EventQueryText {
  readonly q: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly cursor?: string;
}

interface RevealWanted {
  readonly kind: string;
  readonly token: string;
  readonly reason: string;
  /** UTC day the event was received. */
  readonly day: string;
}

export interface Api {
  me(): Promise<Me>;
  signIn(name: string, password: string): Promise<Me>;
  signOut(): Promise<void>;
  /** Uses a one-time code up; opens no session. `name` '' for an account that has one. */
  setUp(code: string, name: string, password: string): Promise<Me>;
  /** Signs in with a one-time code. */
  enter(code: string): Promise<Me>;
  /** `state`: `open`, or states by comma; newest first. */
  incidents(state: string, limit: number, cursor?: string): Promise<Page<IncidentCard>>;
  incident(id: string): Promise<IncidentDetail>;
  act(id: string, action: IncidentAction): Promise<IncidentCard>;
  alerts(limit: number, sinceMs: number, cursor?: string): Promise<Page<AlertView>>;
  events(query: EventQueryText, signal: AbortSignal): Promise<EventSearch>;
  /** What pasted lines are read as; nothing is kept. */
  readLines(wanted: LineTrialWanted, signal: AbortSignal): Promise<LineTrial>;
  /** What a masked value was; the reason is kept in the audit ledger. */
  reveal(event: string, wanted: RevealWanted): Promise<{ readonly value: string }>;
  rules(cursor?: string): Promise<Page<RuleSummary>>;
  rule(id: string): Promise<RuleView>;
  ruleSet(): Promise<RuleSetView>;
  reloadRules(): Promise<RuleSetView>;
  mappings(): Promise<MappingsView>;
  health(): Promise<Health>;
  sourceWatch(): Promise<SourceWatch>;
  /** `version`: of the source's document as it was seen; a newer one is refused. */
  agree(source: string, version: number, agreement: SourceAgreement): Promise<SourceWatchView>;
  proposal(source: string): Promise<{ readonly contract: SourceContract | null }>;
  indicatorLists(): Promise<readonly IndicatorListView[]>;
  /** `version` 0 for a new list. */
  putIndicatorList(id: string, list: IndicatorListWanted, version: number): Promise<IndicatorListView>;
  retireIndicatorList(id: string, reason: string): Promise<IndicatorListView>;
  indicators(id: string, q: string, limit: number, cursor?: string): Promise<IndicatorPageView>;
  addIndicator(
    id: string,
    wanted: {
      readonly value: string;
      readonly description: string;
      /** 0: for ever. */
      readonly validUntilMs: number;
      readonly reason: string;
    },
  ): Promise<IndicatorTaking>;
  removeIndicator(
    id: string,
    which: { readonly type: IndicatorType; readonly value: string; readonly reason: string },
  ): Promise<IndicatorTaking>;
  uploadIndicators(id: string, mode: 'replace' | 'add', file: Blob): Promise<IndicatorTaking>;
  agents(): Promise<AgentsView>;
  /** `config`: as a person wrote it; `version`: of what was seen, 0 for nothing. */
  tellAgent(id: string, version: number, config: unknown): Promise<{ readonly version: number }>;
  systems(): Promise<readonly SystemView[]>;
  /** The drill that runs or ran last; null when there is none or it is not for these eyes. */
  drill(): Promise<DrillView | null>;
}

type Query = Readonly<Record<string, string | number | undefined>>;

function search(query: Query): string {
  const p = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) p.set(name, String(value));
  const text = p.toString();
  return text === '' ? '' : `?${text}`;
}

async function failureOf(answer: Response): Promise<ApiFailure> {
  const wait = Number(answer.headers.get('retry-after') ?? '0');
  const seconds = Number.isFinite(wait) ? wait : 0;
  try {
    const body: unknown = await answer.json();
    const said = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
    return new ApiFailure(answer.status, typeof said === 'object' && said !== null ? said : {}, seconds);
  } catch {
    return new ApiFailure(answer.status, {}, seconds);
  }
}

const listPath = (id: string): string => `/indicator-lists/${encodeURIComponent(id)}`;

/** `base` is '' on the board's own origin. */
export function createApi(base: string): Api {
  async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
    if (body instanceof Blob) {
      init.body = body;
      init.headers = { accept: 'application/json', 'content-type': 'application/octet-stream' };
    } else if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { accept: 'application/json', 'content-type': 'application/json' };
    }
    if (signal !== undefined) init.signal = signal;
    let answer: Response;
    try {
      answer = await fetch(`${base}/api/v1${path}`, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiFailure(0, {}, 0);
    }
    if (!answer.ok) throw await failureOf(answer);
    // A 204 has no body; the callers of such calls ask for nothing.
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  return {
    me: () => call('GET', '/me'),
    signIn: (name, password) => call('POST', '/login', { name, password }),
    signOut: () => call('POST', '/logout', {}),
    enter: (code) => call('POST', '/enter', { code }),
    setUp: (code, name, password) =>
      call('POST', '/setup', name === '' ? { code, password } : { code, name, password }),
    incidents: (state, limit, cursor) => call('GET', `/incidents${search({ state, limit, cursor })}`),
    incident: (id) => call('GET', `/incidents/${encodeURIComponent(id)}`),
    act: (id, action) => call('POST', `/incidents/${encodeURIComponent(id)}/actions`, action),
    alerts: (limit, since, cursor) => call('GET', `/alerts${search({ limit, since, cursor })}`),
    events: ({ q, fromMs, toMs, limit, cursor }, signal) =>
      call('GET', `/events${search({ q, from: fromMs, to: toMs, limit, cursor })}`, undefined, signal),
    readLines: (wanted, signal) => call('POST', '/lines/read', wanted, signal),
    reveal: (id, wanted) => call('POST', `/events/${encodeURIComponent(id)}/reveal`, wanted),
    rules: (cursor) => call('GET', `/rules${search({ limit: 500, cursor })}`),
    rule: (id) => call('GET', `/rules/${encodeURIComponent(id)}`),
    ruleSet: () => call('GET', '/rule-set'),
    reloadRules: () => call('POST', '/rules/reload', {}),
    mappings: () => call('GET', '/mappings'),
    health: () => call('GET', '/health'),
    sourceWatch: () => call('GET', '/source-watch'),
    agree: (id, version, { what, body }) =>
      call('PUT', `/sources/${encodeURIComponent(id)}/${what}`, { ...body, version }),
    proposal: (id) => call('GET', `/sources/${encodeURIComponent(id)}/proposal`),
    indicatorLists: async () => (await call<Pick<Page<IndicatorListView>, 'items'>>('GET', '/indicator-lists')).items,
    putIndicatorList: async (id, list, version) =>
      (await call<{ list: IndicatorListView }>('PUT', listPath(id), { list, version })).list,
    retireIndicatorList: async (id, reason) =>
      (await call<{ list: IndicatorListView }>('DELETE', listPath(id), { reason })).list,
    indicators: (id, q, limit, cursor) => call('GET', `${listPath(id)}/indicators${search({ q, limit, cursor })}`),
    addIndicator: (id, wanted) => call('POST', `${listPath(id)}/indicators`, wanted),
    removeIndicator: (id, which) => call('DELETE', `${listPath(id)}/indicators`, which),
    uploadIndicators: (id, mode, file) => call('PUT', `${listPath(id)}/content${search({ mode })}`, file),
    agents: () => call('GET', '/agents'),
    tellAgent: (id, version, config) => call('PUT', `/agents/${encodeURIComponent(id)}/config`, { version, config }),
    systems: async () => (await call<Pick<Page<SystemView>, 'items'>>('GET', '/systems')).items,
    drill: async () => {
      const { items } = await call<Pick<Page<DrillView>, 'items'>>('GET', '/drills/current');
      return items.find((d) => d.state === 'running') ?? items[0] ?? null;
    },
  };
}

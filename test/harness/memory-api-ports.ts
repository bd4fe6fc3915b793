import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { alertView, defaultAlertLimits } from '../../src/alert/index.ts';
import {
  type Access,
  type AccountPorts,
  type ApiLimits,
  type ApiParts,
  createAccess,
  createPasswords,
  defaultApiLimits,
} from '../../src/api/index.ts';
import type {
  AppendOutcome,
  DeadLetter,
  LedgerPort,
  LockPort,
  Paged,
  SessionRecord,
  SessionsPort,
  StoredEvent,
} from '../../src/api/ports.ts';
import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openIndicators } from '../../src/compose/indicators.ts';
import type { DrillView, Health, IncidentAction, RuleSetView, RuleView } from '../../src/contract/api.ts';
import { incidentCard } from '../../src/incident/index.ts';
import type { AgentReport } from '../../src/model/agent.ts';
import type { Batch } from '../../src/model/batch.ts';
import type { Alert, Finding } from '../../src/model/finding.ts';
import {
  type IncidentFacts,
  type IncidentHandling,
  isClosed,
  type LedgerKind,
  type LedgerRow,
} from '../../src/model/incident.ts';
import type { Mapping } from '../../src/model/mapping.ts';
import type { Delivery } from '../../src/model/notice.ts';
import type { System } from '../../src/model/register.ts';
import type { Logger } from '../../src/observe/log.ts';
import { createSourceViews } from '../../src/watch/views.ts';
import { memoryIndicators } from './memory-indicators.ts';

/** Sources that never sent anything. */
const noSourceRows: Parameters<typeof createSourceViews>[0]['rows'] = {
  hours: async () => [],
  kinds: async () => [],
  parsers: async () => [],
  gaps: async () => [],
  openBreaches: async () => [],
};

/** What a test puts in and reads back; everything the API would otherwise ask the store, the state and the stages. */
interface Memory {
  nowMs: number;
  /** While true, every store port throws `store-away`; the same for `stateAway` and sessions, limits, locks. */
  storeAway: boolean;
  stateAway: boolean;
  readonly alerts: Alert[];
  readonly incidents: IncidentFacts[];
  readonly findings: Finding[];
  readonly events: StoredEvent[];
  readonly batches: Batch[];
  readonly deliveries: Delivery[];
  readonly agents: Map<string, { readonly atMs: number; readonly peer: string; readonly report: AgentReport }>;
  readonly deadLetters: DeadLetter[];
  readonly rules: RuleView[];
  readonly mappings: Mapping[];
  ruleSet: RuleSetView;
  /** What the next reload comes to. */
  reload: Awaited<ReturnType<ApiParts['rules']['reload']>>;
  readonly drills: DrillView[];
  readonly ledgerRows: LedgerRow[];
  readonly sessionRecords: Map<string, { record: SessionRecord; endMs: number }>;
  /** How often the whole of a kind was read. */
  readonly ledgerReads: Map<LedgerKind, number>;
  health: Health;
}

export interface MemoryApi {
  readonly memory: Memory;
  readonly access: Access;
  readonly accounts: AccountPorts;
  readonly parts: ApiParts;
  readonly log: Logger;
}

class Away extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

class BadCursor extends Error {
  readonly code = 'bad-cursor';
}

class BadQuery extends Error {
  readonly code = 'bad-query';
  readonly position: number;
  readonly messageVi = 'Thiếu giá trị.';
  constructor(position: number) {
    super('A value is missing.');
    this.position = position;
  }
}

/** A page by position; the cursor is the position. */
function paged<T>(all: readonly T[], limit: number, cursor: string | undefined): Paged<T> {
  if (cursor !== undefined && !/^\d+$/.test(cursor)) throw new BadCursor('bad cursor');
  const from = Number(cursor ?? 0);
  const items = all.slice(from, from + limit);
  return { items, cursor: from + limit < all.length ? String(from + limit) : null };
}

function memoryLedger(memory: Memory): LedgerPort {
  const of = (kind: LedgerKind, subject: string): LedgerRow[] =>
    memory.ledgerRows.filter((row) => row.kind === kind && row.subject === subject);
  const away = (): void => {
    if (memory.storeAway) throw new Away('store-away');
  };
  return {
    append: async (entry): Promise<AppendOutcome> => {
      away();
      const { expectedVersion, ...rest } = entry;
      const newest = of(entry.kind, entry.subject).at(-1) ?? null;
      const before = newest?.version ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== before) return { ok: false, newest };
      const bare = { ...rest, version: before + 1, atMs: memory.nowMs, previousHash: newest?.hash ?? '' };
      const row: LedgerRow = { ...bare, hash: createHash('sha256').update(JSON.stringify(bare)).digest('hex') };
      memory.ledgerRows.push(row);
      return { ok: true, row };
    },
    newest: async (kind, subject) => {
      away();
      return of(kind, subject).at(-1) ?? null;
    },
    all: async (kind) => {
      away();
      memory.ledgerReads.set(kind, (memory.ledgerReads.get(kind) ?? 0) + 1);
      const newest = new Map<string, LedgerRow>();
      for (const row of memory.ledgerRows) if (row.kind === kind) newest.set(row.subject, row);
      return [...newest.values()];
    },
    history: async (kind, subject) => {
      away();
      return of(kind, subject);
    },
    audit: async (limit, cursor) => {
      away();
      return paged([...memory.ledgerRows].reverse(), limit, cursor);
    },
  };
}

function memorySessions(memory: Memory): SessionsPort {
  const away = (): void => {
    if (memory.stateAway) throw new Away('state-away');
  };
  const live = (key: string): SessionRecord | null => {
    const found = memory.sessionRecords.get(key);
    return found === undefined || found.endMs <= memory.nowMs ? null : found.record;
  };
  return {
    put: async (key, record, ttlMs) => {
      away();
      memory.sessionRecords.set(key, { record, endMs: memory.nowMs + ttlMs });
    },
    get: async (key) => {
      away();
      return live(key);
    },
    touch: async (key, seenMs, ttlMs) => {
      away();
      const record = live(key);
      if (record === null) return false;
      memory.sessionRecords.set(key, { record: { ...record, seenMs }, endMs: memory.nowMs + ttlMs });
      return true;
    },
    remove: async (key) => {
      away();
      memory.sessionRecords.delete(key);
    },
    list: async (account) => {
      away();
      return [...memory.sessionRecords.keys()].flatMap((key) => {
        const record = live(key);
        return record === null || (account !== undefined && record.account !== account) ? [] : [{ key, record }];
      });
    },
  };
}

/** One holder a key, in order of arrival. */
export function memoryLock(): LockPort {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    tails.set(key, mine);
    return mine;
  };
}

/** At most `limit` tries in any stretch of `windowMs`. */
function memoryRateLimit(memory: Memory): ApiParts['rateLimit'] {
  const tries = new Map<string, number[]>();
  return async (key, limit, windowMs) => {
    if (memory.stateAway) throw new Away('state-away');
    const recent = (tries.get(key) ?? []).filter((atMs) => atMs > memory.nowMs - windowMs);
    tries.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= limit && oldest !== undefined) {
      return { allowed: false, retryAfterMs: oldest + windowMs - memory.nowMs };
    }
    recent.push(memory.nowMs);
    return { allowed: true, retryAfterMs: 0 };
  };
}

function seenBy(systems: readonly string[] | null, system: string): boolean {
  return systems === null || systems.includes(system);
}

/** The incident stage in small: the ledger of kind `incident`, whose document is the handling. */
function memoryHandling(memory: Memory, ledger: LedgerPort, lock: LockPort): ApiParts['handling'] {
  const newestOf = (id: string): LedgerRow | null =>
    memory.ledgerRows.filter((row) => row.kind === 'incident' && row.subject === id).at(-1) ?? null;
  const handlingOf = (id: string): IncidentHandling | null => {
    const row = newestOf(id);
    if (row === null) return null;
    const before = row.document as unknown as IncidentHandling;
    return { ...before, version: row.version, changedMs: row.atMs, changedBy: row.actor };
  };
  const none = { state: 'new', assignee: '', reason: '', comments: 0 } as const;
  const apply = (before: Omit<IncidentHandling, 'version' | 'changedMs' | 'changedBy'>, action: IncidentAction) => {
    if (action.action === 'assign') return { ...before, assignee: action.assignee };
    if (action.action === 'comment') return { ...before, comments: before.comments + 1, text: action.text };
    return { ...before, state: action.state, reason: action.reason ?? '' };
  };
  return {
    cards: async (facts) => {
      if (memory.storeAway) throw new Away('store-away');
      const untouched = (at: number) => ({ ...none, version: 0, changedMs: at, changedBy: '' });
      return facts.map((each) => {
        const { document } =
          memory.ledgerRows.find((row) => row.kind === 'system' && row.subject === each.system) ?? {};
        const system = document as unknown as System | undefined;
        const names = {
          systemName: system?.name ?? each.system,
          orgName: system?.orgName ?? '',
          systemLevel: system?.level ?? 0,
        };
        return incidentCard(each, handlingOf(each.id) ?? untouched(each.openedMs), names);
      });
    },
    act: (id, action, actor) =>
      lock(`incident:${id}`, async () => {
        if (action.action === 'state' && isClosed(action.state) && (action.reason ?? '') === '') {
          return { kind: 'refused', message: 'A reason is wanted.', messageVi: 'Cần nêu lý do.' };
        }
        const { action: name, version: expectedVersion } = action;
        const document = apply(handlingOf(id) ?? none, action);
        const entry = { kind: 'incident', subject: id, actor, action: name, document, expectedVersion } as const;
        const outcome = await ledger.append(entry);
        return { kind: outcome.ok ? 'done' : 'conflict' };
      }),
  };
}

/** Terms `field:value`, all of them must hold; `*` ends a prefix. */
function matches(event: StoredEvent, text: string): boolean {
  return text
    .split(/\s+/)
    .filter((term) => term !== '')
    .every((term) => {
      const at = term.indexOf(':');
      if (at < 0) return event.message.includes(term);
      const wanted = term.slice(at + 1);
      if (wanted === '') throw new BadQuery(text.indexOf(term) + at + 1);
      const name = term.slice(0, at);
      const value = String(name === 'host' ? event.host : (event.fields[name] ?? ''));
      return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
    });
}

export function memoryApi(
  o: { readonly limits?: Partial<ApiLimits>; readonly log?: Logger; readonly parts?: Partial<ApiParts> } = {},
): MemoryApi {
  const limits: ApiLimits = { ...defaultApiLimits, ...o.limits };
  const log = o.log ?? pino({ level: 'silent' });
  const memory: Memory = {
    nowMs: Date.UTC(2026, 10, 22, 3, 0, 0),
    storeAway: false,
    stateAway: false,
    alerts: [],
    incidents: [],
    findings: [],
    events: [],
    batches: [],
    deliveries: [],
    agents: new Map(),
    deadLetters: [],
    rules: [],
    mappings: [],
    ruleSet: oneRuleSet,
    reload: { kind: 'loaded', changed: false },
    drills: [],
    ledgerRows: [],
    sessionRecords: new Map(),
    ledgerReads: new Map(),
    health: healthyHealth,
  };
  const clock = (): number => memory.nowMs;
  const ledger = memoryLedger(memory);
  const lock = memoryLock();
  const sessions = memorySessions(memory);
  const access = createAccess({ ledger, sessions, clock, log, limits });
  const passwords = createPasswords({ workMax: 2, waitingMax: 100 });
  const { directory } = access;
  const store = <T>(value: () => T): Promise<T> =>
    memory.storeAway ? Promise.reject(new Away('store-away')) : Promise.resolve().then(value);
  const parts: ApiParts = {
    access,
    alerts: {
      listAlerts: (f) =>
        store(() =>
          paged(
            memory.alerts.filter(
              (alert) =>
                seenBy(f.systems, alert.system) &&
                (f.rule === undefined || alert.rule.id === f.rule) &&
                (f.system === undefined || alert.system === f.system) &&
                (f.drill === undefined || alert.drill === f.drill) &&
                (f.since === undefined || alert.createdMs >= f.since),
            ),
            f.limit,
            f.cursor,
          ),
        ),
      alerts: (ids) => store(() => memory.alerts.filter(({ id }) => ids.includes(id))),
      alertsOfIncident: (id) => store(() => memory.alerts.filter(({ incident }) => incident === id)),
      findingsOf: (ids, limit) =>
        store(() => ids.flatMap((id) => memory.findings.filter(({ alert }) => alert === id).slice(0, limit))),
    },
    incidents: {
      get: (id) => store(() => memory.incidents.find((incident) => incident.id === id) ?? null),
      list: async (f) => {
        const touched = new Map((await handling.cards(memory.incidents)).map((card) => [card.id, card.state]));
        const kept = memory.incidents.filter(
          ({ id, system, drill }) =>
            seenBy(f.systems, system) &&
            (f.drill === undefined || drill === f.drill) &&
            (f.states === undefined || f.states.includes(touched.get(id) ?? 'new')),
        );
        return paged(kept, f.limit, f.cursor);
      },
    },
    handling: memoryHandling(memory, ledger, lock),
    tryLines: async () => ({ problems: [], lines: [], more: 0, parsers: ['auto'] }),
    personal: {
      mask: (text) => text.replaceAll('0912345678', 'PII~phone~00000000000000aa'),
      reveal: async (kind, token) => (kind === 'phone' && token === '00000000000000aa' ? '0912345678' : null),
    },
    events: {
      search: (q) =>
        store(() => {
          const found = memory.events.filter(
            (event) =>
              seenBy(q.systems, event.system) &&
              event.eventTimeMs >= q.fromMs &&
              event.eventTimeMs < q.toMs &&
              matches(event, q.text),
          );
          const page = paged(found, q.limit, q.cursor);
          const histogram = [{ fromMs: q.fromMs, count: found.length }];
          return { ...page, total: found.length, histogram, bucketMs: q.toMs - q.fromMs, cut: '' };
        }),
      byIds: (refs) => store(() => memory.events.filter(({ id }) => refs.some(({ event }) => event === id))),
      findBatch: (id) => store(() => memory.batches.find((batch) => batch.id === id) ?? null),
      deadLetters: (limit) => store(() => memory.deadLetters.slice(0, limit)),
    },
    ledger,
    lock,
    sessions,
    rateLimit: memoryRateLimit(memory),
    agents: { fingerprint: 'SHA256:test', said: async () => memory.agents },
    deliveries: { of: (id) => store(() => memory.deliveries.filter(({ incident }) => incident === id)) },
    mappings: () => ({ version: 'mappings-1', unknownLogsource: 'closed', all: memory.mappings }),
    rules: {
      list: () => memory.rules,
      get: (id) => memory.rules.find((rule) => rule.id === id) ?? null,
      set: () => memory.ruleSet,
      reload: async () => memory.reload,
    },
    viewAlert: (alert, names) => alertView(alert, names, defaultAlertLimits),
    sources: createSourceViews({
      rows: noSourceRows,
      parserIds: ['auto', 'json', 'syslog'],
      officialDays: async () => ({ off: [], worked: [] }),
      clock,
    }),
    indicators: openIndicators({
      store: { ledger, indicators: memoryIndicators(memory.ledgerRows) },
      lock,
      seal: createFeedSeal(() => new Uint8Array(32)),
      clock,
    }).api,
    drills: { current: async () => memory.drills },
    health: { health: async () => memory.health },
    metrics: { counter: () => ({ inc: () => undefined }), text: async () => 'vonggac_up 1\n' },
    collectors: [],
    boardDir: null,
    trustedProxies: [],
    publicUrl: '',
    version: '0.0.0-test',
    limits,
    clock,
    log,
    ...o.parts,
  };
  const { handling } = parts;
  const accounts: AccountPorts = { ledger, lock, clock, directory, passwords, subjectsMax: 1000, setupCodeMs: 60_000 };
  return { memory, access, accounts, parts, log };
}

const oneRuleSet: RuleSetView = {
  version: 'rules-1',
  loadedMs: Date.UTC(2026, 10, 22, 2, 0, 0),
  detections: 25,
  correlations: 1,
  filters: 0,
  refused: [
    { file: 'rules/bad.yml', line: 3, column: 5, code: 'yaml', message: 'no YAML', advice: 'indent with spaces' },
  ],
  refusedTotal: 1,
  failure: '',
  failedMs: 0,
};

const ruleSetHealth = {
  ruleSet: 'rules-1',
  rulesLoadedMs: Date.UTC(2026, 10, 22, 2, 0, 0),
  rulesFailure: '',
  workers: [{ worker: 'detect-1', ruleSet: 'rules-1', atMs: Date.UTC(2026, 10, 22, 2, 59, 0) }],
};

const healthyHealth: Health = {
  status: 'ok',
  atMs: 0,
  version: 'test',
  collect: { lagMs: 0, waitingRows: 0, droppedUdp: 0, spool: null },
  store: { up: true, lagMs: 0 },
  detect: { lagMs: 0, waitingBatches: 0, lastBatch: '', rules: 25, refusedRules: 0, ...ruleSetHealth },
  notify: { lagMs: 0, waiting: 0, failed: 0 },
  queue: { up: true },
  sources: [],
};

import { pino } from 'pino';
import {
  alertView,
  buildAlert,
  correlatedAlertId,
  correlatedDraftOf,
  defaultAlertLimits,
  draftOf,
} from '../../src/alert/index.ts';
import type { FeedItem } from '../../src/contract/feed.ts';
import {
  createDetector,
  type DetectLimits,
  type Detector,
  type LiveRules,
  liveRulesOf,
  type Pass,
} from '../../src/detect/index.ts';
import { createIncidents, type Incidents, type LockPort } from '../../src/incident/index.ts';
import type { Batch } from '../../src/model/batch.ts';
import type { Fields, SecurityEvent } from '../../src/model/event.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';
import { type CorrelationState, createMemoryCorrelationState } from '../../src/state/index.ts';
import { createLocalTurns } from '../../src/state/local-turns.ts';
import { createMemoryStore, type MemoryStore, type Step } from './memory-ports.ts';

/** 22/11/2026 10:00:00 +07:00 */
export const tenOClock: number = Date.UTC(2026, 10, 22, 3, 0, 0);
export const minuteMs = 60_000;

const ruleText = (
  id: string,
  o: { readonly title: string; readonly level: string; readonly contains: string },
): string =>
  `title: ${o.title}
id: 00000000-0000-4000-8000-0000000000${id}
level: ${o.level}
logsource:
  product: windows
  category: process_creation
tags:
  - attack.t10${id}
detection:
  selection:
    CommandLine|contains: '${o.contains}'
  condition: selection
vonggac:
  title_vi: 'Luật ${id}'
`;

/** Three rules of one family: whoami (low), net user (medium), mimikatz (critical). */
export const threeRules: string = [
  ruleText('01', { title: 'Who am I', level: 'low', contains: 'whoami' }),
  ruleText('02', { title: 'Account added', level: 'medium', contains: 'net user' }),
  ruleText('03', { title: 'Credentials dumped', level: 'critical', contains: 'mimikatz' }),
].join('---\n');

export function rulesOf(text: string): LiveRules {
  const { rules, problems } = parseRules(text, 'test.yml');
  const refused = problems.filter((problem) => problem.severity === 'refused');
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  return liveRulesOf(compileRules(rules));
}

export interface EventSpec {
  readonly command?: string;
  readonly host?: string;
  readonly system?: string;
  readonly atMs?: number;
  readonly receivedMs?: number;
  readonly fields?: Fields;
  readonly source?: string;
  readonly drill?: string;
  readonly lane?: string;
}

export function eventOf(batch: string, index: number, o: EventSpec): SecurityEvent {
  const eventTimeMs = o.atMs ?? tenOClock;
  return {
    id: `${batch}-${index.toString(36)}`,
    batch,
    eventTimeMs,
    receivedTimeMs: o.receivedMs ?? eventTimeMs + 1000,
    org: 'so-tttt',
    system: o.system ?? 'qlvb',
    source: o.source ?? 'src1',
    origin: o.drill === undefined ? 'production' : 'drill',
    drill: o.drill ?? '',
    lane: o.lane ?? '',
    level: 3,
    host: o.host ?? 'MAY-01',
    logsource: { product: 'windows', categories: ['process_creation'], services: [] },
    message: o.command ?? '',
    fields: { CommandLine: o.command ?? '', User: 'QLVB\\van.thu', ...o.fields },
    parser: 'test',
    parseStatus: 'parsed',
    mappings: 'm1',
    parseReason: '',
    raw: o.command ?? '',
  };
}

export function batchOf(
  id: string,
  specs: readonly EventSpec[],
): { readonly batch: Batch; readonly rows: SecurityEvent[] } {
  const rows = specs.map((spec, i) => eventOf(id, i, spec));
  const times = { receivedTimeMs: tenOClock, committedTimeMs: tenOClock };
  return { batch: { id, day: '2026-11-22', rows: rows.length, ...times, sources: ['src1'], how: 'committed' }, rows };
}

/** The lock's meaning within one process. */
export function localLock(): LockPort {
  const turns = createLocalTurns();
  return async (key, work) => {
    const pass = await turns.take(typeof key === 'string' ? [key] : [...key].sort());
    try {
      return await work({ check: async () => undefined });
    } finally {
      pass();
    }
  };
}

export interface DetectionWorld {
  readonly store: MemoryStore;
  readonly detector: Detector;
  readonly incidents: Incidents;
  readonly metrics: Metrics;
  /** Notices by key (incident, alert), as an idempotent notifier would hold them; and how often each was asked for. */
  readonly notices: Map<string, number>;
  readonly published: FeedItem[];
  readonly offered: string[];
  /** What was logged as an error. */
  readonly errors: { readonly msg: string; readonly rule?: string }[];
  commit(id: string, specs: readonly EventSpec[]): { readonly id: string; readonly day: string };
  /** The same of a batch that the detector looks at while it is read, so many events at a time. */
  commitLooked(
    id: string,
    specs: readonly EventSpec[],
    at: number,
  ): Promise<{ readonly id: string; readonly day: string }>;
  /** Other rules are in force from now on. */
  swapRules(rules: LiveRules): void;
}

/** Detection as compose puts it together, over a store in memory. */
export function createDetectionWorld(
  o: {
    readonly rules?: LiveRules;
    readonly step?: Step;
    readonly store?: MemoryStore;
    readonly clock?: () => number;
    readonly limits?: Partial<DetectLimits>;
    readonly lock?: LockPort;
    readonly offer?: (id: string) => void;
    readonly recent?: CorrelationState;
  } = {},
): DetectionWorld {
  const clock = o.clock ?? (() => tenOClock);
  const step: Step = o.step ?? (() => undefined);
  const store = o.store ?? createMemoryStore({ clock, step });
  const published: FeedItem[] = [];
  const notices = new Map<string, number>();
  const offered: string[] = [];
  const looks = new Map<string, Pass>();
  const errors: { msg: string; rule?: string }[] = [];
  const log = pino(
    { level: 'error' },
    { write: (line: string) => void errors.push(JSON.parse(line) as { msg: string; rule?: string }) },
  );
  const metrics = createMetrics();
  const rules = o.rules ?? rulesOf(threeRules);
  let inForce = rules;
  const incidents = createIncidents({
    alerts: store.alerts,
    incidents: store.incidents,
    ledger: store.ledger,
    lock: o.lock ?? localLock(),
    names: (system) => ({ systemName: `Hệ thống ${system}`, orgName: 'Sở TTTT', systemLevel: 3 }),
    viewAlert: (alert, incident) =>
      alertView(alert, { incidentCode: incident.code, systemName: alert.system }, defaultAlertLimits),
    publish: async (items) => {
      await step('publish', 'before');
      published.push(...items);
      await step('publish', 'after');
    },
    clock,
    warn: () => undefined,
  });
  const detector = createDetector({
    store: store.detect,
    rules: () => inForce,
    looked: (ref) => {
      const pass = looks.get(ref.id) ?? null;
      looks.delete(ref.id);
      return pass;
    },
    alert: {
      draft: draftOf,
      build: (parts) => buildAlert({ ...parts, limits: defaultAlertLimits }),
      correlated: (hour) => correlatedDraftOf({ ...hour, limits: defaultAlertLimits }),
      correlatedId: correlatedAlertId,
    },
    members: store.members,
    recent: o.recent ?? createMemoryCorrelationState(),
    incidents,
    notify: async (raised) => {
      await step('notify', 'before');
      for (const { alert } of raised) {
        const key = `${alert.incident} ${alert.id}`;
        notices.set(key, (notices.get(key) ?? 0) + 1);
      }
      await step('notify', 'after');
    },
    offer: async (ref) => {
      o.offer?.(ref.id);
      offered.push(ref.id);
    },
    worker: 'test',
    clock,
    ...(o.limits === undefined ? {} : { limits: o.limits }),
    log,
    metrics,
  });
  return {
    store,
    detector,
    incidents,
    metrics,
    notices,
    published,
    offered,
    errors,
    commit: (id, specs) => {
      const { batch, rows } = batchOf(id, specs);
      store.commit(batch, rows);
      return { id, day: batch.day };
    },
    commitLooked: async (id, specs, at) => {
      const { batch, rows } = batchOf(id, specs);
      const pass = detector.look(batch.day);
      for (let from = 0; from < rows.length; from += at) await pass.hold(rows.slice(from, from + at));
      store.commit(batch, rows);
      looks.set(id, pass);
      return { id, day: batch.day };
    },
    swapRules: (next) => {
      inForce = next;
    },
  };
}

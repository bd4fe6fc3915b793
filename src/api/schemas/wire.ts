import { z } from 'zod';
import type {
  AlertView,
  ApiError,
  DeliveryView,
  DrillView,
  EventSearch,
  EventView,
  EvidenceView,
  Health,
  HistoryRow,
  IncidentAction,
  IncidentCard,
  IncidentDetail,
  Me,
  Page,
  RuleSetView,
  RuleView,
  SystemView,
} from '../../contract/api.ts';
import type { Entity, MatchedField } from '../../model/finding.ts';
import { incidentStates } from '../../model/incident.ts';
import { breachKinds } from '../../model/source-contract.ts';
import { line, role, severity } from './model.ts';

/** Zod schemas of the shapes in src/contract/api.ts; the types hold the two together. */

const ms = z.number();
const count = z.number();
const origin = z.enum(['production', 'drill', 'test']);
const document = z.record(z.string(), z.unknown());

export function page<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({ items: z.array(item), cursor: z.string().nullable() });
}

export const apiError: z.ZodType<ApiError> = z
  .looseObject({ code: z.string(), message: z.string(), messageVi: z.string() })
  .meta({ id: 'ApiError' });

const entity: z.ZodType<Entity> = z.object({
  kind: z.enum(['host', 'user', 'ip', 'file', 'process']),
  value: z.string(),
});

export const alertView: z.ZodType<AlertView> = z
  .object({
    id: z.string(),
    incident: z.string(),
    incidentCode: z.string(),
    rule: z.string(),
    title: z.string(),
    titleVi: z.string(),
    severity,
    tags: z.array(z.string()),
    author: z.string(),
    origin,
    drill: z.string(),
    lane: z.string(),
    org: z.string(),
    system: z.string(),
    systemName: z.string(),
    host: z.string(),
    entity: z.string(),
    entities: z.array(entity),
    events: count,
    firstEventMs: ms,
    lastEventMs: ms,
    firstReceivedMs: ms,
    createdMs: ms,
    lateMs: ms,
    revision: count,
    correlation: z
      .object({
        kind: z.string(),
        groupBy: z.array(z.object({ field: z.string(), value: z.string() })),
        timespanMs: ms,
        condition: z.string(),
        value: z.number(),
        atMs: ms,
        holds: z.boolean(),
        why: z.string(),
        whyVi: z.string(),
      })
      .nullable(),
    health: z
      .object({
        source: z.string(),
        sourceName: z.string(),
        breach: z.enum(breachKinds),
        log: z.string(),
        sinceMs: ms,
        recoveredMs: ms,
        blindRules: z.array(z.object({ id: z.string(), title: z.string(), titleVi: z.string() })),
        blindRulesTotal: count,
        blindTechniques: z.array(z.string()),
        blindTechniquesTotal: count,
        why: z.string(),
        whyVi: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'AlertView' });

export const incidentCard: z.ZodType<IncidentCard> = z
  .object({
    id: z.string(),
    code: z.string(),
    title: z.string(),
    titleVi: z.string(),
    severity,
    state: z.enum(incidentStates),
    version: count,
    assignee: z.string(),
    reason: z.string(),
    comments: count,
    origin,
    drill: z.string(),
    lane: z.string(),
    org: z.string(),
    orgName: z.string(),
    system: z.string(),
    systemName: z.string(),
    systemLevel: count,
    family: z.string(),
    entity: z.string(),
    hosts: z.array(z.string()),
    tags: z.array(z.string()),
    alerts: count,
    events: count,
    firstEventMs: ms,
    lastEventMs: ms,
    openedMs: ms,
    changedMs: ms,
  })
  .meta({ id: 'IncidentCard' });

const historyRow: z.ZodType<HistoryRow> = z.object({
  version: count,
  atMs: ms,
  actor: z.string(),
  action: z.string(),
  document,
  hash: z.string(),
});

const deliveryView: z.ZodType<DeliveryView> = z.object({
  notice: z.string(),
  channel: z.string(),
  recipient: z.string(),
  outcome: z.enum(['queued', 'sent', 'failed', 'gave_up']),
  attempt: count,
  atMs: ms,
  detail: z.string(),
});

export const eventView: z.ZodType<EventView> = z
  .object({
    id: z.string(),
    batch: z.string(),
    eventTimeMs: ms,
    receivedTimeMs: ms,
    committedTimeMs: ms,
    org: z.string(),
    system: z.string(),
    host: z.string(),
    source: z.string(),
    product: z.string(),
    category: z.string(),
    service: z.string(),
    origin,
    drill: z.string(),
    lane: z.string(),
    message: z.string(),
    raw: z.string(),
    fields: document,
    parser: z.string(),
    mappings: z.string(),
    parseStatus: z.enum(['parsed', 'partial', 'raw']),
    parseReason: z.string(),
  })
  .meta({ id: 'EventView' });

const matchedField: z.ZodType<MatchedField> = z.object({
  field: z.string(),
  value: z.string(),
  selection: z.string(),
  how: z.string(),
  spans: z.array(z.tuple([z.number(), z.number()])),
});

const evidenceView: z.ZodType<EvidenceView> = z.object({
  event: eventView,
  matched: z.array(matchedField),
  rule: z.string(),
  alert: z.string(),
});

export const incidentDetail: z.ZodType<IncidentDetail> = z
  .object({
    card: incidentCard,
    alerts: z.array(alertView),
    evidence: z.array(evidenceView),
    evidenceTotal: count,
    history: z.array(historyRow),
    deliveries: z.array(deliveryView),
    owner: z.object({ name: z.string(), duty: z.string() }).nullable(),
  })
  .meta({ id: 'IncidentDetail' });

export const eventSearch: z.ZodType<EventSearch> = z
  .object({
    items: z.array(eventView),
    cursor: z.string().nullable(),
    total: count,
    histogram: z.array(z.object({ fromMs: ms, count })),
    bucketMs: ms,
    cut: z.string(),
  })
  .meta({ id: 'EventSearch' });

const ruleShape = {
  id: z.string(),
  title: z.string(),
  titleVi: z.string(),
  severity,
  status: z.string(),
  description: z.string(),
  author: z.string(),
  license: z.string(),
  references: z.array(z.string()),
  tags: z.array(z.string()),
  falsepositives: z.array(z.string()),
  logsource: z.record(z.string(), z.string()),
  file: z.string(),
  hash: z.string(),
};

/** A rule in a list: all but its text. */
export type RuleSummary = Omit<RuleView, 'text'>;
export const ruleSummary: z.ZodType<RuleSummary> = z.object(ruleShape).meta({ id: 'RuleSummary' });
export const ruleView: z.ZodType<RuleView> = z.object({ ...ruleShape, text: z.string() }).meta({ id: 'RuleView' });

export const ruleSetView: z.ZodType<RuleSetView> = z
  .object({
    version: z.string(),
    loadedMs: ms,
    detections: count,
    correlations: count,
    filters: count,
    refused: z.array(
      z.object({
        file: z.string(),
        line: count,
        column: count,
        code: z.string(),
        message: z.string(),
        advice: z.string(),
      }),
    ),
    refusedTotal: count,
    failure: z.string(),
    failedMs: ms,
  })
  .meta({ id: 'RuleSetView' });

export const systemView: z.ZodType<SystemView> = z
  .object({
    id: z.string(),
    name: z.string(),
    org: z.string(),
    orgName: z.string(),
    agencies: z.array(z.object({ org: z.string(), orgName: z.string(), fromDay: z.string(), untilDay: z.string() })),
    level: count,
    operator: z.string(),
    duty: z.string(),
  })
  .meta({ id: 'SystemView' });

export const me: z.ZodType<Me> = z
  .object({ id: z.string(), name: z.string(), role, systems: z.array(z.string()).nullable() })
  .meta({ id: 'Me' });

export const health: z.ZodType<Health> = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']),
    atMs: ms,
    version: z.string(),
    collect: z.object({
      lagMs: ms,
      waitingRows: count,
      droppedUdp: count,
      spool: z.object({ lines: count, bytes: count, bytesMax: count, dropped: count, failure: z.string() }).nullable(),
    }),
    store: z.object({ up: z.boolean(), lagMs: ms }),
    detect: z.object({
      lagMs: ms,
      waitingBatches: count,
      lastBatch: z.string(),
      rules: count,
      refusedRules: count,
      ruleSet: z.string(),
      rulesLoadedMs: ms,
      rulesFailure: z.string(),
      workers: z.array(z.object({ worker: z.string(), ruleSet: z.string(), atMs: ms })),
    }),
    notify: z.object({ lagMs: ms, waiting: count, failed: count }),
    queue: z.object({ up: z.boolean() }),
    sources: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        lastReceivedMs: ms,
        perMinute: count,
        rawShare: z.number(),
        contract: z.enum(['none', 'kept', 'broken']),
      }),
    ),
  })
  .meta({ id: 'Health' });

export const drillView: z.ZodType<DrillView> = z
  .object({
    id: z.string(),
    scenario: z.string(),
    title: z.string(),
    titleVi: z.string(),
    state: z.enum(['ready', 'running', 'finished', 'stopped']),
    startedMs: ms,
    simSeconds: count,
    totalSeconds: count,
  })
  .meta({ id: 'DrillView' });

const version = z.int().min(0);
/** Comments and reasons keep their line breaks; other control characters are refused. */
const prose = z
  .string()
  .trim()
  .max(4_000)
  .regex(/^(?:[^\p{Cc}]|[\t\n\r])*$/u);

export const incidentAction: z.ZodType<IncidentAction> = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('state'),
      version,
      state: z.enum(incidentStates),
      reason: prose.exactOptional(),
    }),
    z.strictObject({ action: z.literal('assign'), version, assignee: line(64) }),
    z.strictObject({ action: z.literal('comment'), version, text: prose.min(1) }),
  ])
  .meta({ id: 'IncidentAction' });

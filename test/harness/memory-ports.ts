import type { Batch, BatchRef, Evaluation } from '../../src/model/batch.ts';
import { type MemberSlice, type MemberWriting, memberKey } from '../../src/model/correlation.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { type Alert, alertRevision, type Finding } from '../../src/model/finding.ts';
import type { IncidentFacts, LedgerRow } from '../../src/model/incident.ts';
import { maxSeverity, type Severity } from '../../src/model/severity.ts';

type IncidentRow = IncidentFacts & { readonly groupKey: string; readonly revision: number };

/** Called before and after every effect with its name; throwing there is a crash at that step. */
export type Step = (name: string, when: 'before' | 'after') => void | Promise<void>;

const evidenceMax = 20;

/**
 * The store's meaning in memory: newest revision wins (the last written of equal ones), findings are distinct by
 * (rule, event), the ledger takes one row a version. A full small implementation, so that crashes can be put anywhere.
 */
export function createMemoryStore(o: { readonly clock: () => number; readonly step?: Step }) {
  const step: Step = o.step ?? (() => undefined);
  const events = new Map<string, SecurityEvent>();
  const batches = new Map<string, Batch>();
  const evaluations = new Map<string, Evaluation>();
  const findings = new Map<string, Finding>();
  const alerts = new Map<string, Alert>();
  const members = new Map<string, MemberWriting>();
  const incidents = new Map<string, IncidentRow>();
  const ledger = new Map<string, LedgerRow[]>();

  const effect = async <T>(name: string, run: () => T): Promise<T> => {
    await step(name, 'before');
    const result = run();
    await step(name, 'after');
    return result;
  };
  const ofAlerts = (ids: readonly string[]): Finding[] => [...findings.values()].filter((f) => ids.includes(f.alert));
  const inSlice = ({ correlation, fromMs, toMs }: MemberSlice): MemberWriting[] =>
    [...members.values()].filter(
      ({ member }) => member.correlation === correlation && member.timeMs >= fromMs && member.timeMs < toMs,
    );
  const withoutKey = ({ groupKey: _, revision: __, ...facts }: IncidentRow): IncidentFacts => facts;
  const alertsOf = (incident: string): Alert[] =>
    [...alerts.values()]
      .filter((a) => a.incident === incident)
      .sort((a, b) => a.firstEventMs - b.firstEventMs || (a.id < b.id ? -1 : 1));

  return {
    /** What a collector does: rows and their ledger row. */
    commit(batch: Batch, rows: readonly SecurityEvent[]): void {
      for (const row of rows) events.set(row.id, row);
      batches.set(batch.id, batch);
    },
    dump: () => ({
      findings: [...findings.keys()].sort(),
      alerts: [...alerts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      incidents: [...incidents.values()].map(withoutKey).sort((a, b) => (a.id < b.id ? -1 : 1)),
      ledger: [...ledger.values()]
        .flat()
        .map(({ subject, version, action }) => `${subject} ${version} ${action}`)
        .sort(),
      evaluated: [...evaluations.keys()].sort(),
    }),
    detect: {
      readBatch: (ref: BatchRef) => effect('readBatch', () => [...events.values()].filter((e) => e.batch === ref.id)),
      findBatch: (id: string) => effect('findBatch', () => batches.get(id) ?? null),
      byIds: (refs: Alert['evidence']) => effect('byIds', () => refs.flatMap(({ event }) => events.get(event) ?? [])),
      insertFindings: (rows: readonly Finding[], _token: string) =>
        effect('insertFindings', () => {
          for (const row of rows)
            if (!findings.has(`${row.rule} ${row.event}`)) findings.set(`${row.rule} ${row.event}`, row);
        }),
      aggregate: (ids: readonly string[]) =>
        effect('aggregate', () => {
          const found = new Map<string, ReturnType<typeof aggregateOf>>();
          for (const id of ids) {
            const its = ofAlerts([id]);
            if (its.length > 0) found.set(id, aggregateOf(its));
          }
          return found;
        }),
      recordEvaluation: (e: Evaluation) => effect('recordEvaluation', () => void evaluations.set(e.batch, e)),
      unevaluated: (limit: number) =>
        effect('unevaluated', () =>
          [...batches.values()]
            .filter((b) => !evaluations.has(b.id))
            .sort((a, b) => a.committedTimeMs - b.committedTimeMs)
            .slice(0, limit)
            .map(({ id, day }) => ({ id, day })),
        ),
      adoptOrphans: (_olderThanMs: number): Promise<Batch[]> => effect('adoptOrphans', () => []),
      alerts: (ids: readonly string[]) => effect('alerts', () => ids.flatMap((id) => alerts.get(id) ?? [])),
    },
    alerts: {
      alerts: (ids: readonly string[]) => effect('alerts', () => ids.flatMap((id) => alerts.get(id) ?? [])),
      alertsOfIncident: (incident: string) => effect('alertsOfIncident', () => alertsOf(incident)),
      writeAlerts: (rows: readonly Alert[]) =>
        effect('writeAlerts', () => {
          for (const row of rows) {
            const held = alerts.get(row.id);
            if (held === undefined || alertRevision(row) >= alertRevision(held)) alerts.set(row.id, row);
          }
        }),
    },
    incidents: {
      near: (groupKeys: readonly string[], within: { readonly fromMs: number; readonly toMs: number }) =>
        effect('incident.near', () =>
          [...incidents.values()]
            .filter((i) => groupKeys.includes(i.groupKey))
            .filter((i) => i.firstEventMs <= within.toMs && i.lastEventMs >= within.fromMs)
            .sort((a, b) => b.openedMs - a.openedMs || (a.id < b.id ? 1 : -1)),
        ),
      get: (id: string) =>
        effect('incident.get', () => {
          const found = incidents.get(id);
          return found === undefined ? null : withoutKey(found);
        }),
      byIds: (ids: readonly string[]) =>
        effect('incident.byIds', () =>
          ids.flatMap((id) => {
            const found = incidents.get(id);
            return found === undefined ? [] : [withoutKey(found)];
          }),
        ),
      aggregate: (ids: readonly string[]) =>
        effect(
          'incident.aggregate',
          () =>
            new Map(
              ids.flatMap((id) => {
                const its = alertsOf(id);
                if (its.length === 0) return [];
                const seen = new Set(ofAlerts(its.map((a) => a.id)).map((f) => f.event));
                const facts = {
                  alerts: its.length,
                  events: Math.max(seen.size, ...its.map((a) => a.events)),
                  firstEventMs: Math.min(...its.map((a) => a.firstEventMs)),
                  lastEventMs: Math.max(...its.map((a) => a.lastEventMs)),
                  severity: its.map((a) => a.rule.severity).reduce<Severity>(maxSeverity, 'informational'),
                  hosts: [...new Set(its.map((a) => a.host).filter((h) => h !== ''))].sort(),
                  tags: [...new Set(its.flatMap((a) => a.rule.tags))].sort(),
                };
                return [[id, facts] as const];
              }),
            ),
        ),
      write: (rows: readonly IncidentRow[]) =>
        effect('incident.write', () => {
          for (const row of rows)
            if (row.revision >= (incidents.get(row.id)?.revision ?? 0)) incidents.set(row.id, row);
        }),
    },
    ledger: {
      append: (e: {
        readonly kind: 'incident';
        readonly subject: string;
        readonly actor: string;
        readonly action: string;
        readonly document: Readonly<Record<string, unknown>>;
        readonly expectedVersion: number;
      }) =>
        effect('ledger.append', () => {
          const rows = ledger.get(e.subject) ?? [];
          if (rows.length !== e.expectedVersion) return { ok: false } as const;
          const { expectedVersion, ...entry } = e;
          const row = { ...entry, version: expectedVersion + 1, atMs: o.clock(), previousHash: '', hash: '' };
          ledger.set(e.subject, [...rows, row]);
          return { ok: true, row } as const;
        }),
      begin: (e: {
        readonly kind: 'incident';
        readonly subject: string;
        readonly actor: string;
        readonly action: string;
        readonly document: Readonly<Record<string, unknown>>;
      }) =>
        effect('ledger.begin', () => {
          const row = { ...e, version: 1, atMs: o.clock(), previousHash: '', hash: '' };
          if (!ledger.has(e.subject)) ledger.set(e.subject, [row]);
          return row;
        }),
      newestOf: (_kind: 'incident', subjects: readonly string[]) =>
        effect('ledger.newestOf', () => subjects.flatMap((subject) => ledger.get(subject)?.at(-1) ?? [])),
    },
    members: {
      insertMembers: (rows: readonly MemberWriting[], _token: string) =>
        effect('insertMembers', () => {
          for (const row of rows) {
            const key = `${row.member.correlation} ${row.member.group} ${memberKey(row.member)}`;
            if ((members.get(key)?.version ?? -1) < row.version) members.set(key, row);
          }
        }),
      membersOfSlice: (slice: MemberSlice, max: number) =>
        effect('membersOfSlice', (): MemberWriting[] | null => {
          const found = inSlice(slice);
          return found.length > max ? null : found;
        }),
      membersOfGroups: (slice: MemberSlice, groups: readonly string[], maxPerGroup: number) =>
        effect('membersOfGroups', () =>
          groups.flatMap((group) =>
            inSlice(slice)
              .filter(({ member }) => member.group === group)
              .sort(({ member: a }, { member: b }) => b.timeMs - a.timeMs || (a.order < b.order ? 1 : -1))
              .slice(0, maxPerGroup),
          ),
        ),
      membersFrom: (
        sources: readonly string[],
        correlations: readonly string[],
        within: { readonly fromMs: number; readonly toMs: number },
      ) =>
        effect('membersFrom', () =>
          correlations.flatMap((correlation) =>
            inSlice({ correlation, ...within }).filter(({ member }) => sources.includes(member.source)),
          ),
        ),
    },
    history: (subject: string): readonly LedgerRow[] => ledger.get(subject) ?? [],
  };
}

export type MemoryStore = ReturnType<typeof createMemoryStore>;

function aggregateOf(findings: readonly Finding[]) {
  const ordered = [...findings].sort((a, b) => a.eventTimeMs - b.eventTimeMs || (a.event < b.event ? -1 : 1));
  return {
    events: new Set(ordered.map((f) => f.event)).size,
    firstEventMs: Math.min(...ordered.map((f) => f.eventTimeMs)),
    lastEventMs: Math.max(...ordered.map((f) => f.eventTimeMs)),
    firstReceivedMs: Math.min(...ordered.map((f) => f.receivedTimeMs)),
    evidence: ordered.slice(0, evidenceMax).map(({ event, day }) => ({ event, day })),
  };
}

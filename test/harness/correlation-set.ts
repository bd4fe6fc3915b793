import { correlatedAlertId } from '../../src/alert/index.ts';
import { memberOfEvent } from '../../src/detect/correlation-members.ts';
import { type LiveRules, liveRulesOf } from '../../src/detect/index.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { Alert } from '../../src/model/finding.ts';
import { type Correlation, compileRules, evaluateCorrelations, linkRules, parseRules } from '../../src/sigma/index.ts';
import { type EventSpec, tenOClock } from './detection-world.ts';

const rule = (id: string, command: string): string => `title: Command ${command}
id: 00000000-0000-4000-8000-0000000000${id}
name: ${command}
status: test
level: low
logsource:
  product: windows
detection:
  s:
    CommandLine: ${command}
  condition: s
`;

const correlation = (id: string, body: string): string => `title: Correlation ${id}
id: 00000000-0000-4000-8000-0000000001${id}
name: c${id}
status: test
level: high
correlation:
${body
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

/** Correlations of every kind over two rules that raise nothing themselves, with chains and conditions that come and go. */
export const everyKindText: string = [
  rule('11', 'fail'),
  rule('12', 'ok'),
  correlation('01', 'type: event_count\nrules: [fail]\ngroup-by: [SourceIp]\ntimespan: 5m\ncondition: { gte: 3 }'),
  correlation(
    '02',
    'type: value_count\nrules: [fail, ok]\ngroup-by: [SourceIp]\ntimespan: 5m\ncondition: { field: User, gte: 3 }',
  ),
  correlation('03', 'type: temporal_ordered\nrules: [fail, ok]\ngroup-by: [SourceIp]\ntimespan: 40s'),
  correlation(
    '04',
    'type: event_count\nrules: [fail]\ngroup-by: [SourceIp]\ntimespan: 1m\ncondition: { gte: 2, lt: 4 }',
  ),
  correlation(
    '05',
    'type: value_avg\nrules: [fail]\ngroup-by: [SourceIp, User]\ntimespan: 2m\ncondition: { field: Bytes, gt: 60 }',
  ),
  correlation(
    '06',
    'type: value_median\nrules: [ok]\ngroup-by: [User]\ntimespan: 1h\ncondition: { field: Bytes, gte: 90 }',
  ),
  correlation('07', 'type: event_count\nrules: [c01]\ntimespan: 10m\ncondition: { gte: 2 }'),
  correlation('08', 'type: temporal\nrules: [c01, ok]\ngroup-by: [SourceIp]\ntimespan: 2m'),
  correlation('09', 'type: event_count\nrules: [c07]\ntimespan: 30m\ncondition: { gte: 2 }\ngenerate: true'),
  correlation('10', 'type: event_count\nrules: [ok]\ngroup-by: [User]\ntimespan: 50m\ncondition: { gte: 2, lt: 5 }'),
  correlation('11', 'type: event_count\nrules: [c10]\ntimespan: 1h\ncondition: { gte: 2 }\ngenerate: true'),
  correlation(
    '12',
    'type: value_sum\nrules: [fail, ok]\ngroup-by: [User]\ntimespan: 10m\ncondition: { field: Bytes, gte: 300 }',
  ),
  correlation('13', 'type: event_count\nrules: [c12]\ntimespan: 1h\ncondition: { gte: 2 }\ngenerate: true'),
].join('---\n');

/** Reads a text of rules and correlations; throws what is refused. */
export function correlationsOf(text: string): {
  readonly rules: LiveRules;
  readonly correlations: readonly Correlation[];
} {
  const linked = linkRules(parseRules(text, 'test.yml').documents);
  const refused = linked.documents.flatMap(({ outcome, problems }) => (outcome === 'refused' ? problems : []));
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  return { rules: liveRulesOf(compileRules(linked.rules), linked), correlations: linked.correlations };
}

const hourMs = 3_600_000;

/** What should stand, by brute force over all events at once: `<alert> <events> <last instant> <strongest value>`. */
export function standingOracle(set: ReturnType<typeof correlationsOf>, events: readonly SecurityEvent[]): string[] {
  const { rules, correlations } = set;
  const scopes = new Map<string, SecurityEvent[]>();
  for (const event of events) {
    const scope = `${event.origin} ${event.drill} ${event.lane}`;
    scopes.set(scope, [...(scopes.get(scope) ?? []), event]);
  }
  const found: string[] = [];
  for (const its of scopes.values()) {
    const matched = its.map((event) => ({
      rules: rules.match(event).map((number) => rules.facts[number]?.id ?? ''),
      fields: event.fields,
      timeMs: event.eventTimeMs,
      order: event.id,
    }));
    for (const { correlation, group, instants } of evaluateCorrelations(correlations, matched)) {
      const id = correlations[correlation]?.id ?? '';
      if (rules.silent.has(id)) continue;
      const hours = new Map<number, { readonly events: Set<string>; last: number; peak: number }>();
      for (const { timeMs, holds, value, members } of instants) {
        if (!holds) continue;
        const hour = Math.floor(timeMs / hourMs) * hourMs;
        const known = hours.get(hour) ?? { events: new Set<string>(), last: 0, peak: Number.NEGATIVE_INFINITY };
        hours.set(hour, known);
        for (const { order } of members) known.events.add(order.split('\u0001')[0] ?? '');
        known.last = Math.max(known.last, timeMs);
        known.peak = Math.max(known.peak, value);
      }
      for (const [hour, { events: behind, last, peak }] of hours)
        found.push(`${correlatedAlertId(id, groupHash(set, its[0], group), hour)} ${behind.size} ${last} ${peak}`);
    }
  }
  return found.sort();
}

/** The hash of a group, asked of the code with an event made to measure: what is hashed is not what is in question here. */
function groupHash(
  set: ReturnType<typeof correlationsOf>,
  scope: SecurityEvent | undefined,
  group: readonly string[],
): string {
  const [live] = set.rules.correlations.all;
  if (live === undefined || scope === undefined) throw new Error('nothing to hash');
  const ir = {
    ...live.ir,
    fields: [],
    groupBy: group.map((_, i) => ({ name: `g${i}`, fields: [`g${i}`] })),
    kind: 'event_count',
  } as const;
  const fields = Object.fromEntries(group.map((text, i) => [`g${i}`, text]));
  const [reference] = ir.references;
  const made = memberOfEvent({ ...live, ir }, reference?.id ?? '', { ...scope, fields }, '', { memberTextChars: 1e6 });
  if (made?.kind !== 'member') throw new Error('no member');
  return made.member.group;
}

/** The same of alerts as they are stored. */
export function standingOf(alerts: readonly Alert[]): string[] {
  return alerts
    .flatMap(({ id, events, lastEventMs, correlation: facts }) =>
      facts?.holds === true ? [`${id} ${events} ${lastEventMs} ${facts.value}`] : [],
    )
    .sort();
}

/** Events of two hours before ten to two hours after, most of them within half an hour of it, many at equal times. */
export function correlationSpecs(random: () => number, many: number): EventSpec[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return Array.from({ length: many }, () => ({
    command: pick(['fail', 'fail', 'ok', 'other']),
    atMs:
      random() < 0.25
        ? tenOClock - 2 * hourMs + Math.floor(random() * 720) * 20_000
        : tenOClock - 1_800_000 + Math.floor(random() * 180) * 20_000,
    receivedMs: tenOClock + 7_200_000,
    host: pick(['MAY-01', 'MAY-02']),
    system: pick(['qlvb', 'qlvb', 'hr']),
    ...(random() < 0.1 ? { drill: 'd1', lane: 'l1' } : {}),
    fields: {
      SourceIp: pick(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
      User: pick(['a', 'b', 'c', 'd']),
      Bytes: pick([1, 40, 90, 200, -150]),
    },
  }));
}

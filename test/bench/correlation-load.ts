import {
  type Correlation,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  linkRules,
  parseRules,
} from '../../src/sigma/index.ts';
import { cpuTimed } from './process-usage.ts';

/** One row of the table: what is done with the events. */
export interface CorrelationTask {
  /** Kinds that the correlations take turns in; [] counts events by group and does no more. */
  readonly kinds: readonly string[];
  readonly correlations: number;
  /** Every event to every correlation, not to one of them. */
  readonly toAll: boolean;
  readonly events: number;
  readonly groups: number;
  readonly repeats: number;
}

export interface CorrelationPass {
  /** Of all threads of the process: the collector's too. */
  readonly cpuMs: number;
  /** Members in windows at the end; null where there are no windows. */
  readonly members: number | null;
  readonly groups: number;
  readonly alerts: number | null;
  readonly late: number | null;
}

export const spanMs = 3_600_000;
export const jitterMs = 5_000;

const conditions: Readonly<Record<string, string>> = {
  event_count: 'condition: { gte: 20 }',
  value_count: 'condition: { field: port, gte: 5 }',
  value_sum: 'condition: { field: bytes, gte: 50000 }',
  value_percentile: 'condition: { field: bytes, percentile: 95, gte: 99000 }',
  temporal: '',
  temporal_ordered: '',
};
export const correlationKinds: readonly string[] = Object.keys(conditions);

/** The quickest of some passes; the first of them warms up. */
export function measureCorrelation(task: CorrelationTask): CorrelationPass {
  const correlations = correlationsOf(task.correlations, task.kinds);
  const pass = (): CorrelationPass => (task.kinds.length === 0 ? countPass(task) : streamPass(correlations, task));
  let best = pass();
  for (let i = 0; i < task.repeats; i++) {
    const next = pass();
    if (next.cpuMs < best.cpuMs) best = next;
  }
  return best;
}

interface BenchEvent {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly timeMs: number;
  readonly order: string;
}

/** Correlations that take turns in kind, each over two rules of its own. */
function correlationsOf(count: number, turns: readonly string[]): readonly Correlation[] {
  const rules = Array.from({ length: count * 2 }, (_, i) => {
    return `title: r\nid: ${idOf(0, i)}\nname: r${i}\nlogsource: { product: x }\ndetection:\n  s: { a: b }\n  condition: s\n`;
  });
  const documents = Array.from({ length: count }, (_, i) => {
    const kind = turns[i % turns.length] ?? '';
    const body = `  type: ${kind}\n  rules: [r${i * 2}, r${i * 2 + 1}]\n  group-by: [src_ip]\n  timespan: 5m\n  ${conditions[kind]}`;
    return `title: c\nid: ${idOf(1, i)}\ncorrelation:\n${body}\n`;
  });
  return linkRules(parseRules([...rules, ...documents].join('---\n'), 'bench.yml').documents).correlations;
}

function idOf(kind: number, number: number): string {
  return `00000000-0000-4000-800${kind}-${String(number).padStart(12, '0')}`;
}

/** Events made at once, outside the measured time: as few as a parser hands on together, so that they are still at hand. */
const batchEvents = 5_000;

/** Batches of events in about the order of time; a tenth of the groups sends half of them. */
function* createBatches({ events, groups }: CorrelationTask): Generator<readonly BenchEvent[]> {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const create = (i: number): BenchEvent => {
    const group = Math.floor(random() * (random() < 0.5 ? groups / 10 : groups));
    const fields = `{"src_ip":"10.${group >> 16}.${(group >> 8) & 255}.${group & 255}","port":${Math.floor(random() * 20)},"bytes":${Math.floor(random() * 100_000)}}`;
    return {
      fields: JSON.parse(fields) as Record<string, unknown>,
      timeMs: Math.floor((i / events) * spanMs + random() * jitterMs),
      order: String(i).padStart(9, '0'),
    };
  };
  for (let from = 0; from < events; from += batchEvents) {
    yield Array.from({ length: Math.min(batchEvents, events - from) }, (_, i) => create(from + i));
  }
}

/** CPU time of what is done with every batch; making the batches is left out. */
function cpuOverBatches(task: CorrelationTask, work: (batch: readonly BenchEvent[]) => void): number {
  let cpuMs = 0;
  for (const batch of createBatches(task)) cpuMs += cpuTimed(() => work(batch)).cpuMs;
  return cpuMs;
}

function streamPass(correlations: readonly Correlation[], task: CorrelationTask): CorrelationPass {
  let alerts = 0;
  let presentMs = 0;
  const stream = createCorrelationStream(correlations, {
    limits: { ...defaultCorrelationStreamLimits, reorderMs: jitterMs },
    onBegin: () => alerts++,
  });
  const handles = correlations.flatMap((_, i) => [0, 1].map((rule) => stream.handleOf(idOf(0, i * 2 + rule))));
  const cpuMs = cpuOverBatches(task, (batch) => {
    for (const [i, { fields, timeMs, order }] of batch.entries()) {
      if (!task.toAll) stream.push(handles[i % handles.length] ?? -1, fields, timeMs, order);
      else for (let at = i % 2; at < handles.length; at += 2) stream.push(handles[at] ?? -1, fields, timeMs, order);
      if (timeMs > presentMs) presentMs = timeMs;
      stream.advance(presentMs);
    }
  });
  const { members, groups, late } = stream.stats();
  return { cpuMs, members, groups, alerts, late };
}

/** What no stream can do without: finding the group of every event. */
function countPass(task: CorrelationTask): CorrelationPass {
  const counts = new Map<unknown, number>();
  const cpuMs = cpuOverBatches(task, (batch) => {
    for (const { fields } of batch) counts.set(fields.src_ip, (counts.get(fields.src_ip) ?? 0) + 1);
  });
  return { cpuMs, members: null, groups: counts.size, alerts: null, late: null };
}

import {
  type Correlation,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  linkRules,
  parseRules,
} from '../../src/sigma/index.ts';
import { cpuTimed } from './process-usage.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

export const correlation: Question = {
  name: 'correlation',
  asks: 'how many matched events does the correlation stream take in a second of one processor?',
  options: { correlations: 10, groups: 50_000, events: 1_000_000, repeats: 3 },
  async run(option) {
    const load: Load = { events: option('events'), groups: option('groups') };
    const floor = row('a Map of counts by group, no more', countPass(load), option('repeats'));
    const rows = kinds.flatMap(([name, kindsOf]) => {
      const correlations = correlationsOf(option('correlations'), kindsOf);
      return [
        row(`${name}, each event to one`, streamPass(correlations, load, false), option('repeats')),
        ...(name === 'mixed'
          ? [row(`${name}, each event to all`, streamPass(correlations, load, true), option('repeats'))]
          : []),
      ];
    });
    say(
      `${option('correlations')} correlations, ${option('groups')} groups, ${option('events')} events over ${spanMs / 60_000} minutes, ` +
        `timespan 5 minutes, out of order by up to ${jitterMs / 1000} s; begun alerts are told, going-on ones not`,
    );
    printTable(
      ['kind', 'events per CPU-second', 'members per CPU-second', 'members in windows', 'groups', 'alerts', 'late'],
      [floor, ...rows],
    );
  },
};

const spanMs = 3_600_000;
const jitterMs = 5_000;

const conditions: Readonly<Record<string, string>> = {
  event_count: 'condition: { gte: 20 }',
  value_count: 'condition: { field: port, gte: 5 }',
  value_sum: 'condition: { field: bytes, gte: 50000 }',
  value_percentile: 'condition: { field: bytes, percentile: 95, gte: 99000 }',
  temporal: '',
  temporal_ordered: '',
};
const allKinds = Object.keys(conditions);
/** Name of a row and the kinds its correlations take turns in. */
const kinds: readonly (readonly [string, readonly string[]])[] = [
  ...allKinds.map((kind) => [kind, [kind]] as const),
  ['mixed', allKinds],
];

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

interface Load {
  readonly events: number;
  readonly groups: number;
}

/** Events made at once, outside the measured time: as few as a parser hands on together, so that they are still at hand. */
const batchEvents = 5_000;

/** Batches of events in about the order of time; a tenth of the groups sends half of them. */
function* createBatches({ events, groups }: Load): Generator<readonly BenchEvent[]> {
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

interface Pass {
  readonly cpuMs: number;
  readonly events: number;
  readonly members: number;
  readonly cells: readonly Cell[];
}

function row(name: string, pass: () => Pass, repeats: number): Cell[] {
  let best = pass();
  for (let i = 1; i < repeats; i++) {
    const next = pass();
    if (next.cpuMs < best.cpuMs) best = next;
  }
  const perSecond = 1000 / best.cpuMs;
  return [name, best.events * perSecond, best.members * perSecond, ...best.cells];
}

/** CPU time of what is done with every batch; making the batches is left out. */
function cpuOverBatches(load: Load, work: (batch: readonly BenchEvent[]) => void): number {
  let cpuMs = 0;
  for (const batch of createBatches(load)) cpuMs += cpuTimed(() => work(batch)).cpuMs;
  return cpuMs;
}

function streamPass(correlations: readonly Correlation[], load: Load, all: boolean): () => Pass {
  return () => {
    let alerts = 0;
    let presentMs = 0;
    const stream = createCorrelationStream(correlations, {
      limits: { ...defaultCorrelationStreamLimits, reorderMs: jitterMs },
      onBegin: () => alerts++,
    });
    const handles = correlations.flatMap((_, i) => [0, 1].map((rule) => stream.handleOf(idOf(0, i * 2 + rule))));
    const cpuMs = cpuOverBatches(load, (batch) => {
      for (const [i, { fields, timeMs, order }] of batch.entries()) {
        if (!all) stream.push(handles[i % handles.length] ?? -1, fields, timeMs, order);
        else for (let at = i % 2; at < handles.length; at += 2) stream.push(handles[at] ?? -1, fields, timeMs, order);
        if (timeMs > presentMs) presentMs = timeMs;
        stream.advance(presentMs);
      }
    });
    const { members, groups, late } = stream.stats();
    const fanOut = all ? correlations.length : 1;
    return { cpuMs, events: load.events, members: load.events * fanOut, cells: [members, groups, alerts, late] };
  };
}

/** What no stream can do without: finding the group of every event. */
function countPass(load: Load): () => Pass {
  return () => {
    const counts = new Map<unknown, number>();
    const cpuMs = cpuOverBatches(load, (batch) => {
      for (const { fields } of batch) counts.set(fields.src_ip, (counts.get(fields.src_ip) ?? 0) + 1);
    });
    return { cpuMs, events: load.events, members: load.events, cells: ['', counts.size, '', ''] };
  };
}

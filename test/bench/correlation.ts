import { runInThread } from '../../src/detect/thread-task.ts';
import { type CorrelationPass, type CorrelationTask, correlationKinds, jitterMs, spanMs } from './correlation-load.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

export const correlation: Question = {
  name: 'correlation',
  asks: 'how many matched events does the correlation stream take in a second of one processor?',
  options: { correlations: 10, groups: 50_000, events: 1_000_000, repeats: 2 },
  async run(option) {
    const load = {
      correlations: option('correlations'),
      events: option('events'),
      groups: option('groups'),
      repeats: option('repeats'),
    };
    say(
      `${load.correlations} correlations, ${load.groups} groups, ${load.events} events over ${spanMs / 60_000} minutes, ` +
        `timespan 5 minutes, out of order by up to ${jitterMs / 1000} s; begun alerts are told, going-on ones not; ` +
        `CPU of the collector included; each figure the best of ${turns} threads of its own, of ${load.repeats} passes after one that warms up`,
    );
    const best = new Map<string, CorrelationPass>();
    // By turns, so that a neighbour of this machine is in the way of all alike; and never two at once.
    for (let turn = 0; turn < turns; turn += 1) {
      for (const { name, kinds, toAll } of ways) {
        const task = { ...load, kinds, toAll };
        const pass = await runInThread<CorrelationTask, CorrelationPass>(import.meta.url, 'correlation-thread', task);
        if (pass.cpuMs < (best.get(name)?.cpuMs ?? Number.POSITIVE_INFINITY)) best.set(name, pass);
      }
    }
    const rows = ways.flatMap(({ name, toAll }): Cell[][] => {
      const pass = best.get(name);
      if (pass === undefined) return [];
      const perSecond = (load.events * 1000) / pass.cpuMs;
      const { members, groups, alerts, late } = pass;
      const fanOut = toAll ? load.correlations : 1;
      return [[name, perSecond, perSecond * fanOut, members ?? '', groups, alerts ?? '', late ?? '']];
    });
    printTable(
      ['kind', 'events per CPU-second', 'members per CPU-second', 'members in windows', 'groups', 'alerts', 'late'],
      rows,
    );
  },
};

/** Threads for each figure; the best of them counts. */
const turns = 2;

const ways: readonly (Pick<CorrelationTask, 'kinds' | 'toAll'> & { readonly name: string })[] = [
  { name: 'a Map of counts by group, no more', kinds: [], toAll: false },
  ...correlationKinds.map((kind) => ({ name: `${kind}, each event to one`, kinds: [kind], toAll: false })),
  { name: 'mixed, each event to one', kinds: correlationKinds, toAll: false },
  { name: 'mixed, each event to all', kinds: correlationKinds, toAll: true },
];

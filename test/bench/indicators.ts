import { createBook } from '../../src/indicators/book.ts';
import { readCsv } from '../../src/indicators/csv.ts';
import { defaultIndicatorLimits } from '../../src/indicators/limits.ts';
import { matcherOf } from '../../src/indicators/rule-facts.ts';
import type { IndicatorList } from '../../src/model/indicator.ts';
import { readLine } from '../harness/read-line.ts';
import { corporaAbsent, laneLines, lanes } from './corpora.ts';
import { printLongestTurns } from './indicator-turns.ts';
import { officeLines } from './own-lines.ts';
import { threadCpuMs } from './process-usage.ts';
import type { Question } from './question.ts';

/** Microseconds of CPU that holding one event against all indicators costs. */
export const indicators: Question = {
  name: 'indicators',
  asks: 'what an event costs that is held against so many indicators of every type, and how long a change holds the loop',
  options: { indicators: 100_000, seconds: 3 },
  run: async (option) => {
    const nowMs = Date.now();
    const lines =
      corporaAbsent() === null
        ? lanes.flatMap((lane) => laneLines(lane).slice(0, 2_000))
        : officeLines(10_000, 1_000, nowMs);
    const events = lines.map((line) => readLine(line, 'auto', nowMs));
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / lines.length;
    const total = option('indicators');
    const values = listOf(total);
    const fromMs = threadCpuMs();
    const { indicators: read } = readCsv(values.join('\n'), { ...defaultIndicatorLimits, indicatorsPerListMax: total });
    const readMs = threadCpuMs() - fromMs;
    const book = createBook([{ list, indicators: read }]);
    const madeMs = threadCpuMs() - fromMs - readMs;
    console.log(
      `${events.length} events of ${Math.round(bytes)} B; ${book.size} indicators read in ${ms(readMs)}, book made in ${ms(madeMs)}`,
    );
    for (const [name, each] of [
      ['with them', matcherOf(book)],
      ['without any', matcherOf(createBook([]))],
    ] as const) {
      let held = 0;
      let hits = 0;
      const begunMs = threadCpuMs();
      while (threadCpuMs() - begunMs < option('seconds') * 1_000) {
        for (const event of events) hits += each.match(event).length;
        held += events.length;
      }
      const micros = ((threadCpuMs() - begunMs) * 1_000) / held;
      console.log(`${name.padEnd(12)} ${micros.toFixed(2)} µs of CPU an event; ${hits} hits in ${held} events`);
    }
    await printLongestTurns(values);
  },
};

const ms = (value: number): string => `${Math.round(value)} ms`;

/** A third domains, the rest addresses, networks, hashes and URLs; names end as most names do. */
function listOf(count: number): string[] {
  const ends = ['com', 'net', 'org', 'vn', 'ru', 'cn', 'top', 'xyz', 'info', 'com.vn'];
  return Array.from({ length: count }, (_, i) => {
    const end = ends[i % ends.length];
    const hex = (i * 2654435761).toString(16).padStart(16, '0').slice(-16);
    if (i % 9 < 3) return `h${hex}.${end}`;
    if (i % 9 < 5) return `${11 + (i % 80)}.${(i >> 8) & 255}.${(i >> 4) & 255}.${i & 255}`;
    if (i % 9 === 5) return `${101 + (i % 20)}.${(i >> 6) & 255}.${(i * 7) & 255}.0/24`;
    if (i % 9 === 6) return `http://u${hex}.${end}/a/${i}`;
    if (i % 9 === 7) return `2405:4800:${(i & 0xffff).toString(16)}::${hex.slice(-3)}`;
    return hex.repeat(4);
  });
}

const list: IndicatorList = {
  id: 'bench',
  name: 'bench',
  description: '',
  source: '',
  severity: 'high',
  tags: [],
  historyDays: 0,
  feed: null,
  retired: false,
  revision: 1,
  count: 0,
};

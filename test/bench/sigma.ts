import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import type { EventFields, RuleEvent, RuleSet } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';
import { corporaAbsent, type Lane, laneLines, lanePairs, lanes, prototypeDir, sigmaHqRules } from './corpora.ts';
import { cpuTimed } from './process-usage.ts';
import { type PrototypeSpeed, runPrototype } from './prototype.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

export const sigma: Question = {
  name: 'sigma',
  asks: 'how many events does the engine hold against all SigmaHQ rules in a second of one processor?',
  options: { repeats: 3 },
  async run(option) {
    const absent = corporaAbsent();
    if (absent !== null) {
      say(`skipped: ${absent}`);
      return;
    }
    const begin = performance.now();
    const loading = process.cpuUsage();
    const { set } = await loadRuleDirs([sigmaHqRules()]);
    const loadCpu = process.cpuUsage(loading);
    const loadMs = performance.now() - begin;
    const repeats = option('repeats');
    const prototype = await prototypeSpeeds(repeats);
    const rows = lanes.map((lane) => laneRow(lane, set, repeats, prototype));
    const cpuMs = (loadCpu.user + loadCpu.system) / 1000;
    say(
      `${set.rules.length} rules loaded in ${Math.round(loadMs)} ms (${Math.round(cpuMs)} ms CPU); ${residentMib()} MiB resident`,
    );
    say(`events per CPU-second, best of ${repeats} passes over 10,000 lines; all paths begin with the text of a line`);
    printTable(
      [
        'lane',
        'JSON.parse',
        'unrouted',
        'of parse',
        'routed',
        'of parse',
        'readLine',
        'readLine+routed',
        'pairs',
        'expected',
        'prototype unrouted',
        'prototype routed',
      ],
      rows,
    );
  },
};

function laneRow(lane: Lane, set: RuleSet, repeats: number, prototype: ReadonlyMap<Lane, PrototypeSpeed>): Cell[] {
  const lines = laneLines(lane);
  const nowMs = Date.now();
  const unroutedOptions = { routing: false };
  const best = (one: (line: string) => number) => bestOf(repeats, lines, one);
  const parsed = best((line) => (asObject(line) === null ? 0 : 1));
  const unrouted = best((line) => set.match(asEvent(line), unroutedOptions).length);
  const routed = best((line) => set.match(asEvent(line)).length);
  const read = best((line) => readLine(line, 'auto', nowMs).message.length);
  const whole = best((line) => set.match(readLine(line, 'auto', nowMs)).length);
  const beside = prototype.get(lane);
  return [
    lane,
    parsed.perSecond,
    unrouted.perSecond,
    unrouted.perSecond / parsed.perSecond,
    routed.perSecond,
    routed.perSecond / parsed.perSecond,
    read.perSecond,
    whole.perSecond,
    unrouted.sum,
    lanePairs(lane),
    beside?.unrouted ?? '',
    beside?.routed ?? '',
  ];
}

function asObject(line: string): Record<string, unknown> | null {
  return JSON.parse(line) as Record<string, unknown> | null;
}

/** A line of a lane taken as it is: flat, its logsource among its fields. */
function asEvent(line: string): RuleEvent {
  const fields = asObject(line) as EventFields;
  const { product, category, service } = fields;
  return {
    fields,
    logsource: {
      product: typeof product === 'string' ? product : null,
      categories: typeof category === 'string' ? [category] : [],
      services: typeof service === 'string' ? [service] : [],
    },
  };
}

/** The quickest of some passes after one that warms up; `sum` keeps the work from being optimised away. */
function bestOf(
  repeats: number,
  lines: readonly string[],
  one: (line: string) => number,
): { readonly perSecond: number; readonly sum: number } {
  const pass = (): number => {
    let sum = 0;
    for (const line of lines) sum += one(line);
    return sum;
  };
  let sum = pass();
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i += 1) {
    const timed = cpuTimed(pass);
    sum = timed.result;
    leastMs = Math.min(leastMs, timed.cpuMs);
  }
  return { perSecond: (lines.length * 1000) / leastMs, sum };
}

async function prototypeSpeeds(repeats: number): Promise<ReadonlyMap<Lane, PrototypeSpeed>> {
  const dir = prototypeDir();
  if (dir === null) {
    say('skipped: the prototype is not on this machine');
    return new Map();
  }
  return runPrototype(dir, repeats);
}

function residentMib(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

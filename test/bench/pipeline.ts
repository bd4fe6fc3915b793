import path from 'node:path';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { readLine } from '../harness/read-line.ts';
import { corporaAbsent, laneLines, sigmaHqRuleDirs } from './corpora.ts';
import { insertDirectly } from './direct-insert.ts';
import { type LoadFigures, putLoadOn } from './load.ts';
import { officeLines } from './own-lines.ts';
import { inDataDir, onPlatform } from './platform.ts';
import { cpuTimed } from './process-usage.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

export const ownRulesDir: string = path.resolve(import.meta.dirname, '../../rules/detections');

/** Lines and rules that meet in one run of the platform. */
interface Round {
  readonly lines: readonly string[];
  readonly linesName: string;
  readonly rulesDirs: readonly string[];
  readonly rulesName: string;
}

/** One office line in a thousand is worth an alert. */
const hitEvery = 1000;
const distinctLines = 10_000;

/** What an event costs outside the store: reading its line, and holding it against the rules. */
interface EngineFigures {
  readonly readUs: number;
  readonly matchUs: number;
  readonly findingsPerThousand: number;
}

export const pipeline: Question = {
  name: 'pipeline',
  asks: 'how many events a second are accepted, stored and evaluated, and what does one cost?',
  options: { events: 60_000, linesPerPost: 2_500, connections: 4 },
  async run(option) {
    const events = option('events');
    const rows: Cell[][] = [];
    const costs: Cell[][] = [];
    const rounds = roundsHere();
    for (const round of rounds) {
      const engine = await engineAlone(round);
      const figures = await inDataDir((dataDir) =>
        onPlatform({ dataDir, rulesDirs: round.rulesDirs }, (platform) =>
          putLoadOn(platform, {
            lines: round.lines,
            events,
            linesPerPost: option('linesPerPost'),
            connections: option('connections'),
          }),
        ),
      );
      const { node, clickhouse, redis } = perEventUs(figures);
      rows.push([
        round.linesName,
        round.rulesName,
        engine.findingsPerThousand,
        perSecond(events, figures.storedWallMs),
        perSecond(events, figures.evaluatedWallMs),
        1_000_000 / (node + clickhouse + redis),
        figures.refusals,
      ]);
      costs.push([round.linesName, round.rulesName, node, clickhouse, redis, engine.readUs, engine.matchUs]);
    }
    say(
      `${events} events after a warm-up, in posts of ${option('linesPerPost')} lines over ${option('connections')} connections`,
    );
    printTable(['lines', 'rules', 'findings/1000', 'accepted+stored/s', 'evaluated/s', 'per CPU-second', '429s'], rows);
    say('\nCPU per event in µs: processes of the platform | reading and matching alone, in this process');
    printTable(['lines', 'rules', 'node', 'clickhouse', 'redis', 'read alone', 'match alone'], costs);
    await compareWithDirect(rounds, rows, costs, events);
  },
};

function roundsHere(): Round[] {
  const office = { lines: officeLines(distinctLines, hitEvery, Date.now()), linesName: 'office' };
  const own = { rulesDirs: [ownRulesDir], rulesName: 'own' };
  const absent = corporaAbsent();
  if (absent !== null) {
    say(`skipped: lanes and SigmaHQ rules (${absent})`);
    return [{ ...office, ...own }];
  }
  const lane = { lines: laneLines('structured_windows'), linesName: 'structured_windows' };
  const sigmaHq = { rulesDirs: sigmaHqRuleDirs(), rulesName: 'SigmaHQ' };
  return [
    { ...office, ...own },
    { ...office, ...sigmaHq },
    { ...lane, ...own },
    { ...lane, ...sigmaHq },
  ];
}

async function engineAlone({ lines, rulesDirs }: Round): Promise<EngineFigures> {
  const { set } = await loadRuleDirs(rulesDirs);
  const nowMs = Date.now();
  const read = () => lines.map((line) => readLine(line, 'auto', nowMs));
  const findings = () => events.reduce((sum, event) => sum + set.match(event).length, 0);
  const events = read();
  findings();
  const reading = cpuTimed(read);
  const matching = cpuTimed(findings);
  return {
    readUs: (reading.cpuMs * 1000) / lines.length,
    matchUs: (matching.cpuMs * 1000) / lines.length,
    findingsPerThousand: (matching.result * 1000) / lines.length,
  };
}

/** The limit this table sets, beside the rounds with the same lines. */
async function compareWithDirect(
  rounds: readonly Round[],
  rows: readonly Cell[][],
  costs: readonly Cell[][],
  events: number,
): Promise<void> {
  const compared: Cell[][] = [];
  for (const linesName of new Set(rounds.map((round) => round.linesName))) {
    const lines = rounds.find((round) => round.linesName === linesName)?.lines ?? [];
    const direct = await insertDirectly(lines, { events, rowsPerInsert: 5_000, inserters: 2 });
    const directPerSecond = perSecond(events, direct.wallMs);
    const directUs = (direct.clickhouseCpuMs * 1000) / events;
    compared.push([linesName, 'inserted directly', directPerSecond, 1, directUs, 1]);
    for (const [i, round] of rounds.entries()) {
      if (round.linesName !== linesName) continue;
      const evaluated = Number(rows[i]?.[4]);
      const clickhouseUs = Number(costs[i]?.[3]);
      const ratios = [evaluated / directPerSecond, clickhouseUs, clickhouseUs / directUs];
      compared.push([linesName, `platform, ${round.rulesName} rules`, evaluated, ...ratios]);
    }
  }
  say(
    '\nBeside the same rows put straight into the same table of an embedded ClickHouse, 5,000 an insert, two at a time',
  );
  printTable(['lines', 'way', 'events/s', 'ratio', 'clickhouse µs/event', 'ratio'], compared);
}

function perEventUs({ cpuMs, events }: LoadFigures): Readonly<Record<'node' | 'clickhouse' | 'redis', number>> {
  const us = (ms: number): number => (ms * 1000) / events;
  return { node: us(cpuMs.node), clickhouse: us(cpuMs.clickhouse), redis: us(cpuMs.redis) };
}

function perSecond(events: number, wallMs: number): number {
  return (events * 1000) / wallMs;
}

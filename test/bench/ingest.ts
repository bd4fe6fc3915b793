import { corporaAbsent, sigmaHqRuleDirs } from './corpora.ts';
import { dayLines } from './day-lines.ts';
import { insertDirectly } from './direct-insert.ts';
import { parserRates } from './parser-rates.ts';
import { ownRulesDir } from './pipeline.ts';
import { inDataDir, onPlatform } from './platform.ts';
import type { Question } from './question.ts';
import { sustainLoad } from './sustained.ts';
import { type Cell, printTable, say } from './table.ts';

const mib = 2 ** 20;
const directEvents = 100_000;

export const ingest: Question = {
  name: 'ingest',
  asks: 'how many events a second are stored and evaluated for minutes on end, and how small do they become?',
  options: { minutes: 1, linesPerPost: 2_500, connections: 16 },
  async run(option) {
    const nowMs = Date.now();
    const lines = await dayLines(nowMs);
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / lines.length;
    const absent = corporaAbsent();
    if (absent !== null) say(`skipped: lanes and SigmaHQ rules (${absent}); our own rules stand in`);
    const direct = await insertDirectly(lines, { events: directEvents, rowsPerInsert: 10_000, inserters: 2 });
    const directPerSecond = (directEvents * 1000) / direct.wallMs;

    const rows: Cell[][] = [];
    const costs: Cell[][] = [];
    for (const [way, roles] of [
      ['stored and evaluated', 'collect,detect,notify,api'],
      ['stored only', 'collect,api'],
    ] as const) {
      const figures = await inDataDir((dataDir) =>
        onPlatform(
          {
            dataDir,
            rulesDirs: absent === null ? sigmaHqRuleDirs() : [ownRulesDir],
            env: { VONGGAC_ROLES: roles },
          },
          (platform) =>
            sustainLoad(platform, {
              lines,
              linesPerPost: option('linesPerPost'),
              connections: option('connections'),
              ms: option('minutes') * 60_000,
              evaluates: roles.includes('detect'),
            }),
        ),
      );
      const perSecond = (events: number): number => (events * 1000) / figures.wallMs;
      const us = (ms: number): number => (ms * 1000) / figures.stored;
      const { cpuMs, rss, backlog } = figures;
      rows.push([
        way,
        perSecond(figures.stored),
        roles.includes('detect') ? perSecond(figures.evaluated) : '',
        perSecond(figures.stored) / directPerSecond,
        ...[rss.start, rss.middle, rss.end, rss.most].map((each) => each / mib),
        `${backlog.first} → ${backlog.second}`,
        figures.refusals,
      ]);
      costs.push([way, us(cpuMs.node), us(cpuMs.clickhouse), us(cpuMs.redis)]);
    }
    say(
      `${option('minutes')} min each, lines of ${bytes.toFixed(0)} bytes, posts of ${option('linesPerPost')} over ` +
        `${option('connections')} connections; MiB resident of all processes at the start, half way, at the end, at most; ` +
        'batches waiting for evaluation, the most in the first half → in the second',
    );
    const memory = ['MiB start', 'half', 'end', 'most'];
    printTable(['way', 'stored/s', 'evaluated/s', 'of direct', ...memory, 'backlog', '429s'], rows);
    say('\nCPU per event in µs; beside it the same rows put straight into the same table by two inserters');
    printTable(
      ['way', 'node', 'clickhouse', 'redis'],
      [...costs, [`direct: ${directPerSecond.toFixed(0)}/s`, '', (direct.clickhouseCpuMs * 1000) / directEvents, '']],
    );
    const perRow = direct.storedBytes / direct.storedRows;
    say(
      `\nstored bytes a row after all merges, indexes included: ${perRow.toFixed(1)}, ${(perRow / bytes).toFixed(3)} of the raw line`,
    );

    say('\nlines a CPU-second from text to event, by the parser that takes them, format detection included');
    printTable(
      ['parser', 'sample lines', 'bytes a line', 'lines/CPU-s'],
      parserRates(nowMs).map(({ parser, lines, bytesPerLine, perCpuSecond }) => [
        parser,
        lines,
        bytesPerLine,
        perCpuSecond,
      ]),
    );
  },
};

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { corporaAbsent, laneLines, sigmaHqRuleDirs } from './corpora.ts';
import { putLoadOn } from './load.ts';
import { officeLines } from './own-lines.ts';
import { ownRulesDir } from './pipeline.ts';
import { type BenchPlatform, type ByPart, inDataDir, ofEachPart, onPlatform, partNames } from './platform.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Until what start-up used is given back. */
const settleMs = 3_000;
const idleMs = 5_000;
const mib = 2 ** 20;

export const memory: Question = {
  name: 'memory',
  asks: 'how much memory and disk does it take, idle and under load?',
  options: { events: 60_000, linesPerPost: 2_500, connections: 4 },
  async run(option) {
    const absent = corporaAbsent();
    const lines = absent === null ? laneLines('structured_windows') : officeLines(10_000, 1000, Date.now());
    const measure = async (rulesName: string, rulesDirs: readonly string[]): Promise<Cell[][]> =>
      inDataDir((dataDir) =>
        onPlatform({ dataDir, rulesDirs }, async (platform) => {
          await wait(settleMs);
          const before = platform.cpuMs();
          await wait(idleMs);
          const after = platform.cpuMs();
          const idle = platform.memory();
          const idleCpu = ofEachPart((part) => ((after[part] - before[part]) * 100) / idleMs);
          await putLoadOn(platform, {
            lines,
            events: option('events'),
            linesPerPost: option('linesPerPost'),
            connections: option('connections'),
          });
          return memoryRows(rulesName, idle, platform.memory(), idleCpu);
        }),
      );
    const rows = await measure('own', [ownRulesDir]);
    if (absent === null) rows.push(...(await measure('SigmaHQ', sigmaHqRuleDirs())));
    else say(`skipped: SigmaHQ rules (${absent})`);
    say(
      `resident memory in MiB, idle ${(settleMs + idleMs) / 1000} s after start and at its peak while taking ${option('events')} events`,
    );
    printTable(['rules', 'process', 'idle', 'peak', 'after', 'idle CPU %'], rows);
    say('');
    printTable(['on disk', 'size'], diskRows());
  },
};

type Memory = ReturnType<BenchPlatform['memory']>;

function memoryRows(rulesName: string, idle: Memory, loaded: Memory, idleCpu: ByPart<number>): Cell[][] {
  const rows = partNames.map((part): number[] => [
    Math.round(idle[part].rssBytes / mib),
    Math.round(loaded[part].peakRssBytes / mib),
    Math.round(loaded[part].rssBytes / mib),
    idleCpu[part],
  ]);
  const sums = [0, 1, 2, 3].map((i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  return [...rows, sums].map((row, i) => [rulesName, partNames[i] ?? 'sum', ...row]);
}

function diskRows(): Cell[][] {
  const folders = ['node_modules', 'node_modules/@chdb', 'dist'].flatMap((folder): Cell[][] => {
    const kib = diskKib(folder);
    return kib === null ? [] : [[folder, `${(kib / 1024).toFixed(1)} MiB`]];
  });
  const gzipBytes = filesBelow(path.join(root, 'dist/board'))
    .filter((file) => !file.endsWith('.map'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  return [...folders, ['dist/board, all files gzipped', `${(gzipBytes / 1024).toFixed(1)} KiB`]];
}

function diskKib(folder: string): number | null {
  try {
    const [kib = ''] = execFileSync('du', ['-skH', path.join(root, folder)], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .split('\t');
    return Number(kib);
  } catch {
    return null;
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

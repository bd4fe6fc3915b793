import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { startPlatform } from '../harness/platform.ts';
import { putLoadOn } from './load.ts';
import { officeLines } from './own-lines.ts';
import { percentile } from './percentile.ts';
import { inDataDir, onPlatform } from './platform.ts';
import type { Question } from './question.ts';
import { printTable, say } from './table.ts';

const setup = path.resolve(import.meta.dirname, '../../scripts/setup.mjs');

export const start: Question = {
  name: 'start',
  asks: 'how long from a start to "board ready", and from SIGTERM to the end?',
  options: { times: 5, events: 20_000 },
  async run(option) {
    const events = option('events');
    await inDataDir(async (dataDir) => {
      await onPlatform({ dataDir }, (platform) =>
        putLoadOn(platform, {
          lines: officeLines(10_000, 1000, Date.now()),
          events,
          linesPerPost: 2_500,
          connections: 2,
        }),
      );
      const readyMs: number[] = [];
      const stopMs: number[] = [];
      for (let i = 0; i < option('times'); i += 1) {
        const running = await startPlatform({ dataDir });
        readyMs.push(running.readyMs);
        const { code, tookMs } = await running.stop();
        if (code !== 0) throw new Error(`ended with ${code}:\n${running.printed()}`);
        stopMs.push(tookMs);
      }
      const checksMs = Array.from({ length: option('times') }, () => setupMs());
      say(`${option('times')} starts on a data directory that holds more than ${events} events; ms of wall time`);
      printTable(
        ['what', 'median', 'least', 'most'],
        [
          ['start to "board ready"', ...spread(readyMs)],
          ['what `npm start` checks before it', ...spread(checksMs)],
          ['SIGTERM to the end', ...spread(stopMs)],
        ],
      );
    });
  },
};

/** Packages, redis-server and the build looked at, nothing to do. */
function setupMs(): number {
  const begin = performance.now();
  execFileSync(process.execPath, [setup, 'setup'], { stdio: 'ignore' });
  return performance.now() - begin;
}

function spread(values: readonly number[]): [number, number, number] {
  const [median, least, most] = [percentile(values, 0.5), Math.min(...values), Math.max(...values)].map(Math.round);
  return [median ?? 0, least ?? 0, most ?? 0];
}

import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { readLine } from '../harness/read-line.ts';
import { corporaAbsent, laneLines, lanes, sigmaHqRuleDirs } from './corpora.ts';
import { officeLines } from './own-lines.ts';

const distinct = 20_000;
/** One line in a thousand is worth an alert. */
const hitEvery = 1_000;

/**
 * Lines of a day at the office, about 700 bytes on average: three of our own to two of the lanes, of which only those are
 * taken that no rule of SigmaHQ minds (the lanes are recordings of attacks).
 */
export async function dayLines(nowMs: number): Promise<readonly string[]> {
  const own = officeLines(distinct, hitEvery, nowMs);
  if (corporaAbsent() !== null) return own;
  const { set } = await loadRuleDirs(sigmaHqRuleDirs());
  const quiet = lanes.map((lane) =>
    laneLines(lane)
      .slice(0, distinct / lanes.length)
      .filter((line) => set.match(readLine(line, 'auto', nowMs)).length === 0),
  );
  // One of each lane in turn, so that all kinds come all the time.
  const recorded = Array.from({ length: Math.max(...quiet.map((lines) => lines.length)) }, (_, i) =>
    quiet.flatMap((lines) => lines[i] ?? []),
  ).flat();
  return own.map((line, i) => (i % 5 < 3 ? line : (recorded[i % recorded.length] ?? line)));
}

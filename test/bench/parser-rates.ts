import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readLine } from '../harness/read-line.ts';
import { corporaAbsent, corporaDir, laneLines, lanes } from './corpora.ts';
import { officeLines } from './own-lines.ts';
import { threadCpuMs } from './process-usage.ts';

/** How fast the lines of one parser become events. */
export interface ParserRate {
  readonly parser: string;
  readonly lines: number;
  readonly bytesPerLine: number;
  /** Lines a second of this thread's CPU, format detection included: the parser is not pinned. */
  readonly perCpuSecond: number;
}

const folders = ['beats_filebeat_oss_apache2/raw', 'crowdsec_hub_mit/tests', 'plaso_testlogs_apache2'];
const sampleMax = 2_000;
const measureMs = 300;

/** All sample lines there are, by the parser that takes them, each parser over its own. */
export function parserRates(nowMs: number): ParserRate[] {
  const samples = new Map<string, string[]>();
  for (const line of sampleLines(nowMs)) {
    if (line.trim() === '') continue;
    const { parser } = readLine(line, 'auto', nowMs);
    const some = samples.get(parser) ?? [];
    if (some.length < sampleMax) some.push(line);
    samples.set(parser, some);
  }
  return [...samples]
    .map(([parser, lines]) => ({
      parser,
      lines: lines.length,
      bytesPerLine: lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / lines.length,
      perCpuSecond: rateOf(lines, nowMs),
    }))
    .sort((a, b) => (a.parser < b.parser ? -1 : 1));
}

/** The better of two measured rounds after one to warm up. */
function rateOf(lines: readonly string[], nowMs: number): number {
  const round = (): number => {
    const from = threadCpuMs();
    let read = 0;
    let usedMs = 0;
    while (usedMs < measureMs) {
      for (const line of lines) readLine(line, 'auto', nowMs);
      read += lines.length;
      usedMs = threadCpuMs() - from;
    }
    return (read * 1000) / usedMs;
  };
  round();
  return Math.max(round(), round());
}

function* sampleLines(nowMs: number): Generator<string> {
  yield* officeLines(sampleMax, 1_000, nowMs);
  if (corporaAbsent() !== null) return;
  for (const lane of lanes) yield* laneLines(lane);
  for (const folder of folders) {
    const dir = path.join(corporaDir, folder);
    if (!existsSync(dir)) continue;
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()) {
      const file = path.join(dir, name);
      if (!statSync(file).isFile()) continue;
      const bytes = readFileSync(file);
      yield* (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
    }
  }
}

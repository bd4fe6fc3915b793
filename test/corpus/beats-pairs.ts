import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldValue, NormalisedEvent } from '../../src/model/event.ts';
import { ecsOf } from '../../src/normalise/ecs.ts';
import { createRecordCutter } from '../../src/parse/record-cutter.ts';
import { readLine } from '../harness/read-line.ts';

/** Filebeat's own test lines with the ECS document each must become. */
const pairs: string = join(import.meta.dirname, '../../../shared/corpora/beats_filebeat_oss_apache2');
export const pairsAreThere: boolean = existsSync(join(pairs, 'pairs'));

interface Pair {
  readonly fileset: string;
  readonly file: string;
  readonly raw: string;
  readonly expected: Readonly<Record<string, FieldValue>>;
}

interface Miss {
  readonly field: string;
  readonly want: string;
  readonly got: string;
  readonly pair: Pair;
  readonly event: NormalisedEvent;
}

export interface FamilyResult {
  readonly lines: number;
  readonly right: number;
  readonly compared: Readonly<Record<string, number>>;
  readonly misses: readonly Miss[];
}

const receivedTimeMs = Date.UTC(2019, 0, 1);

/** Filebeat's tests read zone-less times in -02:00, ours are +07:00: the same clock is nine hours apart. */
const zonesApartMs = 9 * 3_600_000;

/** The pinned parser of a fileset: what a source of that kind is set to. */
const parserOf: Readonly<Record<string, string>> = { 'mysql/slowlog': 'mysql-slow' };

function isSameTime(want: string, got: string): boolean {
  const ours = Date.parse(got);
  const theirs = Date.parse(want);
  return ours === theirs || (want.endsWith('-02:00') && theirs - ours === zonesApartMs);
}

const outcomes: Readonly<Record<string, string>> = { '1': 'success', yes: 'success', '0': 'failure', no: 'failure' };

/** What the document says of time, source, user, action and outcome, where it says it; '' where it does not. */
function wanted({ expected }: Pair): Record<string, string> {
  const text = (name: string): string => {
    const value = expected[name];
    const one = Array.isArray(value) ? value[0] : value;
    return one === undefined || one === null || one === '-' ? '' : String(one);
  };
  const outcome = text('event.outcome');
  const address = text('source.ip') || text('source.address');
  return {
    '@timestamp': text('@timestamp'),
    // A host name or a path of a socket is no address.
    'source.ip': /^[\d.]+$|:/.test(address) && !address.startsWith('unix') ? address.replace(/%\w+$/, '') : '',
    'source.port': text('source.port'),
    'user.name': text('user.name'),
    'event.action': text('event.action'),
    'event.outcome': outcomes[outcome] ?? outcome,
  };
}

/** The whole record: documents of several lines have only the first one beside them. */
function wholeRecords(family: string, pair: Pair): string {
  const offset = pair.expected['log.offset'];
  const file = join(pairs, 'raw', family, pair.fileset, pair.file);
  const parser = parserOf[`${family}/${pair.fileset}`];
  if (parser === undefined || typeof offset !== 'number' || !existsSync(file)) return pair.raw;
  const cutter = createRecordCutter(parser);
  for (const line of readFileSync(file).subarray(offset).toString('utf8').split('\n')) {
    const [record] = cutter.push(line, 0);
    if (record !== undefined) return record.text;
  }
  return cutter.end()[0]?.text ?? pair.raw;
}

/** Every pair of a family read and compared. */
export function compareFamily(family: string): FamilyResult {
  const text = readFileSync(join(pairs, 'pairs', `${family}.jsonl`), 'utf8');
  const compared: Record<string, number> = {};
  const misses: Miss[] = [];
  let lines = 0;
  let right = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    lines++;
    const pair = JSON.parse(line) as Pair;
    const parser = parserOf[`${family}/${pair.fileset}`] ?? 'auto';
    const event = readLine(wholeRecords(family, pair), parser, receivedTimeMs);
    const view = ecsOf(event);
    const want = wanted(pair);
    const before = misses.length;
    for (const field in want) {
      const value = want[field] ?? '';
      if (value === '') continue;
      compared[field] = (compared[field] ?? 0) + 1;
      const got = String(view[field] ?? '');
      if (field === '@timestamp' ? isSameTime(value, got) : value === got) continue;
      misses.push({ field, want: value, got, pair, event });
    }
    // A line that is not understood is never right, even where nothing is asked of it.
    if (event.parser === 'raw') misses.push({ field: 'parser', want: family, got: event.parseReason, pair, event });
    if (misses.length === before) right++;
  }
  return { lines, right, compared, misses };
}

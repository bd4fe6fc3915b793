import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ecsOf } from '../../src/normalise/ecs.ts';
import { readLine } from '../harness/read-line.ts';

const corpora = join(import.meta.dirname, '../../../shared/corpora');
const folders = ['plaso_testlogs_apache2', 'crowdsec_hub_mit/tests', 'beats_filebeat_oss_apache2/raw'];
const isThere = folders.every((folder) => existsSync(join(corpora, folder)));
const receivedTimeMs = Date.UTC(2026, 10, 22, 5);

if (!isThere) console.log('skipped: ../shared/corpora is not there');

function* linesOf(folder: string): Generator<string> {
  for (const name of readdirSync(join(corpora, folder), { recursive: true, encoding: 'utf8' })) {
    const file = join(corpora, folder, name);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    yield* (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  }
}

describe.skipIf(!isThere)('logs of every kind', () => {
  it.each(folders)('%s: no line throws or is lost, each is printable as ECS', { timeout: 120_000 }, (folder) => {
    let lines = 0;
    const wrong: string[] = [];
    for (const line of linesOf(folder)) {
      if (line.trim() === '') continue;
      lines++;
      const event = readLine(line, 'auto', receivedTimeMs);
      const isTold = (event.parseStatus === 'parsed') === (event.parseReason === '');
      // What is not understood is there as it came.
      const isKept = event.parser !== 'raw' || event.fields.message === line.normalize('NFC');
      const isGiven = Object.values(ecsOf(event)).every((value) => value !== '' && value !== undefined);
      if (!isTold || !isKept || !isGiven || Object.keys(event.fields).length === 0) wrong.push(line);
    }
    expect(wrong).toEqual([]);
    expect(lines).toBeGreaterThan(400);
  });
});

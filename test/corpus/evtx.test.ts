import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvtx } from '../../src/parse/evtx/file.ts';
import { parseEvtxJson } from '../../src/parse/evtx-json.ts';
import type { JsonObject } from '../../src/parse/json.ts';
import { parseLimits } from '../../src/parse/limits.ts';

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpora/evtx_to_mitre_cc0');
const raw = path.join(corpus, 'evtx_raw_samples');
const title = 'raw event logs read the same as their JSON';

/** name.jsonl files of the corpus by the name of the log they were made from. */
function jsonByLog(): ReadonlyMap<string, string> {
  const files = readdirSync(path.join(corpus, 'jsonl'), { recursive: true, encoding: 'utf8' });
  return new Map(files.filter((file) => file.endsWith('.jsonl')).map((file) => [path.basename(file, '.jsonl'), file]));
}

describe.skipIf(!existsSync(raw))(
  `${title}${existsSync(raw) ? '' : ' (skipped: no corpora beside the project)'}`,
  () => {
    const json = existsSync(raw) ? jsonByLog() : new Map<string, string>();
    const logs = existsSync(raw) ? readdirSync(raw).filter((name) => name.endsWith('.evtx')) : [];

    it('finds the logs', () => expect(logs.length).toBeGreaterThan(15));

    it.each(logs)('%s', (log) => {
      const lines = readFileSync(path.join(corpus, 'jsonl', json.get(path.basename(log, '.evtx')) ?? ''), 'utf8');
      const expected = lines
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JsonObject);
      const items = [...readEvtx(readFileSync(path.join(raw, log)))];
      expect(items.filter((item) => item.kind === 'damage')).toEqual([]);
      const events = items.flatMap((item) => (item.kind === 'record' ? [item.event] : []));
      expect(events.map(fieldsOf)).toEqual(expected.map(fieldsOf));
    });
  },
);

function fieldsOf(event: JsonObject): unknown {
  const { record, reason } = parseEvtxJson(event, parseLimits);
  return record === null
    ? reason
    : { fields: record.fields, host: record.host, timeMs: record.timeMs, eventId: record.eventId };
}

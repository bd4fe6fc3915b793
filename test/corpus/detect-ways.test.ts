import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createLineMatcher, type LineMatcher } from '../../src/cli/detect-lines.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';

const corpora = path.resolve(import.meta.dirname, '../../../shared/corpora');
const here = existsSync(corpora);
if (!here) console.warn(`skipped: ${corpora} is not on this machine`);

/** Files of lines below a folder, a few of each so that the test stays short. */
function filesBelow(folder: string, most: number): string[] {
  const all = readdirSync(path.join(corpora, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|jsonl|ndjson|log)(\.gz)?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
  const step = Math.max(1, Math.floor(all.length / most));
  return all.filter((_, i) => i % step === 0).slice(0, most);
}

function linesOf(file: string, most: number): Buffer[] {
  const bytes = readFileSync(file);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const lines: Buffer[] = [];
  for (let from = 0; from < text.length && lines.length < most; ) {
    const end = text.indexOf(10, from);
    const to = end < 0 ? text.length : end;
    lines.push(text.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

describe.skipIf(!here)('both ways to read a line', () => {
  test.each([true, false])(
    'meet the same rules, line by line; routing %s',
    async (routing) => {
      const { set } = await loadRuleDirs([path.join(corpora, 'sigmahq/rules')]);
      const reader = createLineReader(await loadMappings());
      const quick = createLineMatcher({ set, reader, routing });
      const slow = createLineMatcher({ set, reader, routing, byBytes: false });
      const said = (matcher: LineMatcher, line: Buffer) => {
        const met = matcher.match(line, 0, line.length);
        return met === null ? null : [matcher.reason, ...met];
      };
      let lines = 0;
      let hits = 0;
      for (const folder of [
        'lanes',
        'otrf_mit',
        'evtx_to_mitre_cc0',
        'splunk_attack_data_apache2',
        'beats_filebeat_oss_apache2',
      ]) {
        for (const file of filesBelow(folder, 12)) {
          for (const line of linesOf(file, 1_500)) {
            const met = said(quick, line);
            expect(met, `${file}: ${line.toString().slice(0, 300)}`).toEqual(said(slow, line));
            lines++;
            hits += (met?.length ?? 1) - 1;
          }
        }
      }
      expect(lines).toBeGreaterThan(10_000);
      expect(hits).toBeGreaterThan(1_000);
    },
    240_000,
  );
});

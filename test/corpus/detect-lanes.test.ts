import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runDetect } from '../../src/cli/detect.ts';
import { wholeLines } from '../harness/whole-lines.ts';

const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const here = existsSync(corpora);
if (!here) console.warn(`skipped: ${corpora} is not on this machine`);

const lanes = ['structured_windows', 'raw_windows', 'cisco_syslog', 'sysmon_file_event', 'mixed_schema'];

test.skipIf(!here)(
  'every line of every lane meets the rules that two other engines agree on, every rule held against every event',
  async () => {
    const files = lanes.map((lane) => `${corpora}lanes/${lane}.ndjson.gz`);
    const found = new Map(files.map((file) => [file, new Map<number, string[]>()]));
    const messages: string[] = [];
    const code = await runDetect({
      rules: [`${corpora}sigmahq/rules`],
      routing: false,
      stats: true,
      files,
      out(lines) {
        for (const line of wholeLines(lines)) {
          const hit: { file: string; line: number; rule: string } = JSON.parse(line);
          const ofFile = found.get(hit.file);
          const ofLine = ofFile?.get(hit.line);
          if (ofLine === undefined) ofFile?.set(hit.line, [hit.rule]);
          else ofLine.push(hit.rule);
        }
      },
      err: (line) => messages.push(line),
      stdin: Readable.from([]),
    });
    expect(code).toBe(0);
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0] ?? '')).toMatchObject({ events: 50_000, rules: 3141 });
    for (const file of files) {
      const expected = gunzipSync(readFileSync(file.replace('.ndjson.gz', '.expected.txt.gz')))
        .toString()
        .split('\n');
      const differing = expected.slice(0, 10_000).flatMap((ids, i) => {
        const got =
          found
            .get(file)
            ?.get(i + 1)
            ?.join(' ') ?? '';
        return got === ids ? [] : [{ line: i + 1, got, expected: ids }];
      });
      expect(differing.slice(0, 3), file).toEqual([]);
    }
  },
);

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import type { Rule } from '../../src/sigma/index.ts';
import { createRandom } from '../property/sigma-case-random.ts';
import { type EventCase, eventFor, eventOf } from '../property/sigma-cases.ts';
import { contenders, differences, reference, shrunk } from '../property/sigma-contenders.ts';

/**
 * All of SigmaHQ, on events made for its rules and on lines that were really logged: every engine beside the reference. Of
 * the lines a sample, since the reference takes some ten milliseconds a line; SIGMA_LINES asks for more.
 */
const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const here = existsSync(corpora);
if (!here) console.warn(`skipped: ${corpora} is not on this machine`);
const linesMax = Number(process.env.SIGMA_LINES ?? 40);
const eventsOfBatch = Number(process.env.SIGMA_EVENTS ?? 8);

const recorded = [
  'lanes',
  'evtx_to_mitre_cc0',
  'evtx_rs_benign_mit',
  'otrf_mit',
  'splunk_attack_data_apache2',
  'sigma_regression_drl',
  'beats_filebeat_oss_apache2',
];

/** Lines of a file that hold a JSON object, evenly spread over it. */
function sample(file: string, count: number): EventCase[] {
  const content = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(content) : content).toString().split('\n');
  const step = Math.max(1, Math.floor(lines.length / count));
  return lines
    .filter((line, i) => i % step === 0 && line.startsWith('{') && line.length < 100_000)
    .slice(0, count)
    .flatMap((line) => eventOf(line) ?? []);
}

describe.skipIf(!here)('all of SigmaHQ', () => {
  let rules: readonly Rule[] = [];
  beforeAll(async () => {
    ({ rules } = await loadRuleDirs([`${corpora}sigmahq`]));
  });

  test('on events made for the rules', async () => {
    let met = 0;
    for (let at = 0; at < rules.length; at += 40) {
      const some = rules.slice(at, at + 40);
      const random = createRandom(at);
      const batch = { rules: some, events: Array.from({ length: eventsOfBatch }, () => eventFor(random, some)) };
      const wanted = await reference.verdicts(batch);
      met += wanted.flat().length;
      for (const contender of contenders) {
        const [first] = await differences(batch, contender, wanted);
        if (first !== undefined) expect.fail(await shrunk(first, contender));
      }
    }
    expect(met).toBeGreaterThan(rules.length / 12);
  }, 600_000);

  test('on lines that were really logged', async () => {
    const files = recorded.flatMap((folder) =>
      readdirSync(`${corpora}${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(jsonl|ndjson|ndjson\.gz)$/.test(name))
        .toSorted()
        .map((name) => `${corpora}${folder}/${name}`),
    );
    // As many of each file as it takes, then evenly over all of them; lanes hold more kinds of events than a capture.
    const ofFile = Math.max(2, Math.ceil(linesMax / files.length));
    const all = files.flatMap((file) => sample(file, file.includes('/lanes/') ? ofFile * 10 : ofFile));
    const events = all.filter((_, i) => i % Math.ceil(all.length / linesMax) === 0);
    expect(events.length).toBeGreaterThan(linesMax / 2);
    const batch = { rules, events };
    const wanted = await reference.verdicts(batch);
    for (const contender of contenders) {
      const [first] = await differences(batch, contender, wanted);
      if (first !== undefined) expect.fail(await shrunk(first, contender));
    }
    expect(wanted.flat().length).toBeGreaterThan(2);
  }, 3_600_000);
});

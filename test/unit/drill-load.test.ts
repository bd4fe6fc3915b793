import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { loadScenario, ScenarioRefused } from '../../src/drill/load.ts';
import { drillSources } from '../../src/drill/run.ts';

const built = 'drills/qlvb-2026';
const root = mkdtempSync(join(tmpdir(), 'drill-load-'));
afterAll(() => rmSync(root, { recursive: true }));

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(root, 'd'));
  for (const name of ['scenario.yml', 'attack.ndjson', 'background.ndjson.gz']) {
    copyFileSync(join(built, name), join(dir, name));
  }
});

const change = (name: string, from: RegExp, to: string): void => {
  const path = join(dir, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
};

test('the built-in drill loads', async () => {
  const { scenario, records } = await loadScenario(dir);
  expect(scenario.id).toBe('qlvb-2026');
  expect(records.length).toBe(scenario.recordFiles.reduce((sum, file) => sum + file.records, 0));
});

describe('refused', () => {
  const rows: readonly (readonly [name: string, file: string, from: RegExp, to: string, says: RegExp])[] = [
    ['a record changed by one letter', 'attack.ndjson', /Nikto/, 'Nikta', /attack\.ndjson: sha256 is/],
    ['a scenario with a mistake', 'scenario.yml', /mode: replay/, 'mode: rehearse', /scenario\.yml:\d+:\d+: mode: /],
    [
      'fewer records than promised',
      'scenario.yml',
      /records: \d+ \}/,
      'records: 9999 }',
      /records found, \d+ promised/,
    ],
    ['a record for a source that went', 'scenario.yml', /id: win-dc01/, 'id: win-dc02', /unknown source "win-dc01"/],
  ];
  test.each(rows)('%s', async (_name, file, from, to, says) => {
    change(file, from, to);
    const error = await loadScenario(dir).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ScenarioRefused);
    expect(error).toMatchObject({ code: 'scenario-refused', message: expect.stringMatching(says) });
  });
});

test('sources of a run are marked as drill, with the run and lane in their ids', async () => {
  const { scenario } = await loadScenario(dir);
  const sources = drillSources(scenario, { drill: 'dt-1', lane: 'a' });
  expect(sources.find((source) => source.id === 'dt-1-a-linux')).toMatchObject({
    origin: 'drill',
    drill: 'dt-1',
    lane: 'a',
    system: 'thu',
    addresses: ['127.26.0.40'],
  });
  expect(drillSources(scenario, { drill: 'dt-1', lane: '' })[0]?.id).toBe('dt-1-rp-qlvb');
});

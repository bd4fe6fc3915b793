import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../src/drill/load.ts';
import { createReplay, type Emission } from '../../src/drill/replay.ts';
import { type ScoredFinding, score } from '../../src/drill/score.ts';
import { compileRules } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';
import { readOwnRules } from './own-rules.ts';

const dir = 'drills/qlvb-2026';
const { scenario, records } = await loadScenario(dir);
const set = compileRules(readOwnRules().flatMap(({ rule }) => (rule === null ? [] : [rule])));

/** The whole drill on virtual time: what is sent is read and held against our rules at once. */
async function run(speed: number): Promise<{ emissions: Emission[]; findings: ScoredFinding[]; wallMs: number }> {
  const startMs = Date.UTC(2026, 10, 22, 3);
  let nowMs = startMs;
  let timers: { atMs: number; run: () => void }[] = [];
  const emissions: Emission[] = [];
  const findings: ScoredFinding[] = [];
  const replay = createReplay({
    scenario,
    records,
    speed,
    clock: () => nowMs,
    schedule: (delayMs, timed) => {
      const timer = { atMs: nowMs + delayMs, run: timed };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
    send: async (source, lines) => {
      for (const raw of lines) {
        const event = readLine(raw, source.parser, nowMs);
        expect(event.parseStatus, raw).toBe('parsed');
        for (const index of set.match(event)) {
          const rule = set.rules[index]?.id ?? '';
          findings.push({ rule, raw, alert: `${rule} ${event.host}`, seenMs: nowMs + 250, correlated: false });
        }
      }
    },
    onEmit: (batch) => emissions.push(...batch),
  });
  replay.start();
  for (;;) {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
    if (replay.progress().state === 'finished') break;
    const next = timers.reduce((first, t) => (t.atMs < first.atMs ? t : first));
    timers = timers.filter((t) => t !== next);
    nowMs = Math.max(nowMs, next.atMs);
    next.run();
  }
  return { emissions, findings, wallMs: nowMs - startMs };
}

describe.each([1, 60])('played at speed %d', (speed) => {
  test('every expectation is found, nothing else alerts, everything was sent once', async () => {
    const { emissions, findings, wallMs } = await run(speed);
    const result = score({ scenario, emissions, findings });
    expect(result.missed).toEqual([]);
    expect(result.unexpected).toEqual([]);
    expect(result).toMatchObject({ expected: 28, found: 28, foreign: 0 });
    expect(emissions.map((e) => e.record).sort((a, b) => a - b)).toEqual(records.map((r) => r.index));
    expect(new Set(emissions.map((e) => e.line)).size).toBe(records.length);
    expect(wallMs).toBeLessThanOrEqual(180_000 / speed + 500);
    for (const { inject, firstEmittedMs, firstAlertMs, rules } of result.perInject) {
      expect(firstEmittedMs, inject).not.toBeNull();
      expect(firstAlertMs, inject).not.toBeNull();
      expect(rules.length, inject).toBeGreaterThan(0);
    }
  });
});

test('every time in a line is within a second of the moment it was due', async () => {
  const { emissions } = await run(20);
  for (const { line, dueMs, source } of emissions) {
    const parser = scenario.sources.find(({ id }) => id === source)?.parser ?? 'auto';
    const { eventTimeMs } = readLine(line, parser, dueMs);
    expect(Math.abs((eventTimeMs ?? 0) - dueMs), line).toBeLessThanOrEqual(1000);
    expect(line).not.toMatch(/\{\{/);
  }
});

describe('the story', () => {
  test('is about three minutes long, with a first alert within 15 seconds', () => {
    expect(scenario.durationMs).toBe(180_000);
    expect(Math.min(...scenario.injects.map((inject) => inject.atMs))).toBeLessThan(15_000);
    expect(records.at(-1)?.atMs).toBeGreaterThan(175_000);
  });

  test('every inject has records, begins when it says, and is expected to be found', () => {
    for (const { id, atMs } of scenario.injects) {
      const own = records.filter((record) => record.inject === id);
      expect(own[0]?.atMs, id).toBe(atMs);
      expect(
        scenario.expectations.some((expectation) => expectation.inject === id),
        id,
      ).toBe(true);
    }
  });

  test('names rules that exist', () => {
    const known = new Set(set.rules.map((rule) => rule.id));
    for (const { id, rules } of scenario.expectations) for (const rule of rules) expect(known.has(rule), id).toBe(true);
  });

  test('has some 3,000 ordinary lines and two look-alikes', () => {
    const background = records.filter((record) => record.inject === '').length;
    expect(background).toBeGreaterThanOrEqual(2900);
    expect(background).toBeLessThanOrEqual(3300);
    expect(scenario.injects.filter((inject) => !inject.groundTruth.malicious)).toHaveLength(2);
  });

  test('carries Vietnamese in both Unicode forms', () => {
    const lines = records.map((record) => record.template);
    expect(lines.some((line) => line !== line.normalize('NFC'))).toBe(true);
    expect(lines.some((line) => line === line.normalize('NFC') && line !== line.normalize('NFD'))).toBe(true);
  });

  test('names no address outside the documentation networks, and no ground truth in a line', () => {
    for (const { template, inject } of records) {
      // Version numbers of browsers look alike but stand behind a slash or a blank after Chrome, OPR, …
      for (const [address] of template.matchAll(/(?<![\d./\\-])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g)) {
        expect(address).toMatch(/^(?:192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0)\.\d+$/);
      }
      if (inject !== '') expect(template).not.toContain(inject);
    }
  });

  test('is what its generator writes, and small', () => {
    execFileSync(process.execPath, [`${dir}/generate.mjs`, '--check'], { stdio: 'pipe' });
    for (const { path } of scenario.recordFiles) expect(statSync(`${dir}/${path}`).size).toBeLessThan(3_000_000);
  });
});

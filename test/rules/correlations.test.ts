import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { compileRules, createCorrelationStream, linkRules, parseRules } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';
import { correlationsDir, linesOf, readOwnCorrelations } from './own-correlations.ts';
import { readOwnRules } from './own-rules.ts';

const receivedTimeMs = Date.UTC(2026, 10, 22, 12);
const own = readOwnCorrelations();
const detections = readOwnRules().map(({ file }) => parseRules(readFileSync(file, 'utf8'), file));
const linked = linkRules([
  ...detections.flatMap(({ documents }) => documents),
  ...own.flatMap(({ documents }) => documents),
]);
const set = compileRules(linked.rules);
const vietnamese = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;

/** Titles of the correlations that lines lead to, live reading and all. */
function titlesOf(lines: readonly string[]): string[] {
  const titles: string[] = [];
  const stream = createCorrelationStream(linked.correlations, {
    onBegin: ({ correlation }) => titles.push(linked.correlations[correlation]?.title ?? ''),
  });
  for (const [at, line] of lines.entries()) {
    const event = readLine(line, 'auto', receivedTimeMs);
    expect(event.parseStatus, line).toBe('parsed');
    for (const rule of set.match(event)) {
      const order = String(at).padStart(6, '0');
      stream.push(stream.handleOf(set.rules[rule]?.id ?? ''), event.fields, event.eventTimeMs ?? 0, order);
    }
  }
  stream.flush();
  return titles;
}

test('all are linked without a word of complaint', () => {
  expect(own.flatMap(({ problems }) => problems)).toEqual([]);
  expect(linked.problems).toEqual([]);
  expect(own.length).toBeGreaterThanOrEqual(6);
});

describe.each(own.map((entry) => [entry.file, entry] as const))('%s', (file, { text, documents, samples }) => {
  const main = linked.correlations.findLast((correlation) => correlation.file === file);

  test('says who wrote it, when and under which terms, in every document', () => {
    for (const document of documents) {
      const said = document.rule ?? document.correlation;
      expect(said?.author).toBe('Vọng Gác');
      expect(said?.license).toBe('Apache-2.0');
      expect(said?.status).toBe('experimental');
      expect(said?.level).not.toBeNull();
      expect(said?.description.length).toBeGreaterThan(40);
      expect(said?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(text.match(/^date: \d{4}-\d\d-\d\d$/gm)).toHaveLength(documents.length);
    expect(text).toBe(text.normalize('NFC'));
    expect(file).toMatch(new RegExp(`/${main?.name}\\.yml$`));
  });

  test('speaks Vietnamese to the analyst', () => {
    const custom = main?.custom.vonggac as Record<string, unknown> | undefined;
    expect(Object.keys(custom ?? {}).sort()).toEqual(['description_vi', 'family', 'steps_vi', 'title_vi']);
    for (const said of [
      custom?.title_vi,
      custom?.description_vi,
      ...((custom?.steps_vi as string[] | undefined) ?? []),
    ]) {
      expect(said).toMatch(vietnamese);
    }
    expect(String(custom?.title_vi).length).toBeLessThanOrEqual(80);
    expect(main?.falsePositives.length).toBeGreaterThan(0);
    const techniques = main?.tags.filter((tag) => /^attack\.t\d/.test(tag)) ?? [];
    expect(main?.references).toEqual(
      techniques.map((tag) => `https://attack.mitre.org/techniques/${tag.slice(7).toUpperCase().replace('.', '/')}/`),
    );
  });

  test('what serves it raises no alert of its own, unless it is a detection', () => {
    for (const { id } of main?.ir.references ?? []) {
      const isDetection = linked.rules.some((rule) => rule.id === id && rule.file.startsWith('rules/detections/'));
      expect(linked.silent.has(id)).toBe(!isDetection);
    }
    expect(linked.silent.has(main?.id ?? '')).toBe(false);
  });

  test('has a hit and a miss', () => {
    expect([...new Set(samples.map(({ expect: wanted }) => wanted))].sort()).toEqual(['hit', 'miss']);
  });

  test.each(samples.map((sample) => [sample.expect, sample.why, sample] as const))('%s: %s', (wanted, _why, sample) => {
    const titles = titlesOf(linesOf(sample));
    if (wanted === 'hit') expect(titles, sample.place).toContain(main?.title);
    else expect(titles, sample.place).not.toContain(main?.title);
  });
});

test.each(['id', 'name', 'title'] as const)('no %s is used twice', (pick) => {
  const said = [...linked.rules, ...linked.correlations].flatMap((one) => (one[pick] === '' ? [] : [one[pick]]));
  expect(new Set(said).size).toBe(said.length);
});

test('no file lies about that belongs to no correlation', () => {
  for (const name of readdirSync(correlationsDir, { recursive: true, encoding: 'utf8' })) {
    if (!/\.[a-z]+$/.test(name) || name === 'README.md') continue;
    expect(name).toMatch(/\.(yml|samples\.jsonl)$/);
    expect(existsSync(join(correlationsDir, name.replace(/\.samples\.jsonl$/, '.yml'))), name).toBe(true);
  }
});

test('the example of a filter is sound, names a rule of ours and is not loaded', () => {
  const dir = 'rules/filters';
  const names = readdirSync(dir).filter((name) => name !== 'README.md');
  expect(names.every((name) => name.endsWith('.yml.example'))).toBe(true);
  const filters = names.flatMap((name) => parseRules(readFileSync(join(dir, name), 'utf8'), name).documents);
  const { problems, rules } = linkRules([...own.flatMap(({ documents }) => documents), ...filters]);
  expect(filters.flatMap((document) => document.problems)).toEqual([]);
  expect(problems.filter(({ file }) => file.endsWith('.example'))).toEqual([]);
  const touched = rules.filter(({ hash, id }) => linked.rules.some((rule) => rule.id === id && rule.hash !== hash));
  expect(touched.map(({ name }) => name)).toEqual(['connection_refused']);
});

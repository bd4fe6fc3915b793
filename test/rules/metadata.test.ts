import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOwnRules, rulesDir } from './own-rules.ts';

/** Tactics of ATT&CK as SigmaHQ writes them since the split of "defense evasion" (design/domain.md 0, finding 10). */
const tactics = new Set(
  `reconnaissance resource-development initial-access execution persistence privilege-escalation stealth
   defense-impairment credential-access discovery lateral-movement collection command-and-control exfiltration impact`
    .split(/\s+/)
    .map((name) => `attack.${name}`),
);
/** Log sources our parsers and mappings set: product/category/service, '-' for none. */
const logsources = new Set([
  '-/webserver/-',
  'linux/-/cron',
  'linux/-/sshd',
  'linux/-/sudo',
  'linux/process_creation/-',
  'qlvb/application/-',
  'windows/-/security',
  'windows/-/system',
  'windows/-/windefend',
  'windows/file_delete/-',
  'windows/file_event/-',
  'windows/process_access/-',
  'windows/process_creation/-',
  'windows/ps_script/-',
]);
const families = ['intrusion', 'availability', 'policy', 'health'];
const vietnamese = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;

const own = readOwnRules();

describe.each(own.map((entry) => [entry.file, entry] as const))('%s', (file, { rule, samples }) => {
  if (rule === null) return;
  const custom = rule.custom.vonggac as Record<string, unknown> | undefined;
  const text = readFileSync(file, 'utf8');

  test('carries who wrote it, when and under which terms', () => {
    expect(rule.author).toBe('Vọng Gác');
    expect(text).toMatch(/^license: Apache-2\.0$/m);
    expect(text).toMatch(/^date: \d{4}-\d\d-\d\d$/m);
    expect(rule.status).toBe('experimental');
    expect(rule.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(rule.description.length).toBeGreaterThan(60);
    expect(rule.falsePositives.length).toBeGreaterThan(0);
    expect(rule.level).not.toBeNull();
  });

  test('speaks Vietnamese to the analyst', () => {
    expect(Object.keys(custom ?? {}).sort()).toEqual(['description_vi', 'family', 'steps_vi', 'title_vi']);
    expect(families).toContain(custom?.family);
    expect(custom?.title_vi).toMatch(vietnamese);
    expect(String(custom?.title_vi).length).toBeLessThanOrEqual(80);
    expect(custom?.description_vi).toMatch(vietnamese);
    const steps = custom?.steps_vi as readonly string[];
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(steps.length).toBeLessThanOrEqual(4);
    for (const step of steps) expect(step).toMatch(vietnamese);
    expect(text).toBe(text.normalize('NFC'));
  });

  test('is tagged with current ATT&CK names and refers to them only', () => {
    const techniques = rule.tags.filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag));
    const others = rule.tags.filter((tag) => !techniques.includes(tag));
    expect(techniques.length).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(0);
    for (const tag of others) expect(tactics.has(tag), tag).toBe(true);
    for (const tag of techniques) expect(tag).not.toMatch(/t1562|t1070\.001/);
    expect(rule.references).toEqual(
      techniques.map((tag) => {
        return `https://attack.mitre.org/techniques/${tag.slice('attack.'.length).toUpperCase().replace('.', '/')}/`;
      }),
    );
  });

  test('lies where its logsource says, and the logsource is one we produce', () => {
    const { product, category, service } = rule.logsource;
    const key = [product, category, service].map((part) => part ?? '-').join('/');
    expect(logsources.has(key), key).toBe(true);
    const folder = join(rulesDir, product ?? 'web', category ?? service ?? '');
    expect(file).toMatch(new RegExp(`^${folder}/[a-z0-9_]+\\.yml$`));
  });

  test('samples name no real network and say what they show', () => {
    for (const { text: sent, why, place } of samples) {
      expect(why.length, place).toBeGreaterThan(2);
      for (const [address] of sent.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g)) {
        expect(address, place).toMatch(/^(?:192\.0\.2|198\.51\.100|203\.0\.113|127|10)\.|^\d{2,3}\.0\.0\.0$|^4\.18\./);
      }
    }
  });
});

test('no id and no title is used twice', () => {
  const of = (pick: 'id' | 'title'): string[] => own.map(({ rule }) => rule?.[pick] ?? '');
  expect(new Set(of('id')).size).toBe(own.length);
  expect(new Set(of('title')).size).toBe(own.length);
});

test('no file lies about that belongs to no rule', () => {
  const files = readdirSync(rulesDir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[a-z]+$/.test(name));
  for (const name of files) {
    expect(name).toMatch(/\.(yml|samples\.jsonl)$/);
    expect(existsSync(join(rulesDir, name.replace(/\.samples\.jsonl$/, '.yml'))), name).toBe(true);
  }
});

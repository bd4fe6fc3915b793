import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyFixes, formatRules, lintRules, meets, parseRules } from '../../src/sigma/index.ts';
import { createRandom, repeat } from '../property/sigma-case-random.ts';
import { eventFor } from '../property/sigma-cases.ts';

const corpus = new URL('../../../shared/corpora/sigmahq', import.meta.url).pathname;
const here = existsSync(corpus);
if (!here) console.warn(`skipped: ${corpus} is not on this machine`);

const files = here
  ? readdirSync(corpus, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.yml') && !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  : [];
const irsOf = (text: string) => parseRules(text, 'f.yml').rules.map(({ ir }) => ir);
const plain = (value: unknown) =>
  JSON.stringify(value, (key, part: unknown) => (key === 'at' ? undefined : part instanceof Map ? [...part] : part));

test.skipIf(!here)(
  'all of SigmaHQ is linted: a tenth has findings at most, errors are what loading refuses, fixes keep the meaning',
  () => {
    const findings = lintRules(files);
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(errors).toEqual(['placeholder-unresolved', 'placeholder-unresolved']);
    const warned = new Set(findings.filter(({ severity }) => severity === 'warning').map(({ file }) => file));
    expect(warned.size).toBeGreaterThan(30);
    expect(warned.size).toBeLessThan(files.length / 10);
    const random = createRandom(7);
    let fixed = 0;
    for (const { file, text } of files) {
      const own = findings.filter((finding) => finding.file === file);
      const after = applyFixes(text, own).text;
      if (after === text) continue;
      fixed++;
      const { rules } = parseRules(text, file);
      const events = repeat(8, () => eventFor(random, rules).fields);
      const verdicts = [text, after].map((one) => irsOf(one).map((ir) => events.map((event) => meets(ir, event))));
      expect(verdicts[1], file).toEqual(verdicts[0]);
    }
    expect(fixed).toBeGreaterThan(100);
  },
  240_000,
);

test.skipIf(!here)(
  'all of SigmaHQ is formatted: the rules are the same afterwards, and twice is once',
  () => {
    for (const [i, { file, text }] of files.entries()) {
      const formatted = formatRules(text, file);
      if (formatted.outcome === 'refused') throw new Error(`${file}: ${formatted.reason}`);
      expect(plain(irsOf(formatted.text)), file).toBe(plain(irsOf(text)));
      // Once more for some: it takes as long again.
      if (i % 5 === 0)
        expect(formatRules(formatted.text, file), file).toEqual({ outcome: 'formatted', text: formatted.text });
    }
  },
  240_000,
);

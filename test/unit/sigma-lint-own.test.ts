import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatRules, lintRules } from '../../src/sigma/index.ts';

const root = new URL('../../rules', import.meta.url).pathname;
const files = ['detections', 'correlations', 'filters'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.yml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') })),
);

test('there is nothing to say about our own rules', () => {
  expect(files.length).toBeGreaterThan(40);
  expect(lintRules(files).map(({ file, line, code, message }) => `${file}:${line}: ${code}: ${message}`)).toEqual([]);
});

test.each(files)('$file is in canonical form (vonggac rules fmt)', ({ file, text }) => {
  expect(formatRules(text, file)).toEqual({ outcome: 'formatted', text });
});

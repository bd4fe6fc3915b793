import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKeptMappings } from '../../src/cli/detect-mappings.ts';
import { loadMappings, MappingsRefused } from '../../src/compose/mappings.ts';
import { openKeptFiles } from '../../src/detect/kept-files.ts';

let dir = '';
let cacheDir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'detect-mappings-'));
  cacheDir = path.join(dir, 'cache');
  mkdirSync(path.join(dir, 'own'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const kept = () => readdirSync(cacheDir).filter((name) => name.endsWith('.mappings'));

test('what is kept is what was read, and is used', async () => {
  const read = await loadMappings();
  expect(await loadKeptMappings(undefined, cacheDir)).toEqual(read);
  expect(await loadKeptMappings(undefined, cacheDir)).toEqual(read);
  expect(kept()).toHaveLength(1);
  const other = { version: 'other', all: [] };
  const limits = { files: 4, bytes: 1_000_000 };
  openKeptFiles(cacheDir, '.mappings', limits).write(path.basename(kept()[0] ?? '', '.mappings'), serialize(other));
  expect(await loadKeptMappings(undefined, cacheDir)).toEqual(other);
  expect(await loadKeptMappings(undefined, undefined)).toEqual(read);
});

test('a file that changed is another folder; what is refused is never kept', async () => {
  const own = path.join(dir, 'own');
  const put = (text: string) => writeFileSync(path.join(own, 'a.yml'), text);
  const text = 'mapping: a\nabout: A\nparsers: [json]\nrules:\n  - product: x\n';
  put(text);
  const first = await loadKeptMappings(own, cacheDir);
  put(text.replace('product: x', 'product: y'));
  const second = await loadKeptMappings(own, cacheDir);
  expect(second).toEqual(await loadMappings(own));
  expect(second.version).not.toBe(first.version);
  expect(kept()).toHaveLength(2);
  put(`${text}nonsense: 1\n`);
  for (let i = 0; i < 2; i++) await expect(loadKeptMappings(own, cacheDir)).rejects.toThrow(MappingsRefused);
  await expect(loadKeptMappings(path.join(dir, 'nowhere'), cacheDir)).rejects.toThrow(/cannot be read/);
  expect(kept()).toHaveLength(2);
});

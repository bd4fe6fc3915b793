#!/usr/bin/env node
/**
 * Writes the records of this scenario (attack.ndjson, background.ndjson.gz) and their hashes into scenario.yml.
 * Same seed, same records: `node drills/qlvb-2026/generate.mjs` changes nothing unless the generator changed, and
 * with `--check` it writes nothing and ends with status 1 when the files are not what it would write.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createAttack } from './generator/attack.mjs';
import { createBackground } from './generator/background.mjs';
import { createRandom } from './generator/random.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const durationMs = 180_000;
const files = {
  'attack.ndjson': createAttack(),
  'background.ndjson.gz': createBackground(createRandom(20_261_122), durationMs),
};

const isCheck = process.argv.includes('--check');
const unpacked = (name) => {
  const bytes = readFileSync(here(name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

const before = readFileSync(here('scenario.yml'), 'utf8');
let scenario = before;
for (const [name, records] of Object.entries(files)) {
  const text = `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const entry = `  - { path: ${name}, sha256: "${sha256}", records: ${records.length} }`;
  const line = new RegExp(`^  - \\{ path: ${name.replaceAll('.', '\\.')},.*$`, 'm');
  if (!line.test(scenario)) throw new Error(`scenario.yml does not name ${name}`);
  scenario = scenario.replace(line, entry);
  if (isCheck && unpacked(name) !== text) throw new Error(`${name} is not what the generator writes; run it`);
  if (!isCheck) writeFileSync(here(name), name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
  console.log(`${name}: ${records.length} records, ${text.length} characters before packing`);
}
if (isCheck && scenario !== before) throw new Error('scenario.yml does not carry the hashes of its records');
if (!isCheck) writeFileSync(here('scenario.yml'), scenario);

#!/usr/bin/env node
/**
 * Writes the records of this scenario (attack.ndjson, background.ndjson.gz) and their hashes into scenario.yml.
 * Same seed, same bytes: `node drills/qlvb-2026/generate.mjs` changes nothing unless the generator changed.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createAttack } from './generator/attack.mjs';
import { createBackground } from './generator/background.mjs';
import { createRandom } from './generator/random.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const durationMs = 180_000;
const files = {
  'attack.ndjson': createAttack(),
  'background.ndjson.gz': createBackground(createRandom(20_261_122), durationMs),
};

let scenario = readFileSync(here('scenario.yml'), 'utf8');
for (const [name, records] of Object.entries(files)) {
  const text = `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
  writeFileSync(here(name), name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const entry = `  - { path: ${name}, sha256: "${sha256}", records: ${records.length} }`;
  const line = new RegExp(`^  - \\{ path: ${name.replaceAll('.', '\\.')},.*$`, 'm');
  if (!line.test(scenario)) throw new Error(`scenario.yml does not name ${name}`);
  scenario = scenario.replace(line, entry);
  console.log(`${name}: ${records.length} records, ${text.length} bytes before packing`);
}
writeFileSync(here('scenario.yml'), scenario);

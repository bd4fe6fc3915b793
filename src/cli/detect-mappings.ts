import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { loadMappings, shippedMappings } from '../compose/mappings.ts';
import { openKeptFiles } from '../detect/kept-files.ts';
import type { Mappings } from '../normalise/index.ts';
import { recordParserIds } from '../parse/index.ts';

/** Folders of mappings kept, and bytes of one. */
const keptLimits = { files: 4, bytes: 16 * 2 ** 20 } as const;

/**
 * Mappings as loadMappings gives them, kept between runs: to parse them is a quarter of the time that a start takes.
 * What is kept is found by all that it depends on: names and bytes of the files, our own code and the version of Node.
 * Throws MappingsRefused.
 */
export async function loadKeptMappings(dir: string = shippedMappings, cacheDir: string | undefined): Promise<Mappings> {
  if (cacheDir === undefined) return loadMappings(dir);
  const kept = openKeptFiles(cacheDir, '.mappings', keptLimits);
  const key = keyOf(dir);
  const known = unpacked(kept.read(key));
  if (known !== null) return known;
  const mappings = await loadMappings(dir);
  // Files that changed meanwhile have another key.
  if (keyOf(dir) === key) kept.write(key, serialize(mappings));
  return mappings;
}

/** Nobody but us writes where it was kept (kept-files.ts). */
function unpacked(bytes: Buffer | null): Mappings | null {
  return bytes === null ? null : (deserialize(bytes) as Mappings);
}

function keyOf(dir: string): string {
  const hash = createHash('sha256').update(`${process.version}\n${JSON.stringify(recordParserIds)}\n`);
  const src = path.resolve(import.meta.dirname, '..');
  addFiles(hash, path.join(src, 'normalise'), /\.[jt]s$/);
  addFiles(hash, path.join(src, 'compose'), /^mappings\.[jt]s$/);
  addFiles(hash, dir, /\.ya?ml$/);
  return hash.digest('hex').slice(0, 40);
}

/** What cannot be read is as if it were not there: to say so is the loader's. */
function addFiles(hash: Hash, dir: string, names: RegExp): void {
  try {
    for (const name of readdirSync(dir).toSorted()) {
      if (!names.test(name)) continue;
      const bytes = readFileSync(path.join(dir, name));
      hash.update(`${JSON.stringify(name)} ${bytes.length}\n`).update(bytes);
    }
  } catch {
    hash.update('unreadable\n');
  }
}

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParseOptions } from '../sigma/index.ts';
import { openKeptFiles } from './kept-files.ts';
import type { PackedImages } from './packed-images.ts';

/** Sets of rules kept, and images of rules: one a set of tags that events came with, of a few sets. */
const cacheLimits = {
  rules: { files: 8, bytes: 128 * 2 ** 20 },
  images: { files: 24, bytes: 64 * 2 ** 20 },
} as const;

/**
 * Rules as they were read, kept between runs, and the images that were compiled of them. What is kept is found by
 * everything that it depends on: names and bytes of the files, the options, our own code and the version of Node; so a
 * rule that changed is another set. Nothing here fails: without a cache, rules are read and compiled.
 */
export interface RuleCache {
  /** Rules as packRules packed them; null when the set is not kept. */
  read(key: string): Uint8Array | null;
  write(key: string, rules: Uint8Array): void;
  /** Images of the rules of this key, with the same `unknownDimension` or another. */
  images(key: string): PackedImages;
}

export function openRuleCache(dir: string): RuleCache {
  const sets = openKeptFiles(dir, '.rules', cacheLimits.rules);
  const images = openKeptFiles(dir, '.image', cacheLimits.images);
  return {
    read: sets.read,
    write: sets.write,
    images: (key) => ({
      get: (image) => images.read(`${key}-${image}`),
      put: (image, compiled) => images.write(`${key}-${image}`, compiled),
    }),
  };
}

/** A rule file with its bytes. */
export type FileBytes = readonly [file: string, bytes: Buffer];

/** The key of what parsing these files with these options gives. */
export function ruleCacheKey(files: readonly FileBytes[], options: ParseOptions): string {
  const hash = createHash('sha256');
  hash.update(
    `${process.version}\n${ownCode()}\n${JSON.stringify([options.placeholders, options.limits, options.legacyActions])}\n`,
  );
  for (const [file, bytes] of files) hash.update(`${JSON.stringify(file)} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex').slice(0, 40);
}

/** Hash of the code that reads and packs rules: whoever works on it must not meet what yesterday's code read. */
function ownCode(): string {
  const here = fileURLToPath(import.meta.url);
  const beside = path.dirname(here);
  const sigma = path.join(beside, '../sigma');
  // In one bundled file, all of it is our code.
  const files = existsSync(sigma)
    ? [...codeIn(sigma, /\.[jt]s$/), ...codeIn(beside, /^(rule|image)-.*\.[jt]s$/)]
    : [here];
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${path.basename(file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

function codeIn(dir: string, names: RegExp): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name) && !name.endsWith('.d.ts'))
    .toSorted()
    .map((name) => path.join(dir, name));
}

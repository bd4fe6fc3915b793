import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParseOptions } from '../sigma/index.ts';
import { type ParsedFiles, packRules, unpackRules } from './rule-cache-pack.ts';

/** Sets of rules kept, and bytes of one; more is not written, older ones are removed. */
const cacheLimits = { files: 8, bytes: 128 * 2 ** 20 } as const;

const magic = Buffer.from('vonggac rules 1\n');
const digestBytes = 32;
const suffix = '.rules';

/**
 * Rules as they were read, kept between runs. What is kept is found by everything that reading depends on: names and
 * bytes of the files, the options, our own code and the version of Node; so a rule that changed is another set. A file that
 * was cut, damaged or put there by somebody else is not used. Nothing here fails: without a cache, rules are read.
 */
export interface RuleCache {
  /** null when the set is not kept. */
  read(key: string): ParsedFiles | null;
  write(key: string, files: ParsedFiles): void;
}

export function openRuleCache(dir: string): RuleCache {
  const placeOf = (key: string) => path.join(dir, `${key}${suffix}`);
  return {
    read(key) {
      try {
        if (!isOurs(dir)) return null;
        const file = placeOf(key);
        const bytes = readFileSync(file);
        const body = bytes.subarray(magic.length + digestBytes);
        const isWhole = bytes.subarray(0, magic.length).equals(magic);
        if (!isWhole || !digestOf(body).equals(bytes.subarray(magic.length, magic.length + digestBytes))) return null;
        const now = new Date();
        utimesSync(file, now, now);
        return unpackRules(body);
      } catch {
        return null;
      }
    },
    write(key, files) {
      const file = placeOf(key);
      const unfinished = `${file}.${process.pid}`;
      try {
        const body = packRules(files);
        if (body.length > cacheLimits.bytes) return;
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        if (!isOurs(dir)) return;
        writeFileSync(unfinished, Buffer.concat([magic, digestOf(body), body]), { mode: 0o600 });
        renameSync(unfinished, file);
        removeOldest(dir);
      } catch {
        removeFile(unfinished);
      }
    },
  };
}

/** Only what nobody else may write to is believed. */
function isOurs(dir: string): boolean {
  const { uid, mode } = statSync(dir);
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
}

function removeOldest(dir: string): void {
  const kept = readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .map((name) => path.join(dir, name))
    .map((file) => ({ file, atMs: statSync(file).mtimeMs }))
    .toSorted((a, b) => b.atMs - a.atMs);
  for (const { file } of kept.slice(cacheLimits.files)) removeFile(file);
}

/** Removes a file if it can be. */
function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is none of ours, or is gone: nothing is left behind that we made.
  }
}

function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
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

/** Hash of the code that reads rules: whoever works on it must not meet what yesterday's code read. */
function ownCode(): string {
  const here = fileURLToPath(import.meta.url);
  const sigma = path.join(path.dirname(here), '../sigma');
  // In one bundled file, all of it is our code.
  const files = existsSync(sigma)
    ? readdirSync(sigma, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.[jt]s$/.test(name))
        .toSorted()
        .map((name) => path.join(sigma, name))
    : [here];
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${path.basename(file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

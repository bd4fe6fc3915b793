import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** What is kept of one kind of files. */
export interface KeptLimits {
  /** Files; the longest unused are removed. */
  readonly files: number;
  /** Bytes of one; a larger one is not written. */
  readonly bytes: number;
}

/**
 * Files that only save work, kept in a folder of our own between runs. A file that was cut, damaged or put there by
 * somebody else is not used. Nothing here fails: what is not there is made anew.
 */
export interface KeptFiles {
  /** null when nothing is kept under the name. What it gives begins where any typed array may begin, in shared memory. */
  read(name: string): Buffer | null;
  write(name: string, body: Uint8Array): void;
}

/** 48 bytes with the digest: what comes after them is aligned for typed arrays. */
const magic = Buffer.from('vonggac rules 3\n');
const digestBytes = 32;

/** @param suffix ends the names of this kind of files, dot included */
export function openKeptFiles(dir: string, suffix: string, limits: KeptLimits): KeptFiles {
  const placeOf = (name: string) => path.join(dir, `${name}${suffix}`);
  return {
    read(name) {
      try {
        if (!isOurs(dir)) return null;
        const file = placeOf(name);
        const bytes = readShared(file);
        const body = bytes.subarray(magic.length + digestBytes);
        const isWhole = bytes.subarray(0, magic.length).equals(magic);
        if (!isWhole || !digestOf(body).equals(bytes.subarray(magic.length, magic.length + digestBytes))) return null;
        const now = new Date();
        utimesSync(file, now, now);
        return body;
      } catch {
        return null;
      }
    },
    write(name, body) {
      const file = placeOf(name);
      const unfinished = `${file}.${process.pid}`;
      try {
        if (body.length > limits.bytes) return;
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        if (!isOurs(dir)) return;
        writeFileSync(unfinished, Buffer.concat([magic, digestOf(body), body]), { mode: 0o600 });
        renameSync(unfinished, file);
        removeOldest(dir, suffix, limits.files);
      } catch {
        removeFile(unfinished);
      }
    },
  };
}

/** A file in memory that other threads can be given without a copy. */
function readShared(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.from(new SharedArrayBuffer(fstatSync(descriptor).size));
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Only what nobody else may write to is believed. */
function isOurs(dir: string): boolean {
  const { uid, mode } = statSync(dir);
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
}

function removeOldest(dir: string, suffix: string, files: number): void {
  const kept = readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .map((name) => path.join(dir, name))
    .map((file) => ({ file, atMs: statSync(file).mtimeMs }))
    .toSorted((a, b) => b.atMs - a.atMs);
  for (const { file } of kept.slice(files)) removeFile(file);
}

/** Removes a file if it can be. */
function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is none of ours, or is gone: nothing is left behind that we made.
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

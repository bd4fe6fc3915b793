import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Writes a file so that after a crash it is there whole or not at all. Throws what the disk says, and leaves nothing. */
export function writeDurably(place: string, parts: readonly Buffer[]): void {
  const fresh = `${place}.tmp`;
  try {
    const fd = openSync(fresh, 'w', 0o600);
    try {
      for (const part of parts) writeAll(fd, part);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  syncFolder(path.dirname(place));
}

/** Writes behind what is in a file, and makes it last. Throws what the disk says; then the file may end in half of it. */
export function appendDurably(place: string, bytes: Buffer): void {
  const fd = openSync(place, 'a');
  try {
    writeAll(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A write may take less than it is given, on a disk that is nearly full for one. */
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** Makes names that came or went in a folder last. */
export function syncFolder(dir: string): void {
  // Windows has no such thing as a folder's descriptor.
  if (process.platform === 'win32') return;
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

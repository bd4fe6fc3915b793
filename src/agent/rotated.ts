import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { factsOf, hasHead, type Position } from './position.ts';

/** Names looked at beside a file for what rotation made of it. */
const namesMax = 1000;
/** A shorter beginning is too often the same in files that have nothing to do with each other. */
const tellingBytes = 32;

/**
 * What became of a file that is not in its place as it was: itself under another name (rename), or the copy that
 * rotation made before it emptied the file (copytruncate). Only names that begin like the file's own are looked at.
 * The descriptor is the caller's to close; null when there is none or nothing is left to read in it.
 */
export function openRotated(
  position: Position,
  isFollowed: (id: string) => boolean,
): { readonly fd: number; readonly id: string; readonly path: string } | null {
  for (const place of neighbours(position.path)) {
    const fd = place === position.path ? null : openQuietly(place);
    if (fd === null) continue;
    try {
      const { id, size } = factsOf(fd);
      const isIt = id === position.id || position.head.bytes >= tellingBytes;
      if (isIt && size > position.offset && !isFollowed(id) && hasHead(fd, position.head))
        return { fd, id, path: place };
    } catch {
      // A folder, or gone meanwhile.
    }
    closeSync(fd);
  }
  return null;
}

/** Whether a file begins with all that has been read of another. */
export function isCopy(fd: number, of: { readonly fd: number; readonly position: Position }): boolean {
  const { head, offset } = of.position;
  if (head.bytes < tellingBytes) return false;
  if (factsOf(fd).size < offset || !hasHead(fd, head)) return false;
  const [a, b] = [Buffer.alloc(compareBytes), Buffer.alloc(compareBytes)];
  for (let at = 0; at < offset; at += compareBytes) {
    const want = Math.min(compareBytes, offset - at);
    const counts = [readSync(fd, a, 0, want, at), readSync(of.fd, b, 0, want, at)];
    if (counts[0] !== counts[1] || !a.subarray(0, counts[0]).equals(b.subarray(0, counts[1]))) return false;
  }
  return true;
}

const compareBytes = 262_144;

/** What the names of a file's rotated copies begin with: `app.log.1`, `app.log-20261122`, `app-20261122.log`. */
export function stemOf(name: string): string {
  const { dir, name: bare } = path.parse(name);
  return path.join(dir, bare);
}

function neighbours(place: string): readonly string[] {
  const beginning = path.basename(stemOf(place));
  try {
    const dir = path.dirname(place);
    const names = readdirSync(dir).filter((name) => name.startsWith(beginning));
    return names.slice(0, namesMax).map((name) => path.join(dir, name));
  } catch {
    return [];
  }
}

function openQuietly(place: string): number | null {
  try {
    return openSync(place, 'r');
  } catch {
    return null;
  }
}

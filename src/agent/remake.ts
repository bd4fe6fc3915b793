import { closeSync, openSync, readSync } from 'node:fs';
import { compress, encodeBody } from './batch.ts';
import { factsOf, hasHead } from './position.ts';
import { openRotated } from './rotated.ts';
import { hashOf } from './sealed.ts';
import type { Part, SegmentHead } from './segment.ts';

/** The body of a batch made again from the files it came from, to the byte; null when one of them no longer has it. */
export function remakeBody(head: SegmentHead): Buffer | null {
  const sections: { readonly section: Part['section']; readonly bytes: Buffer }[] = [];
  for (const part of head.parts) {
    const bytes = readAgain(part);
    if (bytes === null) return null;
    sections.push({ section: part.section, bytes });
  }
  const body = compress(encodeBody(sections));
  return hashOf(body) === head.hash ? body : null;
}

function readAgain({ section, from, after }: Part): Buffer | null {
  const fd = openStream(after);
  if (fd === null) return null;
  try {
    const bytes = Buffer.alloc(section.bytes);
    return readSync(fd, bytes, 0, bytes.length, from) === bytes.length ? bytes : null;
  } finally {
    closeSync(fd);
  }
}

/** The file of a position, under its name or the one rotation gave it. */
function openStream(position: Part['after']): number | null {
  try {
    const fd = openSync(position.path, 'r');
    if (factsOf(fd).id === position.id && hasHead(fd, position.head)) return fd;
    closeSync(fd);
  } catch {
    // Gone from there.
  }
  return openRotated({ ...position, offset: 0 }, () => false)?.fd ?? null;
}

import { closeSync, openSync, readSync } from 'node:fs';
import { hashOf } from '../disk/sealed.ts';
import { type Batch, compress, encodeBody, keyOf } from './batch.ts';
import { factsOf, hasHead } from './position.ts';
import { openRotated } from './rotated.ts';
import type { Part, SegmentHead } from './segment.ts';
import { countLines } from './tail.ts';

/** The body of a batch made again from the files it came from, to the byte; null when one of them no longer has it. */
export function remakeBody(head: SegmentHead): Buffer | null {
  const sections = readParts(head.parts);
  const body = sections === null ? null : compress(encodeBody(sections));
  return body !== null && hashOf(body) === head.hash ? body : null;
}

/** A batch of what files still hold; null when one of them no longer has it. */
export function remakeBatch(parts: readonly Part[], agent: string): Batch | null {
  const sections = readParts(parts);
  if (sections === null) return null;
  return {
    parts,
    key: keyOf(agent, parts),
    lines: sections.reduce((sum, { bytes }) => sum + countLines(bytes), 0),
    rawBytes: sections.reduce((sum, { bytes }) => sum + bytes.length, 0),
    body: compress(encodeBody(sections)),
  };
}

type Sections = readonly { readonly section: Part['section']; readonly bytes: Buffer }[];

function readParts(parts: readonly Part[]): Sections | null {
  const sections = parts.map((part) => ({ section: part.section, bytes: readAgain(part) }));
  return sections.every((each): each is Sections[number] => each.bytes !== null) ? sections : null;
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

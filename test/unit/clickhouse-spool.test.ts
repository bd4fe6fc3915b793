import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSpool } from '../../src/backing/clickhouse-child/spool.ts';

describe('the spool of insert bodies', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'vonggac-spool-')), 'inserts');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));

  it('a body that is let in is the file, byte for byte, until it is removed', async () => {
    const spool = await createSpool(directory, 1000);
    const taken = await spool.take(Readable.from([Buffer.from('a'.repeat(600)), Buffer.from('b'.repeat(400))]), '');
    expect(taken.bytes).toBe(1000);
    expect(await readFile(taken.path, 'latin1')).toBe('a'.repeat(600) + 'b'.repeat(400));
    await taken.remove();
    expect(await readdir(directory)).toEqual([]);
  });

  // An opening that outlives its failed body is rare (one in a thousand): hence so many, from a few lanes at a time.
  it.each([
    ['too large at once', () => Readable.from([Buffer.alloc(2000)]), 'insertBytesMax (1000)'],
    ['too large later', () => Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), 'insertBytesMax (1000)'],
    ['cut off', cutOff, 'cut off'],
    ['cut off before it was asked for', () => new Readable().destroy(), 'Premature close'],
  ])('a body %s leaves no file behind', async (_, body, reason) => {
    const spool = await createSpool(directory, 1000);
    const lane = async (): Promise<void> => {
      for (let i = 0; i < 500; i++) expect(await spool.take(body(), '').then(() => 'taken', String)).toContain(reason);
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    expect(await readdir(directory)).toEqual([]);
  });
});

function cutOff(): Readable {
  const body = new Readable({ read: () => undefined });
  body.push(Buffer.alloc(10));
  setImmediate(() => body.destroy(new Error('cut off')));
  return body;
}

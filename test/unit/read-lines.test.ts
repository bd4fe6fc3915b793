import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockBytes } from '../../src/cli/read-blocks.ts';
import { readLines } from '../../src/cli/read-lines.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'read-lines-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function linesOf(input: Readable | string, maxBytes = 1_000_000): Promise<string[]> {
  const told: string[] = [];
  await readLines(input, maxBytes, {
    line: (bytes, from, to, number) => void told.push(`${number} ${bytes.toString('utf8', from, to)}`),
    tooLong: (number) => void told.push(`${number} too long`),
    full: () => false,
    drain: () => Promise.resolve(),
  });
  return told;
}

const inChunks = (bytes: Buffer, size: number) => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return Readable.from(chunks);
};

const long = 'x'.repeat(blockBytes * 2 + 5);
const rows: readonly (readonly [name: string, text: string, maxBytes: number, lines: readonly string[]])[] = [
  ['nothing', '', 9, []],
  ['one line without an end', 'ab', 9, ['1 ab']],
  ['empty lines and both kinds of ends', 'a\r\n\nb\n\r\n', 9, ['1 a', '2 ', '3 b', '4 ']],
  ['a byte order mark', '\ufeffa\n\ufeffb', 9, ['1 a', '2 \ufeffb']],
  ['a line as long as may be, and one longer', '12345\n123456\nc', 5, ['1 12345', '2 too long', '3 c']],
  ['a long last line', 'a\n123456789', 5, ['1 a', '2 too long']],
  ['a line longer than any block', `a\n${long}\nb\n`, 5 * blockBytes, ['1 a', `2 ${long}`, '3 b']],
  ['a line too long for memory', `a\n${long}\nb`, blockBytes, ['1 a', '2 too long', '3 b']],
];

describe.each(rows)('%s', (_, text, maxBytes, lines) => {
  const bytes = Buffer.from(text);

  test('as a file, plain and packed', async () => {
    for (const [name, content] of [
      ['plain', bytes],
      ['packed', gzipSync(bytes)],
    ] as const) {
      const file = path.join(dir, name);
      writeFileSync(file, content);
      expect(await linesOf(file, maxBytes)).toEqual(lines);
    }
  });

  test.each([1, 2, 3, 4_096, 300_000])('as a stream of chunks of %i bytes, plain and packed', async (size) => {
    if (bytes.length > 1_000 * size) return;
    expect(await linesOf(inChunks(bytes, size), maxBytes)).toEqual(lines);
    expect(await linesOf(inChunks(gzipSync(bytes), Math.max(2, size)), maxBytes)).toEqual(lines);
  });
});

test('what came before an input failed was given out', async () => {
  const told: string[] = [];
  const failing = Readable.from(
    (async function* () {
      yield Buffer.from('a\nb');
      throw new Error('gone');
    })(),
  );
  const reading = readLines(failing, 9, {
    line: (bytes, from, to) => void told.push(bytes.toString('utf8', from, to)),
    tooLong: () => {},
    full: () => false,
    drain: () => Promise.resolve(),
  });
  await expect(reading).rejects.toThrow('gone');
  expect(told).toEqual(['a']);
  await expect(linesOf(path.join(dir, 'nowhere'))).rejects.toThrow('ENOENT');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runDetect } from '../../src/cli/detect.ts';
import { openMappingBook } from '../../src/compose/mapping-book.ts';
import { MappingsRefused } from '../../src/compose/mappings.ts';
import { wholeLines } from '../harness/whole-lines.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'mapping-book-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const log = pino({ level: 'silent' });
const limits = { pollMs: 20, settleMs: 10 };

function put(folder: string, product: string): void {
  const text = `mapping: own\nabout: x\nparsers: [json]\nrules:\n  - product: ${product}\n`;
  writeFileSync(path.join(folder, 'own.yml'), text);
}

describe('the mappings of a running process', () => {
  it('follow their folder; wrong ones leave those in force', async () => {
    const folder = mkdtempSync(path.join(dir, 'a-'));
    put(folder, 'one');
    const book = await openMappingBook({ dir: folder, log, limits });
    const product = () => book.readLine('{"a":1}', 'auto', 0).logsource.product;
    try {
      expect(product()).toBe('one');
      const { version } = book.current();
      put(folder, 'Two');
      expect(await book.reload()).toMatch(/own\.yml:5:14: the tag "Two" must be in lower case/);
      expect([product(), book.current().version]).toEqual(['one', version]);
      put(folder, 'two');
      expect(await book.reload()).toBe('');
      expect(product()).toBe('two');
      book.follow();
      put(folder, 'three');
      await vi.waitFor(() => expect(product()).toBe('three'), { timeout: 60_000, interval: 20 });
      expect(book.current().version).not.toBe(version);
      // Each event says with which mappings it was read, understood or not.
      for (const line of ['{"a":1}', 'words'])
        expect(book.readLine(line, 'auto', 0).mappings).toBe(book.current().version);
    } finally {
      await book.close();
    }
  });
  it('that are wrong at the start stop it', async () => {
    const folder = mkdtempSync(path.join(dir, 'b-'));
    put(folder, 'One');
    await expect(openMappingBook({ dir: folder, log })).rejects.toThrow(MappingsRefused);
  });
});

describe('vonggac detect', () => {
  async function hits(
    more: Partial<Parameters<typeof runDetect>[0]>,
  ): Promise<{ code: number; lines: number[]; err: string[] }> {
    const rule = path.join(dir, 'rule.yml');
    writeFileSync(
      rule,
      'title: T\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a01\nlogsource: { product: windows, service: s }\nlevel: high\ndetection: { x: { a: 1 }, condition: x }\n',
    );
    const out: string[] = [];
    const err: string[] = [];
    const code = await runDetect({
      rules: [rule],
      routing: true,
      stats: false,
      files: ['-'],
      out: (lines) => void out.push(...wholeLines(lines)),
      err: (line) => err.push(line),
      stdin: Readable.from(['{"a":1}\n{"a":1,"product":"linux"}\n{"a":1,"product":"windows"}\n']),
      ...more,
    });
    return { code, lines: out.map((line) => (JSON.parse(line) as { line: number }).line), err };
  }
  it('--unknown-logsource: what an event says nothing of', async () => {
    expect((await hits({})).lines).toEqual([]);
    expect((await hits({ unknownLogsource: 'closed' })).lines).toEqual([]);
    // What is known is taken strictly all the same.
    expect((await hits({ unknownLogsource: 'open' })).lines).toEqual([1, 3]);
  });
  it('--mappings: a folder of one’s own, or why not', async () => {
    const folder = mkdtempSync(path.join(dir, 'c-'));
    const text =
      'mapping: own\nabout: x\nparsers: [json]\nown_logsource: true\nrules:\n  - { product: windows, services: s }\n';
    writeFileSync(path.join(folder, 'own.yml'), text);
    expect((await hits({ mappings: folder })).lines).toEqual([1, 3]);
    writeFileSync(path.join(folder, 'own.yml'), 'mapping: Own\n');
    const refused = await hits({ mappings: folder });
    expect(refused.code).toBe(1);
    expect(refused.err.join('\n')).toContain('own.yml:1:10: "Own" is no id');
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { defaultStoreLimits } from '../../src/store/index.ts';
import { openSql } from '../../src/store/sql.ts';

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** A server that answers everything with one error of ClickHouse. */
async function refusing(code: number, message: string) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume().on('end', () => {
      response.setHeader('X-ClickHouse-Exception-Code', String(code));
      response.writeHead(500).end(`Code: ${code}. DB::Exception: ${message}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const backing = { url: `http://127.0.0.1:${port}`, username: 'u', password: 'p', database: 'd' };
  const sql = openSql(backing, defaultStoreLimits, createLog('silent'));
  closers.push(async () => {
    await sql.close();
    server.closeAllConnections();
    server.close();
  });
  return { sql, asked: () => asked };
}

describe('what ClickHouse says of itself and what it says of the rows', () => {
  it.each([
    ['a full disk', 243, 'Cannot reserve 1.59 MiB, not enough space. (NOT_ENOUGH_SPACE)', 'store-away'],
    ['a write that failed', 75, 'Cannot write to file. (CANNOT_WRITE_TO_FILE_DESCRIPTOR)', 'store-away'],
    ['memory used up', 241, 'Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED)', 'store-away'],
    ['a full disk in other words', 1001, 'std::exception: No space left on device. (STD_EXCEPTION)', 'store-away'],
    ['rows that cannot be read', 27, 'Cannot parse input. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)', 'store-refused'],
  ])('%s on a write', async (_what, code, message, want) => {
    const { sql, asked } = await refusing(code, message);
    const error = await sql.insert('t', ['a'], ['[1]'], 'token').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: want, message: expect.stringContaining(message.slice(0, 10)) });
    // Asked once: it does not pass in seconds, and whoever writes has its own patience.
    expect(asked()).toBe(1);
  });

  it('a read that meets the memory limit asked for too much', async () => {
    const { sql } = await refusing(241, 'Memory limit (for query) exceeded. (MEMORY_LIMIT_EXCEEDED)');
    await expect(sql.rows('SELECT 1')).rejects.toMatchObject({ code: 'store-refused' });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runImport } from '../../src/cli/import.ts';
import { cli, createToken, type RunningPlatform, startPlatform } from '../harness/platform.ts';
import { evtxFile, templateRecord } from '../unit/evtx-file.ts';

let dir = '';
let platform: RunningPlatform | null = null;
let token = '';
let apiToken = '';

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vonggac-import-'));
  platform = await startPlatform({ dataDir: dir });
  token = await createToken(dir, ['--kind', 'collector', '--name', 'import']);
  apiToken = await createToken(dir, ['--kind', 'api', '--name', 'reader', '--role', 'analyst']);
});

afterAll(async () => {
  await platform?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function found(query: string): Promise<number> {
  const url = new URL('/api/v1/events', platform?.url);
  url.searchParams.set('q', query);
  url.searchParams.set('limit', '500');
  const answer = await fetch(url, { headers: { authorization: `Bearer ${apiToken}` } });
  return ((await answer.json()) as { items: unknown[] }).items.length;
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"tag":"gói-${from + i}","run":"${from}"}\n`).join('');

describe('vonggac import', () => {
  it('a Windows event log and a packed text file are stored, each record an event', async () => {
    const log = path.join(dir, 'mẫu.evtx');
    const record = {
      id: 1n,
      writtenMs: Date.now(),
      system: { EventID: 4625, Channel: 'Security' },
      data: { LogonType: 3 },
    };
    await writeFile(log, evtxFile([[templateRecord(record)], [templateRecord(record)]]));
    const text = path.join(dir, 'dòng.ndjson.gz');
    await writeFile(text, gzipSync(lines(0, 50)));
    const done = await cli(
      ['import', log, text, '--server', platform?.url ?? '', '--state', path.join(dir, 'state.json')],
      {
        VONGGAC_TOKEN: token,
      },
    );
    expect(done.err).toBe('');
    expect(JSON.parse(done.out)).toMatchObject({ files: 2, accepted: 52, rejected: 0, damaged: 0 });
    expect(done.code).toBe(0);
    expect(await found('EventID:4625')).toBe(2);
    expect(await found('run:0')).toBe(50);
  });

  it('cut off at any piece it goes on, and nothing is stored twice', async () => {
    const text = path.join(dir, 'dài.ndjson');
    await writeFile(text, lines(1000, 1100));
    const relay = await answersLostNowAndThen(platform?.url ?? '');
    const importOnce = async (stopAfter: number): Promise<number> => {
      const stop = new AbortController();
      let pieces = 0;
      return runImport({
        files: [text],
        server: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
        token,
        patienceMs: 60_000,
        stateFile: path.join(dir, 'state-2.json'),
        limits: { bytes: 1 << 20, lines: 7 },
        signal: stop.signal,
        out: () => {},
        err: () => {},
        progress: () => {
          pieces += 1;
          if (pieces === stopAfter) stop.abort();
        },
      });
    };
    expect(await importOnce(2)).toBe(130);
    expect(await importOnce(5)).toBe(130);
    expect(await importOnce(-1)).toBe(0);
    // Whoever forgets how far he came sends all of it once more.
    await rm(path.join(dir, 'state-2.json'), { force: true });
    expect(await importOnce(-1)).toBe(0);
    expect(await found('run:1000')).toBe(100);
    relay.close();
  });

  it('what cannot be read or is not let in is said in a line', async () => {
    const missing = await cli(['import', path.join(dir, 'không có'), '--server', platform?.url ?? ''], {
      VONGGAC_TOKEN: token,
    });
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('ENOENT');
    const stranger = await cli(['import', path.join(dir, 'dài.ndjson'), '--server', platform?.url ?? ''], {
      VONGGAC_TOKEN: 'vgc_nobody',
      XDG_STATE_HOME: dir,
    });
    expect(stranger.code).toBe(1);
    expect(stranger.err).toContain('401');
    const without = await cli(['import', 'x'], { VONGGAC_TOKEN: '' });
    expect(without.code).toBe(2);
  });
});

/** Passes requests on, but every third answer is lost after the platform has given it. */
async function answersLostNowAndThen(target: string): Promise<Server> {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    count += 1;
    const lose = count % 3 === 0;
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: 'POST', headers: incoming.headers },
      (answer) => {
        answer.on('end', () => lose && outgoing.destroy());
        if (lose) answer.resume();
        else {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }
      },
    );
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { alive, cli, startPlatform, until } from '../harness/platform.ts';

const root = path.resolve(import.meta.dirname, '../..');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function dataDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'vonggac-process-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function started(): Promise<{
  dir: string;
  platform: Awaited<ReturnType<typeof startPlatform>>;
  children: number[];
}> {
  const dir = await dataDir();
  const platform = await startPlatform({ dataDir: dir });
  closers.push(() => platform.stop('SIGKILL'));
  const children = platform.children(/./);
  expect(children.length).toBeGreaterThanOrEqual(2);
  return { dir, platform, children };
}

describe('stopping', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s stops everything in time and leaves no orphan', async (signal) => {
    const { platform, children } = await started();
    // 0: all was closed before the deadline; 1 and a line that says so when it was not.
    expect([(await platform.stop(signal)).code, platform.printed()]).toEqual([
      0,
      expect.not.stringContaining('in time'),
    ]);
    expect(children.filter(alive)).toEqual([]);
  });

  it('a killed parent takes its children along', async () => {
    const { platform, children } = await started();
    await platform.kill9();
    await until('no child is left', () => children.filter(alive).length === 0);
  });

  it('goes when the npm that started it is gone', async () => {
    const dir = await dataDir();
    const npm = spawn('sh', ['-c', `node bin/vonggac.mjs up --port 0 --data ${dir} & echo $! ; wait`], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_lifecycle_event: 'start', VONGGAC_SYSLOG_UDP: 'off', VONGGAC_SYSLOG_TCP: 'off' },
    });
    let out = '';
    let err = '';
    npm.stdout.on('data', (part: Buffer) => {
      out += part.toString();
    });
    npm.stderr.on('data', (part: Buffer) => {
      err += part.toString();
    });
    await until('board ready', () => err.includes('board ready'));
    const pid = Number(out.trim());
    closers.push(async () => {
      if (alive(pid)) process.kill(pid, 'SIGKILL');
    });
    npm.kill('SIGKILL');
    await until('the platform is gone', () => !alive(pid));
  });
});

describe('what is wrong gets one clear line', () => {
  const run = (args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> =>
    cli(['up', '--port', '0', ...args], {
      VONGGAC_SYSLOG_UDP: 'off',
      VONGGAC_SYSLOG_TCP: 'off',
      VONGGAC_LOG_LEVEL: 'silent',
      ...env,
    });

  it('a taken port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const done = await cli(['up', '--port', port, '--data', await dataDir()], {
      VONGGAC_SYSLOG_UDP: 'off',
      VONGGAC_SYSLOG_TCP: 'off',
    });
    expect(done.code).toBe(1);
    expect(done.err.trim().split('\n').at(-1)).toMatch(new RegExp(`^vonggac: .*${port}.*VONGGAC_PORT`));
  });

  it('a second instance on the same data directory', async () => {
    const { dir, platform } = await started();
    const done = await run(['--data', dir]);
    expect(done.code).toBe(1);
    expect(done.err.trim()).toMatch(new RegExp(`^vonggac: .*${platform.pid}`));
    expect(done.err.trim().split('\n')).toHaveLength(1);
  });

  it('an unwritable data directory', async () => {
    const dir = await dataDir();
    await chmod(dir, 0o555);
    // Root may write anywhere, so the directory's parent is a file then.
    const place = process.getuid?.() === 0 ? path.join(root, 'package.json', 'data') : path.join(dir, 'data');
    const done = await run(['--data', place]);
    expect(done.code).toBe(1);
    expect(done.err.trim().split('\n')).toHaveLength(1);
    expect(done.err).toMatch(/^vonggac: .*(data)/);
  });

  it('a missing redis-server', async () => {
    const done = await run(['--data', await dataDir()], { VONGGAC_REDIS_BINARY: '/nowhere/redis-server' });
    expect(done.code).toBe(1);
    expect(done.err.trim()).toMatch(/^vonggac: .*redis-server/);
  });

  it('a rules folder that is not there', async () => {
    const done = await run(['--data', await dataDir()], { VONGGAC_RULES: 'rules/nowhere' });
    expect(done.code).toBe(1);
    expect(done.err.trim()).toMatch(/^vonggac: .*rules\/nowhere/);
  });

  it('a token for a data directory nobody uses', async () => {
    const done = await cli(['token', 'create', '--kind', 'collector', '--name', 'x', '--data', await dataDir()]);
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/^vonggac: no platform keeps its data in .*--data/);
  });

  it('a misspelt setting', async () => {
    const done = await run([], { VONGGAC_PROT: '1' });
    expect(done.code).toBe(2);
    expect(done.err).toContain('VONGGAC_PROT');
  });

  it('a Node that is too old', () => {
    const source = "Object.defineProperty(process.versions, 'node', { value: '18.20.1' });";
    const done = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(source)}`, 'scripts/setup.mjs', 'start'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(done.status).toBe(1);
    expect(done.stderr.trim()).toMatch(/^vonggac: needs Node 20\.19.*18\.20\.1/);
  });

  it.each([
    [['frobnicate'], 2],
    [['user', 'add', 'an'], 2],
    [['token', 'create', '--kind', 'api', '--name', 'x'], 2],
    [['detect', '--rules', 'rules/detections'], 2],
    [['--help'], 0],
  ] as [string[], number][])('vonggac %j exits with %d', async (args, want) => {
    expect((await cli(args)).code).toBe(want);
  });
});

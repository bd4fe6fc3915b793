import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../harness/api-world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vonggac-board-'));
  const dist = path.join(folder, 'board');
  await mkdir(path.join(dist, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(dist, 'index.html'), '<!doctype html><title>Vọng Gác</title>');
  await writeFile(path.join(dist, 'favicon.svg'), '<svg/>');
  await writeFile(path.join(dist, '.env'), 'SECRET=1');
  await writeFile(path.join(dist, 'assets', 'app-3f9c.js'), 'export {};');
  world = await openWorld({ parts: { boardDir: dist } });
});
afterAll(async () => {
  await world.app.close();
  await rm(folder, { recursive: true, force: true });
});

const html = { accept: 'text/html' };

describe('the board’s files', () => {
  const rows: readonly [string, number, RegExp, RegExp][] = [
    ['/', 200, /^text\/html/, /^no-cache$/],
    ['/index.html', 200, /^text\/html/, /^no-cache$/],
    ['/incidents/inc-1', 200, /^text\/html/, /^no-cache$/],
    ['/setup', 200, /^text\/html/, /^no-cache$/],
    ['/favicon.svg', 200, /^image\/svg/, /^no-cache$/],
    ['/assets/app-3f9c.js', 200, /javascript/, /immutable/],
    ['/assets/gone.js', 404, /^application\/json/, /^no-store$/],
    ['/nothing.png', 404, /^application\/json/, /^no-store$/],
    ['/api', 404, /^application\/json/, /^no-store$/],
    ['/api/v1/nothing', 404, /^application\/json/, /^no-store$/],
    ['/api/v9/x', 404, /^application\/json/, /^no-store$/],
    ['/ingest/v1/nothing', 404, /^application\/json/, /^no-store$/],
    ['/.env', 404, /^application\/json/, /^no-store$/],
    ['/../secret.txt', 404, /^application\/json/, /^no-store$/],
    ['/..%2fsecret.txt', 404, /^application\/json/, /^no-store$/],
    ['/%2e%2e/secret.txt', 404, /^application\/json/, /^no-store$/],
    ['/assets/..%5c..%5csecret.txt', 400, /^application\/json/, /^no-store$/],
    ['/assets/%00.js', 400, /^application\/json/, /^no-store$/],
  ];
  test.each(rows)('%s', async (url, status, type, caching) => {
    const response = await world.app.inject({ url, headers: html });
    expect(response.statusCode, response.body).toBe(status);
    expect(response.headers['content-type']).toMatch(type);
    expect(response.headers['cache-control']).toMatch(caching);
    expect(response.body).not.toMatch(/secret|SECRET/);
  });

  test('are asked for by reading only', async () => {
    const response = await world.app.inject({ method: 'POST', url: '/incidents/inc-1' });
    expect(response.statusCode).toBe(404);
    expect((await world.app.inject({ method: 'HEAD', url: '/incidents/inc-1' })).statusCode).toBe(200);
  });

  test('every page and every answer carries what browsers are to refuse', async () => {
    for (const url of ['/', '/assets/app-3f9c.js', '/api/v1/live', '/api/v1/alerts', '/nothing.png']) {
      const { headers } = await world.app.inject({ url });
      const csp = String(headers['content-security-policy']);
      expect(csp, url).toMatch(/default-src 'none'/);
      expect(csp, url).toMatch(/frame-ancestors 'none'/);
      expect(csp, url).not.toMatch(/unsafe|\*/);
      expect(headers['x-content-type-options'], url).toBe('nosniff');
      expect(headers['referrer-policy'], url).toBe('no-referrer');
      expect(headers, url).not.toHaveProperty('x-powered-by');
      expect(headers, url).not.toHaveProperty('server');
    }
  });

  test('without built files the API answers all the same', async () => {
    const bare = await openWorld({ parts: { boardDir: path.join(folder, 'none') } });
    expect((await bare.app.inject('/')).statusCode).toBe(404);
    expect((await bare.as('viewer', { url: '/alerts' })).statusCode).toBe(200);
    await bare.app.close();
  });
});

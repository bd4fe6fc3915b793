import { beforeAll, describe, expect, test } from 'vitest';
import type { SecurityEvent } from '../../src/model/event.ts';
import { foldCase, foldedSql, foldText } from '../../src/store/fold.ts';
import { CursorRefused, QueryRefused, schemaText } from '../../src/store/index.ts';
import { bucketFor } from '../../src/store/search.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { anEvent, day0, events, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
const range = { fromMs: t0 - 3_600_000, toMs: t0 + 3_600_000 };

const named: Readonly<Record<string, Partial<SecurityEvent>>> = {
  cmd: {
    message: 'Tiến trình cmd.exe được tạo',
    fields: {
      Image: 'C:\\Windows\\System32\\cmd.exe',
      CommandLine: 'cmd /c "whoami /all"',
      EventID: 1,
      ProcessId: 4711,
    },
  },
  ps: {
    message: 'PowerShell chạy lệnh mã hoá',
    fields: {
      Image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      CommandLine: 'powershell -enc AAA_100%',
      EventID: '1',
      ProcessId: 12,
    },
  },
  logon: {
    host: 'DC01',
    system: 'ad',
    message: 'Đăng nhập thất bại: Nguyễn Văn Ẩn',
    logsource: { product: 'windows', categories: [], services: ['security'] },
    fields: { EventID: 4625, TargetUserName: 'Ẩn', IpAddress: '10.1.2.3', LogonType: 3, 'winlog.task': 'Logon' },
  },
  web: {
    host: 'web02',
    system: 'cong-dvc',
    origin: 'drill',
    drill: 'run-1',
    message: 'GET /upload/shell.aspx 200',
    raw: '10.9.9.9 - - "GET /upload/shell.aspx?x=%27 HTTP/1.1" 200 Sự cố',
    logsource: { product: 'nginx', categories: ['webserver', 'proxy'], services: ['access'] },
    fields: {
      'c-ip': '10.9.9.9',
      'cs-uri-stem': '/upload/shell.aspx',
      'sc-status': 200,
      'cs-user-agent': '',
      tags: ['a', 'Beta'],
    },
  },
  odd: {
    system: 'ad',
    message: 'K\u212aelvin ΟΔΟΣ İstanbul',
    parseStatus: 'partial',
    fields: {
      Image: ['first.exe', 'second.exe'],
      empty: null,
      note: 'x\ny',
      'Threat Name': 'EICAR',
      ServiceName: null,
    },
  },
};
const names = Object.keys(named);

async function found(text: string, systems: readonly string[] | null = null): Promise<string[]> {
  const result = await use().store.events.search({ text, ...range, limit: 100, systems });
  expect(result.total).toBe(result.items.length);
  expect(result.histogram.reduce((sum, b) => sum + b.count, 0)).toBe(result.total);
  expect(result.cut).toBe('');
  return result.items.map((e) => names[Number.parseInt(e.id.slice(e.id.lastIndexOf('-') + 1), 36)] ?? e.id).reverse();
}

beforeAll(async () => {
  const rows = names.map((name, i) => anEvent('s', i, named[name]));
  await insertBatch(use().store.events, { id: 's', day: day0, receivedTimeMs: t0, key: '' }, rows);
});

const rows: readonly (readonly [text: string, want: readonly string[]])[] = [
  ['', names],
  ['Image:*\\cmd.exe', ['cmd']],
  ['Image:*\\\\CMD.EXE', ['cmd']],
  ['image:*cmd.exe', ['cmd']],
  ['Image:cmd.exe', []],
  ['Image:second.exe', ['odd']],
  ['Image:s?cond.exe', ['odd']],
  ['Image:*', ['cmd', 'ps', 'odd']],
  ['NOT Image:*', ['logon', 'web']],
  ['CommandLine:"*whoami /all*"', ['cmd']],
  ['CommandLine:*100%', ['ps']],
  ['CommandLine:*A_1*', ['ps']],
  ['CommandLine:*A?100?', ['ps']],
  ['CommandLine:*%%*', []],
  ['EventID:1', ['cmd', 'ps']],
  ['EventID:>=4000', ['logon']],
  ['ProcessId:>100', ['cmd']],
  ['ProcessId:4711', ['cmd']],
  ['ProcessId:<=12', ['ps']],
  ['-ProcessId:>100', ['ps', 'logon', 'web', 'odd']],
  ['winlog.task:logon', ['logon']],
  ['winlog.none:x', []],
  ['NOT winlog.none:x', names],
  ['tags:beta', ['web']],
  ['tags:b*', ['web']],
  ['note:x?y', ['odd']],
  ['empty:*', []],
  ['cs-user-agent:*', ['web']],
  ['cs-user-agent:""', ['web']],
  ['Image:""', []],
  ['ServiceName:""', []],
  ['sc-status:200', ['web']],
  ['c-ip:10.*', ['web']],
  ['host:dc01', ['logon']],
  ['system:ad', ['logon', 'odd']],
  ['product:nginx', ['web']],
  ['category:proxy', ['web']],
  ['category:process_creation', ['cmd', 'ps', 'odd']],
  ['service:secur*', ['logon']],
  ['origin:drill', ['web']],
  ['drill:run-1', ['web']],
  ['level:>=3', names],
  ['mappings:m1', names],
  ['mappings:m2', []],
  ['parse_status:partial', ['odd']],
  ['batch:s id:s-2', ['logon']],
  ['dang nhap that bai', ['logon']],
  ['"đăng nhập thất bại"', ['logon']],
  ['"dang nhap"', ['logon']],
  ['message:"NGUYEN VAN AN"', ['logon']],
  ['nguyễn', ['logon']],
  ['TargetUserName:ẩn', ['logon']],
  ['TargetUserName:ẨN', ['logon']],
  ['TargetUserName:an', []],
  ['"sự cố"', ['web']],
  ['raw:shell.aspx', ['web']],
  ['raw:%27', ['web']],
  ['shell.???x', ['web']],
  ['whoami', ['cmd']],
  ['cmd.exe OR powershell', ['cmd', 'ps']],
  ['(cmd.exe OR powershell) -EventID:1', []],
  ['EventID:1 NOT (Image:*cmd* OR Image:*none*)', ['ps']],
  ['ΟΔΟΣ', ['odd']],
  ['οδος', ['odd']],
];

test.each(rows)('%j', async (text, want) => {
  expect(await found(text)).toEqual(want);
});

const hostile: readonly string[] = [
  "host:' OR 1=1 --",
  "host:x' OR '1'='1",
  'host:x\\',
  'host:\\',
  "a`.b:x'",
  'rest.`x`:1',
  'x.y.z:{q0:String}',
  '{q0:String}',
  'Image:"); DROP TABLE events; --"',
  'system:*',
  'toString(1):1',
  'id:\u0000',
  '\ud800',
  'host:\ud800',
  '%',
  '_',
  'message:%',
  'a:\\*\\?',
  'EventID:>99999999999999999999999999999999',
  'a.'.repeat(400),
  `${'x.'.repeat(40)}y:1`,
];

describe('hostile texts are read as text or refused, never run', () => {
  test.each(hostile)('%j', async (text) => {
    const all = await use().sql.rows<{ n: string }>('SELECT count() AS n FROM events');
    try {
      const seen = await found(text, ['cong-dvc']);
      expect(seen.filter((name) => name !== 'web')).toEqual([]);
    } catch (error) {
      expect(error).toBeInstanceOf(QueryRefused);
    }
    expect(await use().sql.rows<{ n: string }>('SELECT count() AS n FROM events')).toEqual(all);
  });

  test('owners see their systems whatever the text says', async () => {
    for (const text of ['', 'system:ad OR system:*', 'NOT system:ad', '* OR *', 'EventID:4625 OR host:*']) {
      for (const name of await found(text, ['cong-dvc'])) expect(name).toBe('web');
      expect(await found(text, [])).toEqual([]);
    }
  });
});

describe('pages, range and bars', () => {
  test('newest first, every row once, while newer rows arrive', async () => {
    const base = { id: 'p', day: day0, receivedTimeMs: t0, key: '' };
    const many = events('p', 57, { system: 'paged' }).map((e, i) => ({
      ...e,
      eventTimeMs: t0 + Math.floor(i / 9) * 1_000,
    }));
    await insertBatch(use().store.events, base, many);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const q = { text: 'system:paged', ...range, limit: 10, systems: null };
      const page = await use().store.events.search(cursor === null ? q : { ...q, cursor });
      seen.push(...page.items.map((e) => e.id));
      cursor = page.cursor;
      const id = `p-new-${seen.length}`;
      await insertBatch(use().store.events, { ...base, id }, [
        anEvent(id, 0, { system: 'paged', eventTimeMs: t0 + 60_000 }),
      ]);
    } while (cursor !== null);
    const want = many.sort((a, b) => b.eventTimeMs - a.eventTimeMs || (a.id < b.id ? 1 : -1)).map((e) => e.id);
    expect(seen).toEqual(want);
  });

  test('the range takes its start and leaves its end', async () => {
    const at = async (fromMs: number, toMs: number) =>
      (await use().store.events.search({ text: 'batch:s', fromMs, toMs, limit: 9, systems: null })).total;
    expect(await at(t0, t0 + 2_000)).toBe(2);
    expect(await at(t0 + 1, t0 + 2_001)).toBe(2);
    expect(await at(t0 + 5_000, t0)).toBe(0);
  });

  test('total is exact over the range while the page holds less', async () => {
    const page = await use().store.events.search({ text: 'batch:s', ...range, limit: 2, systems: null });
    expect([page.items.length, page.total]).toEqual([2, names.length]);
  });

  const spans: readonly (readonly [spanMs: number, bucketMs: number])[] = [
    [60_000, 1_000],
    [3_600_000, 60_000],
    [86_400_000, 900_000],
    [7 * 86_400_000, 2 * 3_600_000],
    [30 * 86_400_000, 12 * 3_600_000],
    [365 * 86_400_000, 7 * 86_400_000],
  ];
  test.each(spans)('a span of %i ms has bars of %i ms', (spanMs, bucketMs) => {
    expect(bucketFor(spanMs, 120)).toBe(bucketMs);
  });

  test.each([1, 59_999, 3_600_000, 5 * 86_400_000, 200 * 86_400_000, 40 * 365 * 86_400_000])(
    'never more than 120 bars: %i ms',
    async (spanMs) => {
      const q = { text: 'batch:s', fromMs: t0 - 777, toMs: t0 - 777 + spanMs, limit: 1, systems: null };
      const { histogram } = await use().store.events.search(q);
      expect(histogram.length).toBeGreaterThan(0);
      expect(histogram.length).toBeLessThanOrEqual(120);
    },
  );

  test('day bars begin at midnight in Viet Nam', async () => {
    const q = { text: '', fromMs: t0 - 90 * 86_400_000, toMs: t0 + 86_400_000, limit: 1, systems: null };
    const { histogram, bucketMs } = await use().store.events.search(q);
    expect(bucketMs).toBe(86_400_000);
    for (const bar of histogram) expect(new Date(bar.fromMs).toISOString()).toMatch(/T17:00:00\.000Z$/);
  });

  test('a search that runs out of time says what is missing', async () => {
    const slow = await use().another({ limits: { searchSeconds: 1 } });
    await use().sql.command(`INSERT INTO events (id, batch, day, event_time, system, raw, folded)
      SELECT toString(number), 'slow', '${day0}', toDateTime64(${t0 / 1000}, 3), 'slow', repeat('ab%_', 8000), ''
      FROM numbers(30000) SETTINGS max_block_size = 2000, min_insert_block_size_rows = 2000`);
    const text = `system:slow raw:"*b?_*a%*x"`;
    const result = await slow.events.search({ text, ...range, limit: 5, systems: null });
    expect(result.cut).toMatch(/^Tìm kiếm dừng sau 1 giây.* · Stopped after 1 s/);
  });

  test('a cursor of another list is refused', async () => {
    const q = { text: '', ...range, limit: 1, systems: null, cursor: 'bm90IG91cnM' };
    await expect(use().store.events.search(q)).rejects.toThrow(CursorRefused);
  });
});

describe('one fold in the program and in the engine', () => {
  test('every code point compares alike (design/sigma.md 5.2)', async () => {
    const points: string[] = [];
    for (let c = 1; c <= 0x1ffff; c++) {
      const surrogate = c >= 0xd800 && c <= 0xdfff;
      const nonCharacter = c >= 0xfdd0 && c <= 0xfdef;
      if (!surrogate && !nonCharacter) points.push(String.fromCodePoint(c));
    }
    for (let i = 0; i < points.length; i += 20_000) {
      const chunk = points.slice(i, i + 20_000);
      const json = JSON.stringify(chunk).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
      const [row] = await use().sql.rows<{ folded: string[] }>(
        `SELECT arrayMap(c -> ${foldedSql('c', 'é')}, JSONExtract('${json}', 'Array(String)')) AS folded`,
      );
      const different = chunk.filter((c, n) => foldCase(c) !== row?.folded[n]);
      expect(different.map((c) => c.codePointAt(0)?.toString(16))).toEqual([]);
    }
  });

  const folds: readonly (readonly [string, string])[] = [
    ['Sự cố', 'su co'],
    ['SỰ CỐ', 'su co'],
    ['Sự cố'.normalize('NFD'), 'su co'],
    ['Đường Đà Nẵng', 'duong da nang'],
    ['hoà', 'hoa'],
    ['hòa', 'hoa'],
    ['ASCII only', 'ascii only'],
  ];
  test.each(folds)('search fold of %j', (text, want) => {
    expect(foldText(text)).toBe(want);
  });
});

test("the cluster's schema text is at least valid SQL", async () => {
  for (const sql of schemaText(true)) await use().sql.command(`EXPLAIN AST ${sql}`);
  await expect(use().sql.command('EXPLAIN AST CREATE TABLE x (a String) ENGINE')).rejects.toThrow(/Syntax error/);
});

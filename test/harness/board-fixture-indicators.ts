import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openIndicators } from '../../src/compose/indicators.ts';
import type { IndicatorListWanted } from '../../src/contract/indicators.ts';
import type { HuntWork } from '../../src/indicators/hunt.ts';
import type { PollWork } from '../../src/indicators/poller.ts';
import { type IndicatorType, ruleOfList } from '../../src/model/indicator.ts';
import { memoryApi, memoryLock } from './memory-api-ports.ts';
import { memoryIndicators } from './memory-indicators.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Asked {
  readonly method: string;
  /** Behind `/indicator-lists`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  readonly actor: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const settings: IndicatorListWanted = {
  name: '',
  description: '',
  source: '',
  severity: 'high',
  tags: [],
  historyDays: 30,
  feed: null,
};

const poll: PollWork = {
  atMs: 0,
  ok: true,
  failure: '',
  pages: 3,
  objects: 2_114,
  added: 12,
  removed: 4,
  notTaken: 1,
  feed: '',
  addedAfter: '',
  complete: true,
};

const hunt: HuntWork = {
  state: 'done',
  after: 0,
  until: Number.MAX_SAFE_INTEGER,
  startedMs: 0,
  endedMs: 0,
  indicators: 126,
  days: 30,
  daysAll: 30,
  daysDone: 30,
  place: '',
  events: 48_210_774,
  candidates: 412,
  hits: 2,
  cut: '',
};

/** Lists of every kind the page has to show, behind the stage that the platform itself has; kept in memory. */
export async function makeIndicators(nowMs: number): Promise<(asked: Asked) => Promise<Answer>> {
  const { memory, parts } = memoryApi();
  const hits = new Map([[ruleOfList('ncsc'), 3]]);
  const rows = { ...memoryIndicators(memory.ledgerRows), hits: async () => hits };
  const { api } = openIndicators({
    store: { ledger: parts.ledger, indicators: rows },
    lock: memoryLock(),
    seal: createFeedSeal(() => new Uint8Array(32)),
    clock: () => memory.nowMs,
  });
  const put = async (id: string, more: Partial<IndicatorListWanted>, atMs: number, csv: string): Promise<void> => {
    memory.nowMs = atMs;
    await api.put(id, { ...settings, ...more }, 0, 'hồng.ánh');
    await api.take(id, Buffer.from(csv), { format: 'csv', mode: 'replace', actor: 'hồng.ánh' });
  };
  const iso = (ms: number): string => new Date(ms).toISOString();
  const ncsc = Array.from(
    { length: 118 },
    (_, i) => `c2-${i}.evil-cdn.top,domain,Máy chủ điều khiển nhóm Mustang Panda,`,
  );
  await put(
    'ncsc',
    {
      name: 'Cảnh báo NCSC, nhóm tấn công có chủ đích',
      description: 'Chỉ dấu kèm công văn cảnh báo hằng tuần của Trung tâm Giám sát an toàn không gian mạng quốc gia.',
      source: 'NCSC',
      severity: 'critical',
      feed: { root: 'https://taxii.ncsc.example/api1/', collection: 'apt', user: 'soc', secret: 'x', everyMinutes: 60 },
    },
    nowMs - 3 * dayMs,
    [
      'value,type,description,valid_until',
      `203.0.113.9,ip,Máy chủ điều khiển,${iso(nowMs - 2 * dayMs)}`,
      `198.51.100.0/24,cidr,Dải thuê của nhóm,${iso(nowMs + 20 * dayMs)}`,
      '2405:4800:dead::1f,ip,,',
      'độchại.vn,domain,Trang giả mạo Cổng dịch vụ công,',
      'http://203.0.113.77/update/a.exe,url,Tải mã độc,',
      '275a021bbfb6489e54d471899f7d9ee94b7a40c2b7fac44f7e5a5e7a8f24b3f1,hash,Mẫu PlugX,',
      ...ncsc,
    ].join('\n'),
  );
  await put('noi-bo', { name: 'Tự ghi nhận của Trung tâm', source: 'SOC tỉnh' }, nowMs - 2 * hourMs, 'evil-noi-bo.vn');
  await put(
    'misp',
    {
      name: 'MISP A05',
      source: 'A05',
      severity: 'medium',
      feed: { root: 'https://misp.a05.example/taxii2/', collection: 'c1', user: '', everyMinutes: 240 },
    },
    nowMs - 40 * minuteMs,
    Array.from({ length: 9_000 }, (_, i) => `m${i}.evil-misp.ru`).join('\n'),
  );
  await put('cu', { name: 'Chiến dịch bầu cử 2025', source: 'NCSC' }, nowMs - 300 * dayMs, 'evil-cu.vn');
  await api.retire('cu', 'chiến dịch đã kết thúc', 'hồng.ánh');
  memory.nowMs = nowMs;
  const failure = 'connect ECONNREFUSED 203.0.113.20:443';
  await rows.setWork('ncsc', 'poll', nowMs, { ...poll, atMs: nowMs - 14 * minuteMs, ok: false, failure });
  await rows.setWork('misp', 'poll', nowMs, { ...poll, atMs: nowMs - 40 * minuteMs });
  const startedMs = nowMs - 2 * dayMs;
  await rows.setWork('ncsc', 'hunt', nowMs, { ...hunt, startedMs, endedMs: startedMs + 11 * minuteMs });
  await rows.setWork('misp', 'hunt', nowMs, { ...hunt, state: 'running', indicators: 9_000, daysDone: 11, hits: 0 });

  return async ({ method, path: [id = '', sub = ''], query, body, actor }) => {
    memory.nowMs = Date.now();
    const json = (): never => JSON.parse(Buffer.from(body).toString('utf8')) as never;
    const answered = (outcome: Awaited<ReturnType<typeof api.take>> | Awaited<ReturnType<typeof api.put>>): Answer => {
      if (outcome.kind === 'done')
        return { status: 200, body: 'taken' in outcome.value ? outcome.value : { list: outcome.value } };
      const { kind: code } = outcome;
      const message = 'message' in outcome ? outcome.message : code;
      const messageVi = 'messageVi' in outcome ? outcome.messageVi : 'Không được.';
      return { status: code === 'refused' ? 422 : 409, body: { code, message, messageVi } };
    };
    if (id === '') return { status: 200, body: { items: await api.lists() } };
    if (sub === 'content') {
      const mode = query.get('mode') === 'add' ? 'add' : 'replace';
      return answered(await api.take(id, body, { format: 'auto', mode, actor }));
    }
    if (sub === 'indicators' && method === 'GET') {
      const limit = Number(query.get('limit') ?? '50');
      const cursor = query.get('cursor');
      return {
        status: 200,
        body: await api.page(id, { q: query.get('q') ?? '', limit, ...(cursor === null ? {} : { cursor }) }),
      };
    }
    if (sub === 'indicators' && method === 'POST') {
      const wanted: { value: string; description: string; validUntilMs?: number; reason: string } = json();
      return answered(await api.add(id, { validUntilMs: 0, ...wanted, actor }));
    }
    if (sub === 'indicators') {
      const wanted: { type: IndicatorType; value: string; reason: string } = json();
      return answered(await api.remove(id, { ...wanted, actor }));
    }
    if (method === 'PUT') {
      const { list, version }: { list: IndicatorListWanted; version: number } = json();
      return answered(await api.put(id, list, version, actor));
    }
    const { reason }: { reason: string } = json();
    return answered(await api.retire(id, reason, actor));
  };
}

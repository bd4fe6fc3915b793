import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/model/finding.ts';
import { alertRevision } from '../../src/model/finding.ts';
import type { Source } from '../../src/model/source.ts';
import { officeHours, type SourceContract } from '../../src/model/source-contract.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import type { OpenBreach } from '../../src/watch/alert.ts';
import type { WatchedRule } from '../../src/watch/blind.ts';
import { createWatch, type Watch } from '../../src/watch/index.ts';
import type { StoredHour, StoredKind } from '../../src/watch/ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const start = Date.parse('2026-11-16T08:00:00+07:00');

const contract: SourceContract = {
  agreedMs: start - 24 * hourMs,
  kinds: ['windows/security', 'windows/sysmon'],
  volume: null,
  workingHours: officeHours,
  silenceMs: 30 * minuteMs,
  kindSilenceMs: 2 * hourMs,
  lagMs: 0,
  skewMs: 0,
};
const source = (id: string, more: Partial<Source> = {}): Source => ({
  id,
  name: `Nguồn ${id}`,
  org: 'so-tttt',
  system: 'qlvb',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
  contract,
  ...more,
});
const rule = (id: string, logsource: Record<string, string>, ...tags: string[]): WatchedRule => ({
  id,
  title: `Rule ${id}`,
  titleVi: `Luật ${id}`,
  severity: 'high',
  tags,
  logsource,
});
const rules: readonly WatchedRule[] = [
  rule('created', { product: 'windows', category: 'process_creation' }, 'attack.execution', 'attack.t1059.001'),
  rule('sysmon', { product: 'windows', service: 'sysmon' }, 'attack.t1105'),
  rule('logon', { product: 'windows', service: 'security' }, 'attack.t1078', 'attack.t1059.001'),
  rule('linux', { product: 'linux' }, 'attack.t1548'),
  rule('any', {}),
];
const security = '["windows",["process_creation"],["security"]]';
const sysmon = '["windows",["process_creation"],["sysmon"]]';

/** The world as the store would tell it: when each kind of a source was last seen. */
function world(sources: Source[]) {
  const state = {
    nowMs: start,
    sources,
    kinds: [] as StoredKind[],
    hours: [] as StoredHour[],
    gaps: [] as { fromMs: number; untilMs: number }[],
    breaches: new Map<string, OpenBreach>(),
    raised: [] as Alert[],
    beat: 0,
    rounds: 0,
    failRaise: false,
    failBreaches: false,
  };
  const seen = (id: string, tags: string, atMs: number): void => {
    state.kinds = [
      ...state.kinds.filter((k) => k.source !== id || k.tags !== tags),
      { source: id, tags, rows: 1, lastReceivedMs: atMs },
    ];
  };
  const open = (): Watch =>
    createWatch({
      rows: {
        rollUp: async () => void state.rounds++,
        rollUpFrom: async () => 0,
        hours: async () => state.hours,
        kinds: async () => state.kinds,
        parsers: async () => [],
        beat: async () => {
          state.beat = state.nowMs;
        },
        lastBeat: async () => state.beat,
        gaps: async () => state.gaps,
        writeBreaches: async (rows) => {
          if (state.failBreaches) throw new Error('away');
          for (const row of rows) state.breaches.set(row.id, row);
        },
        openBreaches: async () => [...state.breaches.values()].filter(({ untilMs }) => untilMs === 0),
      },
      sources: () => state.sources,
      orgOf: () => 'so-tttt',
      rules: () => rules,
      officialDays: async () => ({ off: [], worked: [] }),
      raise: async (alerts) => {
        if (state.failRaise) throw new Error('away');
        state.raised.push(...alerts);
      },
      lock: (_key, work) => work(),
      process: 'p1',
      clock: () => state.nowMs,
      log: createLog('silent'),
      metrics: createMetrics(),
    });
  return { state, seen, open };
}

describe('a round of the watch', () => {
  let w: ReturnType<typeof world>;
  let watch: Watch;
  const at = async (minutes: number): Promise<readonly Alert[]> => {
    w.state.nowMs = start + minutes * minuteMs;
    const before = w.state.raised.length;
    await watch.round();
    return w.state.raised.slice(before);
  };
  beforeEach(() => {
    w = world([source('dc')]);
    w.seen('dc', security, start);
    w.seen('dc', sysmon, start);
    watch = w.open();
  });

  it('raises one alert for a silence, which says what is blind, and notes the recovery on it', async () => {
    expect(await at(1)).toEqual([]);
    const [alert, ...more] = await at(31);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      rule: {
        id: 'vonggac-source-silent',
        family: 'health',
        severity: 'high',
        titleVi: 'Nguồn nhật ký im lặng: Nguồn dc',
      },
      system: 'qlvb',
      org: 'so-tttt',
      entity: 'dc',
      origin: 'production',
      health: {
        source: 'dc',
        breach: 'silent',
        sinceMs: start,
        recoveredMs: 0,
        blindRules: [
          { id: 'created', title: 'Rule created', titleVi: 'Luật created' },
          { id: 'logon', title: 'Rule logon', titleVi: 'Luật logon' },
          { id: 'sysmon', title: 'Rule sysmon', titleVi: 'Luật sysmon' },
        ],
        blindRulesTotal: 3,
        blindTechniques: ['T1059.001', 'T1078', 'T1105'],
        blindTechniquesTotal: 3,
        whyVi: 'Không có dòng nào từ 16/11/2026 08:00; cam kết: trong giờ phải gửi, im lặng không quá 30 phút.',
      },
    });
    expect(await at(32)).toEqual([]);
    expect(await at(300)).toEqual([]);
    w.seen('dc', security, start + 301 * minuteMs);
    w.seen('dc', sysmon, start + 301 * minuteMs);
    const [ended] = await at(302);
    expect(ended?.id).toBe(alert?.id);
    expect(ended?.health).toMatchObject({ sinceMs: start, recoveredMs: start + 302 * minuteMs, blindRulesTotal: 3 });
    expect(ended === undefined ? 0 : alertRevision(ended)).toBe(2);
    expect(await at(303)).toEqual([]);
  });

  it('what another source of the system still sends is not blind', async () => {
    w.state.sources.push(source('wec', { contract: { ...contract, kinds: [] } }));
    w.seen('wec', security, start + 30 * minuteMs);
    const [alert] = await at(31);
    expect(alert?.health?.blindRules.map(({ id }) => id)).toEqual(['sysmon']);
  });

  it('one kind that stays away blinds what only it fed', async () => {
    w.seen('dc', security, start + 125 * minuteMs);
    const [alert, ...more] = await at(125);
    expect(more).toEqual([]);
    expect(alert?.health).toMatchObject({ breach: 'kind-missing', log: 'windows/sysmon', blindRulesTotal: 1 });
    expect(alert?.health?.blindRules[0]?.id).toBe('sysmon');
  });

  it('a restart, or a second process, raises nothing anew; the newest round is left at that', async () => {
    expect(await at(31)).toHaveLength(1);
    watch = w.open();
    w.state.nowMs += 10_000;
    const before = w.state.rounds;
    await watch.round();
    expect(w.state.rounds).toBe(before);
    expect(await at(40)).toEqual([]);
  });

  it('a crash between the alert and its note tells it again as the same', async () => {
    w.state.failBreaches = true;
    await expect(at(31)).rejects.toThrow('away');
    w.state.failBreaches = false;
    const [again] = await at(33);
    expect(again?.id).toBe(w.state.raised[0]?.id);
    expect(w.state.breaches.size).toBe(1);
  });

  it('while the alert cannot be stored nothing is written down as told', async () => {
    w.state.failRaise = true;
    await expect(at(31)).rejects.toThrow('away');
    expect(w.state.breaches.size).toBe(0);
    w.state.failRaise = false;
    expect(await at(32)).toHaveLength(1);
  });

  it('our own standstill is nobody else’s', async () => {
    w.state.gaps = [{ fromMs: start + minuteMs, untilMs: start + 200 * minuteMs }];
    expect(await at(220)).toEqual([]);
    expect(await at(231)).toHaveLength(1);
  });

  it('a source that is registered no more owes nothing', async () => {
    expect(await at(31)).toHaveLength(1);
    w.state.sources = [];
    expect(await at(60)).toEqual([]);
    expect([...w.state.breaches.values()].every(({ untilMs }) => untilMs > 0)).toBe(true);
  });

  it.each([
    ['production', 1],
    ['drill', 0],
  ] as const)('a confirmed parser that fails, without a contract, of origin %s', async (origin, want) => {
    const { contract: _, ...bare } = source('dc', { parser: 'json', origin });
    w.state.sources = [bare];
    const rows = { rows: 100, rawRows: 90, timedRows: 0, futureRows: 0, delayLowMs: 0, delayMidMs: 0 };
    w.state.hours = [{ source: 'dc', startMs: start, ...rows }];
    expect(await at(10)).toHaveLength(want);
  });

  it('without a contract nothing is said, whatever comes or stays away', async () => {
    const { contract: _, ...bare } = source('dc');
    w.state.sources = [bare];
    expect(await at(50_000)).toEqual([]);
  });
});

/** The watch over sources on the real store: from stored batches to an alert, its incident, and the recovery on both. */
import { describe, expect, test } from 'vitest';
import { alertView, defaultAlertLimits } from '../../src/alert/index.ts';
import { openWatch } from '../../src/compose/watch.ts';
import type { RuleView } from '../../src/contract/api.ts';
import { createIncidents } from '../../src/incident/index.ts';
import type { Alert } from '../../src/model/finding.ts';
import type { Source } from '../../src/model/source.ts';
import { officeHours } from '../../src/model/source-contract.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createRegister } from '../../src/register/index.ts';
import type { Watch } from '../../src/watch/index.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { anEvent, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
const log = createLog('silent');
const minuteMs = 60_000;

const source: Source = {
  id: 'dc',
  name: 'Máy chủ miền',
  org: '',
  system: 'qlvb',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
  contract: {
    agreedMs: t0 - 86_400_000,
    kinds: ['windows/sysmon'],
    volume: null,
    workingHours: officeHours,
    silenceMs: 20 * minuteMs,
    kindSilenceMs: 0,
    lagMs: 0,
    skewMs: 0,
  },
};

const rule: RuleView = {
  id: 'r-1',
  title: 'Shell by a web server',
  titleVi: '',
  severity: 'high',
  status: 'stable',
  description: '',
  author: '',
  license: '',
  references: [],
  tags: ['attack.t1505.003'],
  falsepositives: [],
  logsource: { product: 'windows', category: 'process_creation' },
  file: '',
  text: '',
  hash: '',
};

async function watched(notified: Alert[]): Promise<Watch> {
  const { store } = use();
  const register = createRegister({
    load: async (kind) => (kind === 'source' ? [{ subject: 'dc', document: { ...source } }] : []),
  });
  await register.refresh();
  const lock = (async (_key: unknown, work: (lease: { check(): Promise<void> }) => Promise<unknown>) =>
    work({ check: async () => undefined })) as Parameters<typeof openWatch>[0]['lock'];
  const incidents = createIncidents({
    alerts: store.detection,
    incidents: store.incidents,
    ledger: store.ledger,
    lock,
    names: () => ({ systemName: 'QLVB', orgName: '', systemLevel: 3 }),
    publish: async () => undefined,
    viewAlert: (alert, { code }) => alertView(alert, { incidentCode: code, systemName: 'QLVB' }, defaultAlertLimits),
    warn: () => undefined,
    clock: () => use().clockMs,
  });
  return openWatch({
    store,
    lock,
    register,
    rules: { list: () => [rule] },
    incidents,
    notify: async ({ alert }) => void notified.push(alert),
    process: 'test',
    clock: () => use().clockMs,
    log,
    metrics: createMetrics(),
  });
}

describe('a source that falls silent', () => {
  test('is an alert in an incident of its system; what comes again is noted on both, once', async () => {
    const { store } = use();
    const notified: Alert[] = [];
    let watch = await watched(notified);
    /** A minute of the platform: a sign of life, lines or none, a round. */
    const minute = async (at: number, lines: boolean): Promise<void> => {
      use().clockMs = t0 + at * minuteMs;
      await store.sourceWatch.beat('collect', 'test');
      if (lines) {
        const batch = `m-${at}`;
        const receivedTimeMs = use().clockMs;
        const rows = [anEvent(batch, 0, { source: 'dc', receivedTimeMs, eventTimeMs: receivedTimeMs - 500 })];
        await insertBatch(store.events, { id: batch, day: day0, receivedTimeMs, key: '' }, rows);
      }
      await watch.round();
    };
    const alerts = async (): Promise<readonly Alert[]> =>
      (await store.detection.listAlerts({ limit: 10, systems: null })).items;

    for (let at = 1; at <= 3; at++) await minute(at, true);
    for (let at = 4; at <= 23; at++) await minute(at, false);
    expect(await alerts()).toEqual([]);
    await minute(24, false);
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      rule: { id: 'vonggac-source-silent', family: 'health' },
      system: 'qlvb',
      health: {
        breach: 'silent',
        sinceMs: t0 + 3 * minuteMs,
        recoveredMs: 0,
        blindRules: [{ id: 'r-1', title: 'Shell by a web server', titleVi: '' }],
        blindTechniques: ['T1505.003'],
      },
    });
    expect(notified.map(({ id }) => id)).toEqual([alert?.id]);
    const incident = await store.incidents.get(alert?.incident ?? '');
    expect(incident).toMatchObject({ family: 'health', system: 'qlvb', severity: 'high', alerts: 1, events: 0 });
    expect(incident?.titleVi).toBe('Nguồn nhật ký im lặng: Máy chủ miền');

    // Another process goes on where this one was.
    watch = await watched(notified);
    await minute(30, false);
    expect(await alerts()).toHaveLength(1);
    expect(notified).toHaveLength(1);

    await minute(31, true);
    const [ended] = await alerts();
    expect(ended).toMatchObject({
      id: alert?.id,
      incident: alert?.incident,
      health: { recoveredMs: t0 + 31 * minuteMs },
    });
    expect((await store.incidents.get(alert?.incident ?? ''))?.lastEventMs).toBe(t0 + 31 * minuteMs);
    expect(await store.sourceWatch.openBreaches()).toEqual([]);
    for (let at = 32; at <= 34; at++) await minute(at, false);
    expect(await alerts()).toEqual([ended]);
  });

  test('after a standstill of ours it has its time again', async () => {
    const { store } = use();
    const watch = await watched([]);
    const before = (await store.detection.listAlerts({ limit: 10, systems: null })).items.length;
    // Nothing ran for two hours: no sign of life, and no line.
    for (const at of [155, 156, 157, 160, 165]) {
      use().clockMs = t0 + at * minuteMs;
      await store.sourceWatch.beat('collect', 'test');
      await watch.round();
    }
    expect(await store.sourceWatch.openBreaches()).toEqual([]);
    expect((await store.detection.listAlerts({ limit: 10, systems: null })).items).toHaveLength(before);
  });
});

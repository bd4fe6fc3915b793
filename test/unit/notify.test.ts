import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/model/finding.ts';
import type { IncidentFacts } from '../../src/model/incident.ts';
import type { Delivery, Notice } from '../../src/model/notice.ts';
import type { System } from '../../src/model/register.ts';
import type { Severity } from '../../src/model/severity.ts';
import {
  type Channel,
  createNotifier,
  defaultNotifyLimits,
  type Notifier,
  type NotifyLimits,
  type SendOutcome,
} from '../../src/notify/index.ts';
import { localTime } from '../../src/notify/times.ts';
import { alertOf, incidentOf, systemNamed } from '../harness/api-world.ts';
import { memoryLock } from '../harness/memory-api-ports.ts';

interface Bench {
  readonly notifier: Notifier;
  readonly rows: Delivery[];
  readonly offered: string[];
  readonly sent: Notice[];
  /** Answers of the e-mail channel, in turn; `sent` when used up. */
  readonly answers: SendOutcome[];
  nowMs: number;
  queueAway: boolean;
  storeAway: boolean;
  /** Runs inside each send, e.g. to break something meanwhile. */
  during: () => Promise<void>;
}

function bench(
  o: {
    readonly system?: Partial<System>;
    readonly limits?: Partial<NotifyLimits>;
    readonly email?: boolean;
    readonly rows?: Delivery[];
  } = {},
): Bench {
  const system = { ...systemNamed('qlvb'), ...o.system };
  const rows = o.rows ?? [];
  const documents = (): Notice[] =>
    rows.filter(({ outcome }) => outcome === 'queued').map(({ document }) => JSON.parse(document) as Notice);
  const state: Bench = {
    rows,
    offered: [],
    sent: [],
    answers: [],
    nowMs: Date.UTC(2026, 10, 22, 2, 30, 0),
    queueAway: false,
    storeAway: false,
    during: async () => undefined,
    notifier: createNotifier({
      systemOf: (id) => (id === system.id ? system : null),
      notices: {
        log: async (deliveries) => {
          if (state.storeAway) throw new Error('store away');
          rows.push(...deliveries);
        },
        of: async (incident) => rows.filter((row) => row.incident === incident),
        unfinished: async () =>
          documents().filter(
            ({ id }) => !rows.some((row) => row.notice === id && ['sent', 'gave_up'].includes(row.outcome)),
          ),
        get: async (id) => documents().find((notice) => notice.id === id) ?? null,
      },
      offer: async (id) => {
        if (state.queueAway) throw new Error('queue away');
        state.offered.push(id);
      },
      lock: memoryLock(),
      channels: { email: o.email === false ? null : recording(), webhook: null },
      boardUrl: () => 'https://soc.example.gov.vn',
      clock: () => state.nowMs,
      log: pino({ level: 'silent' }),
      limits: { ...defaultNotifyLimits, ...o.limits },
    }),
  };
  function recording(): Channel {
    return {
      send: async (notice) => {
        state.sent.push(notice);
        await state.during();
        return state.answers.shift() ?? { kind: 'sent', detail: '250 OK' };
      },
      close: async () => undefined,
    };
  }
  return state;
}

function told(severity: Severity, o: Partial<IncidentFacts> = {}): { alert: Alert; incident: IncidentFacts } {
  const alert = alertOf('alert-1', 'inc-1', 'qlvb', 'b-0');
  return {
    alert: { ...alert, rule: { ...alert.rule, severity } },
    incident: { ...incidentOf('inc-1', 'qlvb'), severity, ...o },
  };
}

describe('who is told, and when', () => {
  const thresholds: readonly [Severity, Severity, number][] = [
    ['high', 'medium', 0],
    ['high', 'high', 1],
    ['high', 'critical', 1],
    ['informational', 'informational', 1],
    ['critical', 'high', 0],
  ];
  test.each(thresholds)('from %s, an alert of %s: %i notice(s)', async (notifyFrom, severity, want) => {
    const b = bench({ system: { notifyFrom } });
    expect(await b.notifier.onAlert(told(severity))).toHaveLength(want);
    expect(b.offered).toHaveLength(want);
  });

  test('amendments and repeats tell nobody again; a rise does, once', async () => {
    const b = bench();
    const steps: readonly [Severity, number][] = [
      ['medium', 0],
      ['high', 1],
      ['high', 1],
      ['critical', 2],
      ['critical', 2],
    ];
    for (const [severity, want] of steps) {
      await b.notifier.onAlert(told(severity));
      expect(b.rows.length, severity).toBe(want);
    }
    // A lesser alert of an incident that stands at critical already.
    const lesser = told('high', { severity: 'critical', alerts: 9 });
    expect(await b.notifier.onAlert(lesser)).toEqual([]);
  });

  test('another process that runs the same batch again makes nothing new', async () => {
    const first = bench();
    await first.notifier.onAlert(told('high'));
    const second = bench({ rows: first.rows });
    expect(await second.notifier.onAlert(told('high'))).toEqual([]);
    expect(second.rows).toHaveLength(1);
  });

  test('two incidents are two notices, an unregistered system none', async () => {
    const b = bench();
    await b.notifier.onAlert(told('high'));
    await b.notifier.onAlert(told('high', { id: 'inc-2' }));
    expect(new Set(b.offered).size).toBe(2);
    const { alert, incident } = told('critical');
    expect(await b.notifier.onAlert({ alert: { ...alert, system: '' }, incident })).toEqual([]);
    expect(await b.notifier.onAlert({ alert: { ...alert, system: 'nobody' }, incident })).toEqual([]);
  });

  const contact = { name: 'x', email: '', phone: '' };
  const routes: readonly [string, Partial<System>, readonly (readonly [string, string])[]][] = [
    ['duty by e-mail', {}, [['email', 'truc@qlvb.example.gov.vn']]],
    [
      'the owner when there is no duty address',
      { duty: contact, owner: { ...contact, email: 'o@x.vn' } },
      [['email', 'o@x.vn']],
    ],
    [
      'e-mail and webhook',
      { webhookUrl: 'https://hook.example.vn/secret-path?key=1' },
      [
        ['email', 'truc@qlvb.example.gov.vn'],
        ['webhook', 'https://hook.example.vn'],
      ],
    ],
    ['webhook alone', { duty: contact, owner: contact, webhookUrl: 'https://h.vn/' }, [['webhook', 'https://h.vn']]],
    ['nobody named: still a row', { duty: contact, owner: contact }, [['email', '']]],
  ];
  test.each(routes)('%s', async (_, system, want) => {
    const b = bench({ system });
    await b.notifier.onAlert(told('high'));
    expect(b.rows.map(({ channel, recipient }) => [channel, recipient])).toEqual(want);
  });

  test('the queued row is written before the queue is asked, and holds the whole notice', async () => {
    const b = bench();
    b.storeAway = true;
    await expect(b.notifier.onAlert(told('high'))).rejects.toThrow('store away');
    expect(b.offered).toEqual([]);
    b.storeAway = false;
    b.queueAway = true;
    const [id] = await b.notifier.onAlert(told('high'));
    expect(b.rows).toHaveLength(1);
    expect(JSON.parse(b.rows[0]?.document ?? '')).toMatchObject({
      id,
      incident: 'inc-1',
      recipient: 'truc@qlvb.example.gov.vn',
    });
    b.queueAway = false;
    expect(await b.notifier.sweep()).toBe(1);
    expect(b.offered).toEqual([id]);
  });
});

describe('delivering', () => {
  async function queued(b: Bench): Promise<string> {
    const [id] = await b.notifier.onAlert(told('high'));
    return id ?? '';
  }

  test('sent once, logged, and left alone afterwards', async () => {
    const b = bench();
    const id = await queued(b);
    expect(await b.notifier.deliver(id)).toBe('sent');
    expect(await b.notifier.deliver(id)).toBe('already-done');
    expect(b.sent).toHaveLength(1);
    expect(b.rows.map(({ outcome, attempt, detail }) => [outcome, attempt, detail])).toEqual([
      ['queued', 0, ''],
      ['sent', 1, '250 OK'],
    ]);
    expect(await b.notifier.sweep()).toBe(0);
  });

  test('two workers woken for one notice send it once', async () => {
    const b = bench();
    const id = await queued(b);
    const outcomes = await Promise.all([b.notifier.deliver(id), b.notifier.deliver(id), b.notifier.deliver(id)]);
    expect(outcomes.sort()).toEqual(['already-done', 'already-done', 'sent']);
    expect(b.sent).toHaveLength(1);
  });

  test('failures throw for a retry and are counted, until it is given up', async () => {
    const b = bench({ limits: { attemptsMax: 3 } });
    const id = await queued(b);
    b.answers.push(...[1, 2, 3].map((n) => ({ kind: 'failed', permanent: false, detail: `no ${n}` }) as const));
    await expect(b.notifier.deliver(id)).rejects.toMatchObject({ code: 'delivery-failed', attempt: 1 });
    await expect(b.notifier.deliver(id)).rejects.toMatchObject({ code: 'delivery-failed', attempt: 2 });
    expect(await b.notifier.deliver(id)).toBe('gave-up');
    expect(await b.notifier.deliver(id)).toBe('already-done');
    expect(b.rows.map(({ outcome, attempt, detail }) => [outcome, attempt, detail])).toEqual([
      ['queued', 0, ''],
      ['failed', 1, 'no 1'],
      ['failed', 2, 'no 2'],
      ['gave_up', 3, 'no 3'],
    ]);
  });

  test('a failure followed by success ends as sent', async () => {
    const b = bench();
    const id = await queued(b);
    b.answers.push({ kind: 'failed', permanent: false, detail: 'busy' });
    await expect(b.notifier.deliver(id)).rejects.toThrow('busy');
    expect(await b.notifier.deliver(id)).toBe('sent');
  });

  test('a permanent refusal is given up at once', async () => {
    const b = bench();
    const id = await queued(b);
    b.answers.push({ kind: 'failed', permanent: true, detail: '550 no such mailbox' });
    expect(await b.notifier.deliver(id)).toBe('gave-up');
    expect(b.rows.at(-1)).toMatchObject({ outcome: 'gave_up', attempt: 1, detail: '550 no such mailbox' });
  });

  test('without SMTP the incident shows that, and nothing crashes', async () => {
    const b = bench({ email: false });
    expect(await b.notifier.deliver(await queued(b))).toBe('gave-up');
    expect(b.rows.at(-1)).toMatchObject({ outcome: 'gave_up', detail: expect.stringContaining('no SMTP configured') });
  });

  test('without an address the incident shows that', async () => {
    const nobody = { name: '', email: '', phone: '' };
    const b = bench({ system: { duty: nobody, owner: nobody } });
    expect(await b.notifier.deliver(await queued(b))).toBe('gave-up');
    expect(b.rows.at(-1)?.detail).toContain('no duty address');
    expect(b.sent).toEqual([]);
  });

  test('a crash between sending and logging sends again: the same message, recognisable as one', async () => {
    const b = bench();
    const id = await queued(b);
    b.during = async () => {
      b.storeAway = true;
    };
    await expect(b.notifier.deliver(id)).rejects.toThrow('store away');
    b.storeAway = false;
    b.during = async () => undefined;
    expect(await b.notifier.deliver(id)).toBe('sent');
    expect(b.sent).toHaveLength(2);
    expect(b.sent[0]).toEqual(b.sent[1]);
  });

  test('what the other side says is cut to one bounded line', async () => {
    const b = bench({ limits: { detailLengthMax: 20 } });
    const id = await queued(b);
    b.answers.push({ kind: 'sent', detail: `250\r\nok\u0007 ${'x'.repeat(1000)}` });
    await b.notifier.deliver(id);
    expect(b.rows.at(-1)?.detail).toBe('250 ok xxxxxxxxxxxx…');
  });

  test('a job for a notice nobody wrote is dropped', async () => {
    expect(await bench().notifier.deliver('feed')).toBe('unknown');
  });

  test('a sweep is bounded', async () => {
    const b = bench({ limits: { sweepMax: 2 } });
    for (const id of ['a', 'b', 'c']) await b.notifier.onAlert(told('high', { id }));
    b.offered.length = 0;
    expect(await b.notifier.sweep()).toBe(2);
    expect(b.offered).toHaveLength(2);
  });
});

describe('what they read', () => {
  async function written(o: Partial<IncidentFacts>, system: Partial<System> = {}): Promise<Notice> {
    const b = bench({ system });
    await b.notifier.onAlert(told('high', o));
    return JSON.parse(b.rows.at(-1)?.document ?? '') as Notice;
  }

  const subjects: readonly [string, Partial<IncidentFacts>, RegExp][] = [
    ['production has no mark', { origin: 'production' }, /^\[Cao\] SC-2611-INC-1: Truy cập web shell – Hệ thống qlvb$/],
    ['a drill says so first', { origin: 'drill', drill: 'd1' }, /^\[DIỄN TẬP\] \[Cao\] /],
    ['a test says so first', { origin: 'test' }, /^\[THỬ NGHIỆM\] \[Cao\] /],
    ['a title cannot pretend to be a drill', { titleVi: '[DIỄN TẬP] x' }, /^\[Cao\] /],
    ['line breaks are taken out', { titleVi: 'a\r\nBcc: x' }, /^\[Cao\] SC-2611-INC-1: a Bcc: x – /],
    ['English where there is no Vietnamese', { titleVi: '' }, /Web shell reached/],
  ];
  test.each(subjects)('%s', async (_, facts, want) => {
    expect((await written(facts)).subject).toMatch(want);
  });

  test('the text is Vietnamese first, with local times, the link and no line of a log', async () => {
    const { text } = await written({ origin: 'drill' });
    const [vietnamese = '', english = ''] = text.split('\n----\n');
    expect(vietnamese).toMatch(/^Kính gửi: Trực qlvb\n\(English below\.\)\n\nĐÂY LÀ DIỄN TẬP/);
    expect(vietnamese).toContain('Từ: 22/11/2026 09:30:00 +07:00');
    expect(vietnamese).toContain('Chi tiết (cần tài khoản của trung tâm): https://soc.example.gov.vn/incidents/inc-1');
    expect(english).toContain('THIS IS A DRILL');
    expect(english).toContain('From: 22/11/2026 09:30:00 +07:00');
    expect(text).not.toMatch(/shell\.jsp|GET \//);
  });

  test('the text says what to do, and whom to call in the agency when the register knows', async () => {
    const { text } = await written({});
    expect(text).toContain('gọi trực ban trung tâm giám sát ngay, nêu mã SC-2611-INC-1');
    expect(text).toContain('không tắt máy');
    const named = await written({}, { owner: { name: 'Phạm Thanh Hà', email: '', phone: '000 000 0101' } });
    expect(named.text).toContain('4. Báo chủ quản hệ thống: Phạm Thanh Hà, 000 000 0101.');
    const nobody = await written({}, { owner: { name: '', email: '', phone: '' } });
    expect(nobody.text).not.toContain('4. ');
  });

  test('the webhook body says the same as data', async () => {
    const notice = await written({ origin: 'drill', drill: 'd1' }, { webhookUrl: 'https://h.vn/' });
    expect(notice.channel).toBe('webhook');
    expect(JSON.parse(notice.body)).toMatchObject({
      version: 1,
      notice: notice.id,
      origin: 'drill',
      severity: 'high',
      severityRank: 4,
      incident: { id: 'inc-1' },
      system: { id: 'qlvb' },
    });
  });

  const times: readonly [number, string][] = [
    [Date.UTC(2026, 10, 22, 2, 30, 0), '22/11/2026 09:30:00 +07:00'],
    [Date.UTC(2026, 11, 31, 17, 0, 0), '01/01/2027 00:00:00 +07:00'],
    [Date.UTC(2024, 1, 28, 23, 59, 59, 999), '29/02/2024 06:59:59 +07:00'],
  ];
  test.each(times)('%i reads %s', (ms, want) => expect(localTime(ms)).toBe(want));
});

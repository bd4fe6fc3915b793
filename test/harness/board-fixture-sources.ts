import type { BreachView, SourceWatchView } from '../../src/contract/sources.ts';
import type { SourceContract } from '../../src/model/source-contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const quiet = { least: 0, most: 2_000 };
export const contract: SourceContract = {
  agreedMs: Date.UTC(2026, 9, 1),
  kinds: ['windows/security', 'windows/sysmon'],
  volume: { working: { least: 400, most: 60_000 }, night: quiet, weekend: quiet, holiday: quiet },
  workingHours: { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5] },
  silenceMs: 90 * minuteMs,
  kindSilenceMs: 24 * hourMs,
  lagMs: 10 * minuteMs,
  skewMs: 5_000,
};

function breach(id: string, more: Partial<BreachView>): BreachView {
  return {
    alert: `breach-${id}`,
    kind: 'silent',
    log: '',
    sinceMs: Date.now() - 26 * hourMs,
    why: 'Nothing since 21/11/2026 02:10; agreed: silent for at most 1 h 30 min while lines are due.',
    whyVi: 'Không có dòng nào từ 21/11/2026 02:10; cam kết: trong giờ phải gửi, im lặng không quá 1 giờ 30 phút.',
    blindRules: Array.from({ length: 12 }, (_, i) => ({
      id: `rule-${i}`,
      title: `Suspicious Child Process Of A Web Server Worker, Variant ${i + 1}`,
      titleVi: i % 2 === 0 ? `Tiến trình con đáng ngờ của máy chủ web, biến thể ${i + 1}` : '',
    })),
    blindRulesTotal: 1_214,
    blindTechniques: ['T1003.001', 'T1021.002', 'T1059.001', 'T1070.001', 'T1078', 'T1098', 'T1110.003'],
    blindTechniquesTotal: 143,
    ...more,
  };
}

/** Sources of every kind the page has to show: broken, thin, ahead, in the wrong zone, pinned, never heard of. */
export function makeSources(nowMs: number): SourceWatchView[] {
  const hours = (most: number): number[] =>
    Array.from({ length: 24 }, (_, i) => Math.round(most * (0.15 + 0.85 * Math.max(0, Math.sin((i - 3) / 4)) ** 2)));
  const base: SourceWatchView = {
    id: 'win',
    name: 'Máy chủ Windows trung tâm dữ liệu',
    org: 'tthdl',
    system: 'quantrimien',
    systemName: 'Quản trị miền',
    version: 3,
    parser: 'auto',
    encoding: '',
    certificates: [],
    contract,
    timeCorrection: null,
    lastReceivedMs: nowMs - 2_000,
    hours: hours(36_720),
    rawShare: 0.001,
    futureRows: 0,
    clock: { samples: 812_004, zoneErrorMs: 0, skewMs: -310, lagMs: 1_900 },
    corrected: { samples: 812_004, zoneErrorMs: 0, skewMs: -310, lagMs: 1_900 },
    detected: [
      { parser: 'evtx-json', rows: 5_210_441 },
      { parser: 'raw', rows: 41_020 },
    ],
    detectedRows: 5_251_461,
    candidate: 'evtx-json',
    candidateShare: 0.992,
    breaches: [],
  };
  const utc = { samples: 9_120, zoneErrorMs: 7 * hourMs, skewMs: -400, lagMs: 3_000 };
  return [
    base,
    {
      ...base,
      id: 'his',
      name: 'HIS Bệnh viện Đa khoa tỉnh',
      system: 'his',
      systemName: 'HIS',
      lastReceivedMs: nowMs - 26 * hourMs,
      hours: [...hours(5_000).slice(0, 3), ...Array.from({ length: 21 }, () => 0)],
      clock: null,
      corrected: null,
      breaches: [breach('his', {})],
    },
    {
      ...base,
      id: 'fw',
      name: 'Tường lửa biên FortiGate',
      system: '',
      systemName: '',
      parser: 'syslog',
      certificates: ['fw-01.tinh.example', 'AB:'.repeat(31).concat('CD')],
      contract: null,
      hours: hours(110_400),
      candidate: 'syslog',
      candidateShare: 1,
      detected: [{ parser: 'syslog-3164+key-value', rows: 18_402_112 }],
      detectedRows: 18_402_112,
      clock: utc,
      corrected: utc,
    },
    {
      ...base,
      id: 'xa',
      name: 'Trang thông tin điện tử xã Mỹ Thạnh Đông'.normalize('NFD'),
      system: 'tttdt',
      systemName: 'Trang TTĐT',
      encoding: 'tcvn3',
      timeCorrection: { addMs: 7 * hourMs, reason: 'Máy chủ ghi giờ UTC' },
      clock: utc,
      corrected: { samples: 9_120, zoneErrorMs: 0, skewMs: -400, lagMs: 3_000 },
      futureRows: 12,
      breaches: [
        breach('xa', {
          kind: 'kind-missing',
          log: 'linux/auditd',
          blindRulesTotal: 41,
          blindTechniquesTotal: 22,
          whyVi: 'Không có linux/auditd từ 21/11/2026 02:10; cam kết: trong giờ phải gửi, cách nhau không quá 1 ngày.',
        }),
        breach('xa2', {
          kind: 'lag',
          blindRules: [],
          blindRulesTotal: 0,
          blindTechniques: [],
          blindTechniquesTotal: 0,
        }),
      ],
    },
    {
      ...base,
      id: 'moi',
      name: 'Nguồn mới, chưa gửi',
      contract: null,
      lastReceivedMs: 0,
      hours: hours(0).map(() => 0),
      clock: null,
      corrected: null,
      detected: [],
      detectedRows: 0,
      candidate: '',
      candidateShare: 0,
    },
  ];
}

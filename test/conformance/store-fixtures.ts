import type { SecurityEvent } from '../../src/model/event.ts';
import type { Alert, Finding } from '../../src/model/finding.ts';
import type { IncidentRow } from '../../src/store/index.ts';

/** 22/11/2026 05:00:00 UTC. */
export const t0 = Date.UTC(2026, 10, 22, 5);
export const day0 = '2026-11-22';

export function anEvent(batch: string, index: number, more: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    id: `${batch}-${index.toString(36)}`,
    batch,
    eventTimeMs: t0 + index * 1000,
    receivedTimeMs: t0 + 5_000,
    host: 'qlvb-web01',
    org: 'so-tttt',
    system: 'qlvb',
    source: 'src-qlvb',
    origin: 'production',
    drill: '',
    lane: '',
    level: 3,
    logsource: { product: 'windows', categories: ['process_creation'], services: ['sysmon'] },
    message: `Tiến trình mới số ${index}`,
    raw: `raw line ${index}`,
    fields: { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: `cmd /c echo ${index}`, EventID: 1 },
    parser: 'evtx-json',
    parseStatus: 'parsed',
    mappings: 'm1',
    parseReason: '',
    ...more,
  };
}

export function events(batch: string, count: number, more: Partial<SecurityEvent> = {}): SecurityEvent[] {
  return Array.from({ length: count }, (_, i) => anEvent(batch, i, more));
}

export function aFinding(alert: string, event: string, more: Partial<Finding> = {}): Finding {
  return {
    rule: 'rule-1',
    event,
    batch: event.slice(0, event.lastIndexOf('-')),
    day: day0,
    alert,
    eventTimeMs: t0,
    receivedTimeMs: t0 + 5_000,
    matched: [{ field: 'Image', value: 'cmd.exe', selection: 'selection', how: 'endswith', spans: [[0, 7]] }],
    ...more,
  };
}

export function anAlert(id: string, more: Partial<Alert> = {}): Alert {
  return {
    id,
    rule: {
      id: 'rule-1',
      title: 'Shell',
      titleVi: 'Vỏ lệnh',
      severity: 'high',
      hash: 'h1',
      tags: ['attack.execution'],
      author: 'us',
      license: 'Apache-2.0',
      family: 'intrusion',
    },
    origin: 'production',
    drill: '',
    lane: '',
    org: 'so-tttt',
    system: 'qlvb',
    host: 'qlvb-web01',
    entity: 'qlvb-web01',
    windowStartMs: t0,
    firstEventMs: t0,
    lastEventMs: t0 + 1000,
    firstReceivedMs: t0 + 5_000,
    events: 1,
    evidence: [{ event: 'b1-0', day: day0 }],
    entities: [{ kind: 'host', value: 'qlvb-web01' }],
    incident: 'inc-1',
    createdMs: t0 + 6_000,
    ...more,
  };
}

export function anIncident(id: string, more: Partial<IncidentRow> = {}): IncidentRow {
  return {
    id,
    groupKey: 'group-1',
    revision: 1,
    code: `SC-2611-${id}`,
    title: 'Intrusion on qlvb-web01',
    titleVi: 'Xâm nhập qlvb-web01',
    family: 'intrusion',
    entity: 'qlvb-web01',
    severity: 'high',
    origin: 'production',
    drill: '',
    lane: '',
    org: 'so-tttt',
    system: 'qlvb',
    hosts: ['qlvb-web01'],
    tags: ['attack.execution'],
    alerts: 1,
    events: 1,
    firstEventMs: t0,
    lastEventMs: t0 + 1000,
    openedMs: t0 + 6_000,
    ...more,
  };
}

import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import type { System } from '../model/register.ts';
import { type Severity, severityRank } from '../model/severity.ts';
import { bounded } from './channel.ts';
import { localTime } from './times.ts';

/** What a message is about. Pure data in, text out; no line of a log goes out with it. */
export interface Subject {
  readonly alert: Alert;
  readonly incident: IncidentFacts;
  readonly system: System;
  readonly severity: Severity;
  /** The incident's page; '' when the board has no address. */
  readonly url: string;
  readonly textLengthMax: number;
}

const severityVi: Readonly<Record<Severity, string>> = {
  informational: 'Thông tin',
  low: 'Thấp',
  medium: 'Trung bình',
  high: 'Cao',
  critical: 'Nghiêm trọng',
};

/** What is not a real incident says so before anything else. */
const marks = { production: '', drill: '[DIỄN TẬP] ', test: '[THỬ NGHIỆM] ' } as const;

export function subjectLine(s: Subject): string {
  const { incident, severity, system } = s;
  const title = incident.titleVi === '' ? incident.title : incident.titleVi;
  const text = `[${severityVi[severity]}] ${incident.code}: ${title} – ${system.name}`;
  return marks[incident.origin] + bounded(text, s.textLengthMax);
}

/** The message to people: Vietnamese, each label with English beside. */
export function bodyText(s: Subject): string {
  const { incident, alert, system, severity } = s;
  const clean = (text: string): string => bounded(text, s.textLengthMax);
  const both = (vi: string, en: string): string => clean(vi === '' || vi === en ? en : `${vi} / ${en}`);
  const lines = [
    `Kính gửi / To: ${clean(system.duty.name === '' ? system.orgName : system.duty.name)}`,
    '',
    ...markLines(incident.origin),
    'Trung tâm giám sát ghi nhận sự cố an ninh mạng trên hệ thống của đơn vị.',
    'The monitoring centre has detected a security incident on your system.',
    '',
    `Mã sự cố / Incident: ${clean(incident.code)}`,
    `Nội dung / What: ${both(incident.titleVi, incident.title)}`,
    `Mức độ / Severity: ${severityVi[severity]} / ${severity} (${severityRank(severity)}/5)`,
    `Hệ thống / System: ${clean(system.name)} – ${clean(system.orgName)}`,
    `Đối tượng / On: ${clean(incident.entity)}`,
    `Dấu hiệu mới nhất / Latest sign: ${both(alert.rule.titleVi, alert.rule.title)}`,
    `Số cảnh báo, sự kiện / Alerts, events: ${incident.alerts}, ${incident.events}`,
    `Từ / From: ${localTime(incident.firstEventMs)}`,
    `Đến / To: ${localTime(incident.lastEventMs)}`,
    ...(s.url === '' ? [] : [`Chi tiết / Details: ${s.url}`]),
    '',
    'Đề nghị kiểm tra, giữ nguyên chứng cứ và phản hồi cho trung tâm.',
    'Please check, keep the evidence as it is, and answer the centre.',
  ];
  return `${lines.join('\n')}\n`;
}

function markLines(origin: IncidentFacts['origin']): readonly string[] {
  if (origin === 'drill')
    return ['ĐÂY LÀ DIỄN TẬP, không phải sự cố thật. / THIS IS A DRILL, not a real incident.', ''];
  if (origin === 'test') return ['ĐÂY LÀ BẢN TIN THỬ. / THIS IS A TEST MESSAGE.', ''];
  return [];
}

/** The JSON a webhook receives. Times are ms since the epoch, UTC. */
export function webhookBody(s: Subject, notice: string): string {
  const { incident, alert, system, severity } = s;
  const { id, code, title, titleVi, family, entity, hosts, tags, alerts, events, firstEventMs, lastEventMs } = incident;
  return JSON.stringify({
    version: 1,
    notice,
    origin: incident.origin,
    drill: incident.drill,
    severity,
    severityRank: severityRank(severity),
    incident: { id, code, title, titleVi, family, entity, hosts, tags, alerts, events, firstEventMs, lastEventMs },
    alert: { id: alert.id, rule: alert.rule.id, title: alert.rule.title, titleVi: alert.rule.titleVi },
    system: { id: system.id, name: system.name, org: system.org },
    url: s.url,
  });
}

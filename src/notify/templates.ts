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

/**
 * The message to people, who are no specialists: Vietnamese whole, then English whole, so that nobody reads two
 * languages at once. What was seen, what to do, whom to call.
 */
export function bodyText(s: Subject): string {
  const { incident, alert, system, severity } = s;
  const clean = (text: string): string => bounded(text, s.textLengthMax);
  const code = clean(incident.code);
  const what = [clean(incident.titleVi || incident.title), clean(incident.title)] as const;
  const latest = [clean(alert.rule.titleVi || alert.rule.title), clean(alert.rule.title)] as const;
  const rank = `${severityRank(severity)}/5`;
  const systemOf = clean(`${system.name} – ${system.orgName}`);
  const hosts = clean(incident.hosts.length === 0 ? incident.entity : incident.hosts.join(', '));
  const from = localTime(incident.firstEventMs);
  const to = localTime(incident.lastEventMs);
  const owner = clean([system.owner.name, system.owner.phone].filter((part) => part !== '').join(', '));
  const mark = bodyMarks[incident.origin];
  const lines = [
    `Kính gửi: ${clean(system.duty.name || system.orgName)}`,
    '(English below.)',
    '',
    ...(mark === null ? [] : [mark.vi, '']),
    'Trung tâm giám sát thấy dấu hiệu mất an toàn thông tin trên hệ thống của đơn vị.',
    '',
    `Mã sự cố: ${code}`,
    `Hệ thống: ${systemOf}`,
    `Đã thấy: ${what[0]}`,
    ...(latest[0] === what[0] ? [] : [`Mới nhất: ${latest[0]}`]),
    `Mức độ: ${severityVi[severity]} (${rank})`,
    `Máy: ${hosts}`,
    `Từ: ${from}`,
    `Đến: ${to}`,
    `Số cảnh báo: ${incident.alerts} (từ ${incident.events} sự kiện)`,
    '',
    'Đề nghị đơn vị:',
    `1. Trả lời thư này hoặc gọi trực ban trung tâm giám sát ngay, nêu mã ${code}: đã nhận, ai xử lý.`,
    '2. Cho biết đây có phải việc của đơn vị không (bảo trì, cập nhật, kiểm thử đã lên lịch).',
    '3. Giữ nguyên hiện trạng: không tắt máy, không cài lại, không xóa tệp hay nhật ký. Chỉ ngắt mạng khi đã thống nhất với trung tâm.',
    ...(owner === '' ? [] : [`4. Báo chủ quản hệ thống: ${owner}.`]),
    ...(s.url === '' ? [] : ['', `Chi tiết (cần tài khoản của trung tâm): ${s.url}`]),
    '',
    '----',
    '',
    `To: ${clean(system.duty.name || system.orgName)}`,
    '',
    ...(mark === null ? [] : [mark.en, '']),
    'The monitoring centre has seen signs of a security incident on your system.',
    '',
    `Incident: ${code}`,
    `System: ${systemOf}`,
    `Seen: ${what[1]}`,
    ...(latest[1] === what[1] ? [] : [`Latest: ${latest[1]}`]),
    `Severity: ${severity} (${rank})`,
    `Hosts: ${hosts}`,
    `From: ${from}`,
    `To: ${to}`,
    `Alerts: ${incident.alerts} (of ${incident.events} events)`,
    '',
    'Please:',
    `1. Answer this message or call the duty desk of the monitoring centre now, naming ${code}: received, and who handles it.`,
    '2. Say whether this is work of your own (maintenance, update, planned test).',
    '3. Leave everything as it is: do not switch off, reinstall, or delete files or logs. Disconnect only as agreed with the centre.',
    ...(owner === '' ? [] : [`4. Tell the owner of the system: ${owner}.`]),
    ...(s.url === '' ? [] : ['', `Details (needs an account of the centre): ${s.url}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** In the text, too, what is not a real incident says so first. */
const bodyMarks: Readonly<Record<IncidentFacts['origin'], { readonly vi: string; readonly en: string } | null>> = {
  production: null,
  drill: {
    vi: 'ĐÂY LÀ DIỄN TẬP, không phải sự cố thật. Xử lý theo kế hoạch diễn tập.',
    en: 'THIS IS A DRILL, not a real incident. Follow the plan of the drill.',
  },
  test: { vi: 'ĐÂY LÀ BẢN TIN THỬ, không cần xử lý.', en: 'THIS IS A TEST MESSAGE; nothing needs to be done.' },
};

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

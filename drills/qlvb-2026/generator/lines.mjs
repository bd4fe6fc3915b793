/**
 * Lines as the province's log sources write them, with placeholders for every timestamp (docs/drills.md).
 * Each function gives the text a collector receives.
 */
export const domain = 'lamgiang.example.vn';
export const app01 = `QLVB-APP01.${domain}`;
export const dc01 = `DC01.${domain}`;

export const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/138.0.0 Chrome/138.0.0.0 Safari/537.36',
];
export const phones = [
  'Mozilla/5.0 (Linux; Android 15; SM-A556E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];

/** nginx combined format, forwarded by nginx's own syslog writer (facility local7, severity info). */
export function nginx(host, { ip, method = 'GET', uri, status = 200, bytes, referer = '-', agent }) {
  const request = `${method} ${uri} HTTP/1.1`;
  return `<190>{{syslog3164}} ${host} nginx: ${ip} - - [{{clf}}] "${request}" ${status} ${bytes} "${referer}" "${agent}"`;
}

/** Windows event as a forwarder renders it to JSON. */
function windows(channel, provider, eventId, computer, record, section) {
  const system = {
    Provider: { '#attributes': { Name: provider } },
    EventID: eventId,
    Level: 4,
    TimeCreated: { '#attributes': { SystemTime: '{{evtx}}' } },
    EventRecordID: record,
    Channel: channel,
    Computer: computer,
  };
  return JSON.stringify({ Event: { System: system, ...section } });
}

export const sysmon = (computer, record, eventId, data) =>
  windows('Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Sysmon', eventId, computer, record, {
    EventData: { RuleName: '-', UtcTime: '{{utc-4}}', ...data },
  });

export const security = (computer, record, eventId, data) =>
  windows('Security', 'Microsoft-Windows-Security-Auditing', eventId, computer, record, { EventData: data });

export const serviceControl = (computer, record, eventId, data) =>
  windows('System', 'Service Control Manager', eventId, computer, record, { EventData: data });

export const powershell = (computer, record, text, id) =>
  windows('Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell', 4104, computer, record, {
    EventData: { MessageNumber: 1, MessageTotal: 1, ScriptBlockText: text, ScriptBlockId: id, Path: '' },
  });

/** 1102 (channel Security) or 104 (channel System): the log that was emptied. */
export function logCleared(computer, record, { user, domain: of, log }) {
  const isSecurity = log === 'Security';
  return windows(isSecurity ? 'Security' : 'System', 'Microsoft-Windows-Eventlog', isSecurity ? 1102 : 104, computer, record, {
    UserData: {
      LogFileCleared: {
        SubjectUserName: user,
        SubjectDomainName: of,
        SubjectLogonId: '0x8f31a',
        ...(isSecurity ? {} : { Channel: log, BackupPath: '' }),
      },
    },
  });
}

/** Application log of the document system: one JSON object a line, local time with zone. */
export function qlvb(fields) {
  const { message, ...rest } = fields;
  return JSON.stringify({
    time: '{{iso7}}',
    product: 'qlvb',
    category: 'application',
    host: 'QLVB-APP01',
    ...rest,
    message,
  });
}

/** RFC 3164 as old rsyslog forwards it. */
export const syslog3164 = (pri, host, program, message) => `<${pri}>{{syslog3164}} ${host} ${program}: ${message}`;

/** RFC 5424 with the local zone. */
export const syslog5424 = (pri, host, program, pid, message) => `<${pri}>1 {{iso7}} ${host} ${program} ${pid} - - ${message}`;

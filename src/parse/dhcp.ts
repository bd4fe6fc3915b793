import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

const dhcpSentences: readonly Sentence[] = [
  sentence(
    'DHCPACK ',
    /^DHCPACK (?:on|to) (?<ip>[0-9.]+)(?: to| \(?) ?(?<mac>[0-9a-f:]{11,32})\)?(?: \((?<client_name>[^)]*)\))? via (?<interface>\S+)/,
    'dhcp_ack',
    'success',
  ),
  sentence(
    'DHCPNAK ',
    /^DHCPNAK on (?<ip>[0-9.]+) to (?<mac>[0-9a-f:]{11,32})(?: via (?<interface>\S+))?/,
    'dhcp_nak',
    'failure',
  ),
  sentence(
    'DHCPREQUEST ',
    /^DHCPREQUEST for (?<ip>[0-9.]+)(?: \([0-9.]+\))? from (?<mac>[0-9a-f:]{11,32})(?: \((?<client_name>[^)]*)\))? via (?<interface>[^\s:]+)/,
    'dhcp_request',
  ),
  sentence(
    'DHCPDISCOVER ',
    /^DHCPDISCOVER from (?<mac>[0-9a-f:]{11,32})(?: \((?<client_name>[^)]*)\))? via (?<interface>[^\s:]+)/,
    'dhcp_discover',
  ),
  sentence(
    'DHCPOFFER ',
    /^DHCPOFFER on (?<ip>[0-9.]+) to (?<mac>[0-9a-f:]{11,32})(?: \((?<client_name>[^)]*)\))? via (?<interface>\S+)/,
    'dhcp_offer',
  ),
  sentence(
    'DHCPRELEASE ',
    /^DHCPRELEASE of (?<ip>[0-9.]+) from (?<mac>[0-9a-f:]{11,32})(?: \((?<client_name>[^)]*)\))? via (?<interface>\S+)/,
    'dhcp_release',
  ),
  sentence('DHCPINFORM ', /^DHCPINFORM from (?<ip>[0-9.]+)(?: via (?<interface>\S+))?/, 'dhcp_inform'),
  sentence('DHCPDECLINE ', /^DHCPDECLINE of (?<ip>[0-9.]+) from (?<mac>[0-9a-f:]{11,32})/, 'dhcp_decline', 'failure'),
];

/** ISC dhcpd. */
export const dhcpdBody: BodyFormat = {
  id: 'dhcpd',
  programs: ['dhcpd', 'isc-dhcp-server'],
  looksLike: null,
  words: (body) => readSentence(dhcpSentences, body),
};

const dnsmasqSentences: readonly Sentence[] = [
  sentence('query[', /^query\[(?<record_type>[A-Z0-9]{1,12})\] (?<query>\S+) from (?<src_ip>\S+)/, 'dns_query'),
  sentence('forwarded ', /^forwarded (?<query>\S+) to (?<dst_ip>\S+)/, 'dns_forward'),
  sentence('reply ', /^reply (?<query>\S+) is (?<answer>\S+)/, 'dns_answer'),
  sentence('cached ', /^cached (?<query>\S+) is (?<answer>\S+)/, 'dns_answer'),
  sentence('config ', /^config (?<query>\S+) is (?<answer>\S+)/, 'dns_answer'),
  sentence(
    'DHCPACK(',
    /^DHCPACK\((?<interface>[^)]*)\) (?<ip>\S+) (?<mac>[0-9a-f:]{11,32})(?: (?<client_name>\S+))?/,
    'dhcp_ack',
    'success',
  ),
  sentence('DHCPNAK(', /^DHCPNAK\((?<interface>[^)]*)\) (?<ip>\S+) (?<mac>[0-9a-f:]{11,32})/, 'dhcp_nak', 'failure'),
  sentence('DHCPREQUEST(', /^DHCPREQUEST\((?<interface>[^)]*)\) (?<ip>\S+) (?<mac>[0-9a-f:]{11,32})/, 'dhcp_request'),
  sentence(
    'DHCPDISCOVER(',
    /^DHCPDISCOVER\((?<interface>[^)]*)\) (?:(?<ip>[0-9.]+) )?(?<mac>[0-9a-f:]{11,32})/,
    'dhcp_discover',
  ),
  sentence('DHCPOFFER(', /^DHCPOFFER\((?<interface>[^)]*)\) (?<ip>\S+) (?<mac>[0-9a-f:]{11,32})/, 'dhcp_offer'),
];

/** dnsmasq, names and addresses. With `log-queries=extra` a counter and the asker stand before the words. */
export const dnsmasqBody: BodyFormat = {
  id: 'dnsmasq',
  programs: ['dnsmasq', 'dnsmasq-dhcp'],
  looksLike: null,
  words: (body) => {
    const extra = /^\d{1,10} ([0-9a-fA-F.:]{2,45})\/(\d{1,5}) /.exec(body);
    if (extra === null) return readSentence(dnsmasqSentences, body);
    const said = readSentence(dnsmasqSentences, body.slice(extra[0].length));
    return said === null ? null : { src_ip: extra[1] ?? '', src_port: Number(extra[2]), ...said };
  },
};

const windowsBegin = /^(\d{1,5}),(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d),/;
const columns: readonly string[] = [
  ...[
    'id',
    '',
    '',
    'description',
    'ip',
    'client_name',
    'mac',
    'user',
    'transaction',
    'q_result',
    'probation',
    'correlation',
  ],
  ...[
    'dhcid',
    'vendor_class_hex',
    'vendor_class',
    'user_class_hex',
    'user_class',
    'relay_information',
    'dns_registration_error',
  ],
];
/** Event ids of the DHCP server's audit log. */
const actions: Readonly<Record<string, readonly [string, 'success' | 'failure']>> = {
  '10': ['dhcp_ack', 'success'],
  '11': ['dhcp_renew', 'success'],
  '12': ['dhcp_release', 'success'],
  '13': ['dhcp_conflict', 'failure'],
  '14': ['dhcp_no_address', 'failure'],
  '15': ['dhcp_nak', 'failure'],
  '16': ['dhcp_lease_deleted', 'success'],
  '17': ['dhcp_lease_expired', 'success'],
  '18': ['dhcp_lease_expired', 'success'],
  '20': ['dhcp_bootp', 'success'],
  '30': ['dns_update_request', 'success'],
  '31': ['dns_update', 'failure'],
  '32': ['dns_update', 'success'],
};

/** The audit log of Windows' DHCP server (DhcpSrvLog-*.log): comma-separated, month first, local time. */
export const windowsDhcpFormat: LineFormat = {
  id: 'windows-dhcp',
  starts: '0123456789',
  looksLike: (text) => windowsBegin.test(text),
  parse: (text): ParseOutcome => {
    const found = windowsBegin.exec(text);
    if (found === null) return notUnderstood('windows-dhcp-head');
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = found.slice(2).map(Number);
    const timeMs = calendarMs(2000 + year, month, day, hour, minute, second, localZoneMinutes);
    const fields: Record<string, FieldValue> = {};
    for (const [i, value] of csvCells(text, 0, columns.length).entries()) {
      const name = columns[i] ?? '';
      if (name !== '' && value.trim() !== '') fields[name] = value.trim();
    }
    const id = String(Number(found[1]));
    const known = actions[id];
    if (known !== undefined) [fields.action, fields.outcome] = known;
    return understood({ parser: 'windows-dhcp', timeMs, program: 'dhcpserver', eventId: id, message: text, fields });
  },
};

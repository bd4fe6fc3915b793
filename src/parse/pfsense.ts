import type { FieldValue } from '../model/event.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

/** pf's rule, its anchor and tracker, the interface, reason, action, direction and IP version. */
const begin = /^\d{0,6},[^,]{0,64},[^,]{0,256},[^,]{0,64},[^,]{1,32},[a-z0-9-]{1,20},[a-z]{1,20},(?:in|out|),[46],/;

function isFilterlog(text: string): boolean {
  return begin.test(text);
}

const head = ['rule', 'sub_rule', 'anchor', 'tracker', 'interface', 'reason', 'pf_action', 'direction', 'ip_version'];
const v4 = ['tos', 'ecn', 'ttl', 'ip_id', 'ip_offset', 'ip_flags', 'proto_id', 'proto', 'length', 'src_ip', 'dst_ip'];
const v6 = ['class', 'flow_label', 'hop_limit', 'proto', 'proto_id', 'length', 'src_ip', 'dst_ip'];
const ports = ['src_port', 'dst_port', 'data_length'];
const tcp = [...ports, 'tcp_flags', 'tcp_seq', 'tcp_ack', 'tcp_window', 'tcp_urgent', 'tcp_options'];
const icmp = ['icmp_type', 'icmp_data1', 'icmp_data2', 'icmp_data3'];

function tailOf(proto: string): readonly string[] {
  if (proto === 'tcp') return tcp;
  if (proto === 'udp') return ports;
  return proto.startsWith('icmp') || proto === 'ipv6-icmp' ? icmp : [];
}

/** Columns of filterlog, by IP version and protocol ("Raw Filter Log Format", pfSense; OPNsense writes the same). */
function parseFilterlog(text: string): ParseOutcome {
  if (!isFilterlog(text)) return notUnderstood('filterlog-head');
  const cells = csvCells(text, 0, head.length + v4.length + tcp.length);
  const fields: Record<string, FieldValue> = {};
  const put = (names: readonly string[], from: number): void => {
    for (const [i, name] of names.entries()) {
      const value = cells[from + i];
      if (value !== undefined && value !== '') fields[name] = value;
    }
  };
  put(head, 0);
  const ip = cells[8] === '4' ? v4 : v6;
  put(ip, head.length);
  const proto = String(fields.proto ?? '').toLowerCase();
  if (proto !== '') fields.proto = proto;
  put(tailOf(proto), head.length + ip.length);
  const short = fields.dst_ip === undefined;
  return understood({
    parser: 'filterlog',
    program: 'filterlog',
    message: text,
    fields,
    status: short ? 'partial' : 'parsed',
    reason: short ? 'filterlog-short' : '',
  });
}

export const filterlogFormat: LineFormat = {
  id: 'filterlog',
  starts: ',0123456789',
  looksLike: isFilterlog,
  parse: parseFilterlog,
};

export const filterlogBody: BodyFormat = {
  id: 'filterlog',
  programs: ['filterlog'],
  looksLike: isFilterlog,
  parse: parseFilterlog,
};

const login =
  /(Successful login|authentication error|Web GUI authentication success|Web GUI authentication error) for (?:user )?'?([^'\s]{1,256})'? from:? ([0-9a-fA-F.:]{2,45})/;

/** Who signs in to the web pages of pfSense and OPNsense. */
export const firewallGuiBody: BodyFormat = {
  id: 'pfsense-gui',
  programs: ['audit', 'php-fpm', 'php', 'configd.py'],
  looksLike: null,
  words: (body) => {
    const found = login.exec(body);
    if (found === null) return null;
    const [, what = '', user = '', address = ''] = found;
    return { user, src_ip: address, action: 'login', outcome: what.includes('error') ? 'failure' : 'success' };
  },
};

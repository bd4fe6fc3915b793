/** Columns of one Zeek log: name, and `#` for counts, `*` for sets and vectors behind it. */
export interface ZeekLog {
  readonly path: string;
  readonly names: readonly string[];
  readonly counts: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
}

export function zeekLog(path: string, marked: readonly string[]): ZeekLog {
  const counts = new Set<string>();
  const lists = new Set<string>();
  const names = marked.map((column) => {
    const name = column.replace(/[#*]$/, '');
    if (column.endsWith('#')) counts.add(name);
    if (column.endsWith('*')) lists.add(name);
    return name;
  });
  return { path, names, counts, lists };
}

const id = 'id.orig_h id.orig_p# id.resp_h id.resp_p#';
const log = (path: string, columns: string): ZeekLog => zeekLog(path, columns.split(' '));

const conn = `ts uid ${id} proto service duration orig_bytes# resp_bytes# conn_state local_orig local_resp missed_bytes# history orig_pkts# orig_ip_bytes# resp_pkts# resp_ip_bytes# tunnel_parents*`;
const dns = `ts uid ${id} proto trans_id# rtt query qclass# qclass_name qtype# qtype_name rcode# rcode_name AA TC RD RA Z# answers* TTLs* rejected`;
const ssl = `ts uid ${id} version cipher curve server_name resumed last_alert next_protocol established ssl_history`;
const fileTail =
  'source depth# analyzers* mime_type filename duration local_orig is_orig seen_bytes# total_bytes# missing_bytes# overflow_bytes# timedout parent_fuid md5 sha1 sha256 extracted extracted_cutoff extracted_size#';
const notice = `ts uid ${id} fuid file_mime_type file_desc proto note msg sub src dst p# n# peer_descr actions*`;
const place =
  'remote_location.country_code remote_location.region remote_location.city remote_location.latitude remote_location.longitude';

/** The column sets Zeek 3 to 7 write by themselves (Zeek, "Log Files"), for lines whose header is not at hand. */
export const zeekLogs: readonly ZeekLog[] = [
  log('conn', conn),
  log('conn', `${conn} ip_proto#`),
  log('dns', dns),
  log('dns', `${dns} opcode# opcode_name`),
  log(
    'http',
    `ts uid ${id} trans_depth# method host uri referrer version user_agent origin request_body_len# response_body_len# status_code# status_msg info_code# info_msg tags* username password proxied* orig_fuids* orig_filenames* orig_mime_types* resp_fuids* resp_filenames* resp_mime_types*`,
  ),
  log('ssl', `${ssl} cert_chain_fps* client_cert_chain_fps* sni_matches_cert`),
  log('ssl', `${ssl} cert_chain_fps* client_cert_chain_fps* sni_matches_cert validation_status`),
  log(
    'ssl',
    `${ssl} cert_chain_fps* client_cert_chain_fps* subject issuer client_subject client_issuer sni_matches_cert`,
  ),
  log('files', `ts fuid uid ${id} ${fileTail}`),
  log('files', `ts fuid tx_hosts* rx_hosts* conn_uids* ${fileTail}`),
  log('notice', `${notice} suppress_for ${place}`),
  log('notice', `${notice} email_dest* suppress_for ${place}`),
];

const states = /^(?:S[0-3]|SF|REJ|RST(?:O|R|OS0|RH)|SH|SHR|OTH)$/;
const truth = /^[TF-]$/;

/** Whether a column holds what only that log has there, since some logs have as many columns as another. */
export function fitsZeekLog(known: ZeekLog, cells: readonly string[]): boolean {
  const at = (name: string): string => cells[known.names.indexOf(name)] ?? '';
  switch (known.path) {
    case 'conn':
      return states.test(at('conn_state')) && /^(?:tcp|udp|icmp|unknown_transport)$/.test(at('proto'));
    case 'dns':
      return truth.test(at('AA')) && truth.test(at('RD')) && truth.test(at('rejected'));
    case 'http':
      return /^\d+$/.test(at('trans_depth')) && /^(?:-|\d{3})$/.test(at('status_code'));
    case 'ssl':
      return truth.test(at('resumed')) && truth.test(at('established'));
    case 'files':
      return /^F[0-9A-Za-z]+$/.test(at('fuid')) && truth.test(at('is_orig')) && truth.test(at('timedout'));
    default:
      return at('note').includes('::');
  }
}

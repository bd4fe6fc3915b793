/**
 * Every setting of the platform: name, type, default, reason. Read once, at the root; unknown `VONGGAC_*` names are
 * refused, since a misspelt setting that is silently ignored is a setting that is not in force.
 */
import { personalKinds } from './model/personal.ts';

export const allRoles = ['collect', 'detect', 'notify', 'api'] as const;
export type ProcessRole = (typeof allRoles)[number];

export interface Config {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  readonly roles: readonly ProcessRole[];
  readonly clickhouseUrl: string;
  readonly clickhouseDatabase: string;
  readonly clickhouseReplicated: boolean;
  readonly redisUrl: string;
  readonly redisBinary: string;
  readonly rulesDirs: readonly string[];
  readonly placeholderFile: string;
  readonly rulesLegacyActions: boolean;
  readonly mappingsDir: string;
  readonly unknownLogsource: 'open' | 'closed';
  readonly syslogUdp: string;
  readonly syslogTcp: string;
  readonly syslogTls: string;
  readonly relp: string;
  readonly relpTls: string;
  readonly gelfUdp: string;
  readonly gelfTcp: string;
  readonly collectTlsCertificate: string;
  readonly collectTlsKey: string;
  readonly collectTlsClientCa: string;
  readonly collectTlsClients: 'required' | 'optional';
  readonly smtpUrl: string;
  readonly mailFrom: string;
  readonly webhookSecret: string;
  readonly webhookAllowedHosts: readonly string[];
  readonly feedAllowedHosts: readonly string[];
  readonly detectConcurrency: number;
  readonly ingestBodyBytesMax: number;
  readonly ingestLineBytesMax: number;
  readonly ingestWaitingRowsMax: number;
  readonly spoolBytesMax: number;
  readonly maskingKinds: readonly (typeof personalKinds)[number][];
  readonly maskingOwnDomains: readonly string[];
  readonly maskingKey: string;
  readonly retentionMonthsMin: number;
  readonly logLevel: string;
}

interface Setting {
  readonly key: keyof Config;
  /** Environment variable. */
  readonly env: string;
  readonly fallback: string;
  readonly why: string;
}

/** The table behind `vonggac up --help`, docs/operations.md and the compose file; tests keep the three in step. */
export const settings: readonly Setting[] = [
  {
    key: 'dataDir',
    env: 'VONGGAC_DATA_DIR',
    fallback: 'data',
    why: 'where the embedded ClickHouse and Redis keep their files',
  },
  {
    key: 'host',
    env: 'VONGGAC_HOST',
    fallback: '127.0.0.1',
    why: 'address the API, board and HTTP collectors listen on; loopback until an operator puts TLS in front',
  },
  { key: 'port', env: 'VONGGAC_PORT', fallback: '8480', why: 'port of the API, board and HTTP collectors' },
  {
    key: 'publicUrl',
    env: 'VONGGAC_PUBLIC_URL',
    fallback: '',
    why: 'how people reach the board; used in notices, cookies (Secure when https) and the Origin check; empty: http://HOST:PORT',
  },
  {
    key: 'trustedProxies',
    env: 'VONGGAC_TRUSTED_PROXIES',
    fallback: '',
    why: 'proxies whose X-Forwarded-* headers are believed (addresses or CIDRs, comma-separated), so that rate limits see people and not the proxy',
  },
  {
    key: 'roles',
    env: 'VONGGAC_ROLES',
    fallback: 'collect,detect,notify,api',
    why: 'what this process does; one process does all by default',
  },
  {
    key: 'clickhouseUrl',
    env: 'CLICKHOUSE_URL',
    fallback: '',
    why: 'a real ClickHouse, http(s)://user:password@host:8123; empty: the embedded engine',
  },
  {
    key: 'clickhouseDatabase',
    env: 'VONGGAC_CLICKHOUSE_DATABASE',
    fallback: 'vonggac',
    why: 'database that holds all tables',
  },
  {
    key: 'clickhouseReplicated',
    env: 'VONGGAC_CLICKHOUSE_REPLICATED',
    fallback: 'false',
    why: 'true: tables use the Replicated engines',
  },
  {
    key: 'redisUrl',
    env: 'REDIS_URL',
    fallback: '',
    why: 'a running Redis, redis(s)://user:password@host:6379/0; empty: a redis-server child',
  },
  {
    key: 'redisBinary',
    env: 'VONGGAC_REDIS_BINARY',
    fallback: 'redis-server',
    why: 'program started when REDIS_URL is empty',
  },
  {
    key: 'rulesDirs',
    env: 'VONGGAC_RULES',
    fallback: 'rules/detections,rules/correlations,rules/filters',
    why: 'folders of Sigma rules, correlations and filters, comma-separated, read as one set; followed while running',
  },
  {
    key: 'placeholderFile',
    env: 'VONGGAC_PLACEHOLDERS',
    fallback: '',
    why: 'YAML file of value lists for the modifier expand: a map of names to lists; empty: rules that need one are refused',
  },
  {
    key: 'rulesLegacyActions',
    env: 'VONGGAC_RULES_LEGACY_ACTIONS',
    fallback: 'false',
    why: 'true: read action: global, reset and repeat of Sigma 1 instead of refusing such rules',
  },
  {
    key: 'mappingsDir',
    env: 'VONGGAC_MAPPINGS',
    fallback: '',
    why: 'folder of field mappings; empty: rules/mappings of the package',
  },
  {
    key: 'unknownLogsource',
    env: 'VONGGAC_UNKNOWN_LOGSOURCE',
    fallback: 'closed',
    why: 'open: a rule also applies to events that say nothing of a logsource dimension it names; closed: it does not',
  },
  {
    key: 'syslogUdp',
    env: 'VONGGAC_SYSLOG_UDP',
    fallback: '127.0.0.1:5514',
    why: 'host:port of the syslog UDP collector, or off',
  },
  {
    key: 'syslogTcp',
    env: 'VONGGAC_SYSLOG_TCP',
    fallback: '127.0.0.1:5514',
    why: 'host:port of the syslog TCP collector, or off',
  },
  {
    key: 'syslogTls',
    env: 'VONGGAC_SYSLOG_TLS',
    fallback: 'off',
    why: 'host:port of the collector of syslog over TLS (registered port 6514), or off; needs a certificate and its key',
  },
  {
    key: 'relp',
    env: 'VONGGAC_RELP',
    fallback: 'off',
    why: 'host:port of the RELP collector (rsyslog, acknowledged), or off',
  },
  {
    key: 'relpTls',
    env: 'VONGGAC_RELP_TLS',
    fallback: 'off',
    why: 'host:port of the collector of RELP over TLS, or off; needs a certificate and its key',
  },
  { key: 'gelfUdp', env: 'VONGGAC_GELF_UDP', fallback: 'off', why: 'host:port of the GELF UDP collector, or off' },
  { key: 'gelfTcp', env: 'VONGGAC_GELF_TCP', fallback: 'off', why: 'host:port of the GELF TCP collector, or off' },
  {
    key: 'collectTlsCertificate',
    env: 'VONGGAC_COLLECT_TLS_CERT',
    fallback: '',
    why: 'PEM file: certificate of the TLS collectors and those between it and its root; read anew when it changes',
  },
  {
    key: 'collectTlsKey',
    env: 'VONGGAC_COLLECT_TLS_KEY',
    fallback: '',
    why: 'PEM file: key of that certificate',
  },
  {
    key: 'collectTlsClientCa',
    env: 'VONGGAC_COLLECT_TLS_CLIENT_CA',
    fallback: '',
    why: 'PEM file: who signs the certificates of senders; empty: senders are asked for none',
  },
  {
    key: 'collectTlsClients',
    env: 'VONGGAC_COLLECT_TLS_CLIENTS',
    fallback: 'required',
    why: 'required: with a client CA a sender without a certificate is refused; optional: it is known by its address',
  },
  {
    key: 'smtpUrl',
    env: 'VONGGAC_SMTP_URL',
    fallback: '',
    why: 'smtp(s)://user:password@host:port for notices; empty: e-mail notices are logged as not sent',
  },
  { key: 'mailFrom', env: 'VONGGAC_MAIL_FROM', fallback: 'Vọng Gác <vonggac@localhost>', why: 'sender of notices' },
  {
    key: 'webhookSecret',
    env: 'VONGGAC_WEBHOOK_SECRET',
    fallback: '',
    why: 'HMAC-SHA256 key of webhook notices; empty: webhooks are refused',
  },
  {
    key: 'webhookAllowedHosts',
    env: 'VONGGAC_WEBHOOK_ALLOWED_HOSTS',
    fallback: '',
    why: 'hosts inside private ranges that webhooks may call, comma-separated',
  },
  {
    key: 'feedAllowedHosts',
    env: 'VONGGAC_FEED_ALLOWED_HOSTS',
    fallback: '',
    why: 'hosts inside private ranges that indicator feeds may be polled from, comma-separated; also without TLS',
  },
  {
    key: 'detectConcurrency',
    env: 'VONGGAC_DETECT_CONCURRENCY',
    fallback: '16',
    why: 'batches one process holds at a time; those with findings share one round of alert and incident work',
  },
  {
    key: 'ingestBodyBytesMax',
    env: 'VONGGAC_INGEST_BODY_BYTES_MAX',
    fallback: '16777216',
    why: 'largest HTTP body as sent; unpacked it may be twice that; beyond it 413',
  },
  {
    key: 'ingestLineBytesMax',
    env: 'VONGGAC_INGEST_LINE_BYTES_MAX',
    fallback: '1048576',
    why: 'longest line over HTTP; a longer one is rejected and its head kept as a dead letter',
  },
  {
    key: 'ingestWaitingRowsMax',
    env: 'VONGGAC_INGEST_WAITING_ROWS_MAX',
    fallback: '100000',
    why: 'rows that may wait for the store before collectors are told to slow down',
  },
  {
    key: 'spoolBytesMax',
    env: 'VONGGAC_SPOOL_BYTES_MAX',
    fallback: '1073741824',
    why: 'bytes of datagrams (syslog and GELF over UDP) kept in the data directory while the store does not take them; 0: they wait in memory only',
  },
  {
    key: 'maskingKinds',
    env: 'VONGGAC_MASKING',
    fallback: 'cccd,bhyt,phone,email,secret',
    why: 'personal data masked before a line is stored: citizen’s numbers, health-insurance codes, telephones, mail addresses, passwords and tokens in addresses; or off',
  },
  {
    key: 'maskingOwnDomains',
    env: 'VONGGAC_MASKING_OWN_DOMAINS',
    fallback: 'gov.vn',
    why: 'mail domains, with those below them, whose addresses are accounts of offices and stay readable, comma-separated',
  },
  {
    key: 'maskingKey',
    env: 'VONGGAC_MASKING_KEY',
    fallback: '',
    why: '64 hex digits; the same for all processes of one store; empty: made at the first start and kept in the data directory (keep a copy: without it nothing masked is ever revealed)',
  },
  {
    key: 'retentionMonthsMin',
    env: 'VONGGAC_RETENTION_MONTHS_MIN',
    fallback: '0',
    why: 'province policy; the longer of this and the level’s months (1/3/6/12 for levels 2–5) wins',
  },
  { key: 'logLevel', env: 'VONGGAC_LOG_LEVEL', fallback: 'info', why: 'debug, info, warn, error or silent' },
];

export class ConfigError extends Error {
  readonly code = 'config';
}

function fail(setting: Setting, message: string): never {
  throw new ConfigError(`${setting.env}: ${message} (${setting.why})`);
}

function integer(setting: Setting, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    fail(setting, `expected a whole number from ${min} to ${max}, got "${text}"`);
  return value;
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function url(setting: Setting, text: string, protocols: readonly string[]): string {
  if (text === '') return text;
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
    fail(setting, `expected a URL beginning with ${protocols.join(' or ')}//`);
  return text;
}

/** Parses `host:port`; null for `off`. */
export function listenAddress(text: string): { readonly host: string; readonly port: number } | null {
  if (text === 'off') return null;
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError(`expected host:port or off, got "${text}"`);
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port };
}

/**
 * Reads the settings from an environment. `overrides` are what the command line said, by key, as text.
 * Throws ConfigError naming the setting and its reason.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Readonly<Record<keyof Config, string>>> = {},
): Config {
  const known = new Set(settings.map((s) => s.env));
  const unknown = Object.keys(env).filter((name) => name.startsWith('VONGGAC_') && !known.has(name));
  if (unknown.length > 0)
    throw new ConfigError(`unknown setting ${unknown.join(', ')}; known: ${[...known].join(', ')}`);
  const find = (key: keyof Config): [Setting, string] => {
    const setting = settings.find((s) => s.key === key);
    if (setting === undefined) throw new ConfigError(`no setting ${key}`);
    return [setting, overrides[key] ?? env[setting.env] ?? setting.fallback];
  };
  const text = (key: keyof Config): string => find(key)[1];
  const number = (key: keyof Config, min: number, max: number): number => integer(...find(key), min, max);
  const flag = (key: keyof Config): boolean => {
    const [setting, value] = find(key);
    if (value !== 'true' && value !== 'false') fail(setting, `expected true or false, got "${value}"`);
    return value === 'true';
  };
  const [rolesSetting, rolesText] = find('roles');
  const roles = list(rolesText).map(
    (name) =>
      allRoles.find((role) => role === name) ??
      fail(rolesSetting, `unknown role "${name}"; known: ${allRoles.join(', ')}`),
  );
  if (roles.length === 0) fail(rolesSetting, 'at least one role');
  listenAddress(text('syslogUdp'));
  const unknownLogsource = text('unknownLogsource');
  if (unknownLogsource !== 'open' && unknownLogsource !== 'closed')
    fail(find('unknownLogsource')[0], `expected open or closed, got "${unknownLogsource}"`);
  listenAddress(text('syslogTcp'));
  for (const key of ['syslogTls', 'relp', 'relpTls', 'gelfUdp', 'gelfTcp'] as const) listenAddress(text(key));
  const isSecure = listenAddress(text('syslogTls')) !== null || listenAddress(text('relpTls')) !== null;
  for (const key of ['collectTlsCertificate', 'collectTlsKey'] as const)
    if (isSecure && text(key) === '') fail(find(key)[0], 'a TLS collector is on and needs it');
  const collectTlsClients = text('collectTlsClients');
  if (collectTlsClients !== 'required' && collectTlsClients !== 'optional')
    fail(find('collectTlsClients')[0], `expected required or optional, got "${collectTlsClients}"`);
  const [maskingSetting, maskingText] = find('maskingKinds');
  const maskingKinds = (maskingText === 'off' ? [] : list(maskingText)).map(
    (name) =>
      personalKinds.find((kind) => kind === name) ??
      fail(maskingSetting, `unknown kind "${name}"; known: ${personalKinds.join(', ')}, or off`),
  );
  // Two keys over one store would tear apart what belongs together, and nobody would notice.
  const isMasking = maskingKinds.length > 0 && (roles.includes('collect') || roles.includes('api'));
  if (isMasking && text('clickhouseUrl') !== '' && text('maskingKey') === '')
    fail(find('maskingKey')[0], 'must be set when CLICKHOUSE_URL is (or VONGGAC_MASKING=off)');
  const host = text('host');
  const port = number('port', 0, 65_535);
  return {
    dataDir: text('dataDir'),
    host,
    port,
    publicUrl: url(...find('publicUrl'), ['http:', 'https:']).replace(/\/$/, ''),
    trustedProxies: list(text('trustedProxies')),
    roles,
    clickhouseUrl: url(...find('clickhouseUrl'), ['http:', 'https:']),
    clickhouseDatabase: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text('clickhouseDatabase'))
      ? text('clickhouseDatabase')
      : fail(find('clickhouseDatabase')[0], 'expected a plain identifier'),
    clickhouseReplicated: flag('clickhouseReplicated'),
    redisUrl: url(...find('redisUrl'), ['redis:', 'rediss:']),
    redisBinary: text('redisBinary'),
    rulesDirs: list(text('rulesDirs')),
    placeholderFile: text('placeholderFile'),
    rulesLegacyActions: flag('rulesLegacyActions'),
    mappingsDir: text('mappingsDir'),
    unknownLogsource,
    syslogUdp: text('syslogUdp'),
    syslogTcp: text('syslogTcp'),
    syslogTls: text('syslogTls'),
    relp: text('relp'),
    relpTls: text('relpTls'),
    gelfUdp: text('gelfUdp'),
    gelfTcp: text('gelfTcp'),
    collectTlsCertificate: text('collectTlsCertificate'),
    collectTlsKey: text('collectTlsKey'),
    collectTlsClientCa: text('collectTlsClientCa'),
    collectTlsClients,
    smtpUrl: url(...find('smtpUrl'), ['smtp:', 'smtps:']),
    mailFrom: text('mailFrom'),
    webhookSecret: text('webhookSecret'),
    webhookAllowedHosts: list(text('webhookAllowedHosts')),
    feedAllowedHosts: list(text('feedAllowedHosts')),
    detectConcurrency: number('detectConcurrency', 1, 64),
    ingestBodyBytesMax: number('ingestBodyBytesMax', 1024, 1 << 30),
    ingestLineBytesMax: number('ingestLineBytesMax', 1024, 1 << 28),
    ingestWaitingRowsMax: number('ingestWaitingRowsMax', 1000, 10_000_000),
    spoolBytesMax: number('spoolBytesMax', 0, 2 ** 46),
    maskingKinds,
    maskingOwnDomains: list(text('maskingOwnDomains').toLowerCase()),
    maskingKey: text('maskingKey'),
    retentionMonthsMin: number('retentionMonthsMin', 0, 120),
    logLevel: text('logLevel'),
  };
}

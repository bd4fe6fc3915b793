/** Facility names of RFC 5424 table 1, by code, as syslog.conf spells them. */
const facilities: readonly string[] = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
];

/** Severity names of RFC 5424 table 2, by code. */
const severities: readonly string[] = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** Name of a facility by its code; '' for other numbers. */
export function facilityName(code: number): string {
  return facilities[code] ?? '';
}

/** Name of a severity by its code; '' for other numbers. */
export function severityName(code: number): string {
  return severities[code] ?? '';
}

export interface Priority {
  readonly facility: string;
  readonly severity: string;
  /** Index of the first character after `>`. */
  readonly end: number;
}

/** `<PRI>` at the start of a text: 0–191, no more than three digits; null when it is not there. */
export function readPriority(text: string): Priority | null {
  if (text.charCodeAt(0) !== 60) return null;
  let value = 0;
  let i = 1;
  for (; i < 4; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  if (i === 1 || value > 191 || text.charCodeAt(i) !== 62) return null;
  return { facility: facilities[value >> 3] ?? '', severity: severities[value & 7] ?? '', end: i + 1 };
}

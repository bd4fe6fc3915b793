import { describe, expect, it } from 'vitest';
import { readLine } from '../harness/read-line.ts';

const received = Date.UTC(2026, 10, 22, 6);
const read = (line: unknown, parser = 'auto') =>
  readLine(typeof line === 'string' ? line : JSON.stringify(line), parser, received);

/** As `journalctl -o json` writes them: every value a text. */
const base = {
  __CURSOR: 's=a;i=1',
  __REALTIME_TIMESTAMP: '1795323600123456',
  _HOSTNAME: 'sv-01',
  _TRANSPORT: 'syslog',
  PRIORITY: '6',
  SYSLOG_FACILITY: '4',
  SYSLOG_IDENTIFIER: 'sshd',
  _COMM: 'sshd',
  _PID: '812',
  _SYSTEMD_UNIT: 'ssh.service',
};
const bytes = (text: string): number[] => [...Buffer.from(text)];

type Row = readonly [name: string, entry: object, parser: string, fields: Record<string, unknown>, more: object];

describe('an entry of the journal', () => {
  const rows: readonly Row[] = [
    [
      'has its message read as its program’s, and the names syslog would give it',
      { ...base, MESSAGE: 'Failed password for root from 203.0.113.9 port 4022 ssh2' },
      'journald+sshd',
      {
        user: 'root',
        src_ip: '203.0.113.9',
        outcome: 'failure',
        program: 'sshd',
        pid: '812',
        severity: 'info',
        facility: 'auth',
        hostname: 'sv-01',
        _SYSTEMD_UNIT: 'ssh.service',
      },
      {
        host: 'sv-01',
        eventTimeMs: 1_795_323_600_123,
        message: 'Failed password for root from 203.0.113.9 port 4022 ssh2',
        parseStatus: 'parsed',
      },
    ],
    [
      'of sudo',
      {
        ...base,
        SYSLOG_IDENTIFIER: 'sudo',
        MESSAGE: '    hanh : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls',
      },
      'journald+sudo',
      { user: 'hanh', target_user: 'root' },
      {},
    ],
    [
      'of cron',
      { ...base, SYSLOG_IDENTIFIER: 'CRON', MESSAGE: '(root) CMD (run-parts /etc/cron.hourly)' },
      'journald+cron',
      { user: 'root' },
      {},
    ],
    [
      'of a service that says only which command it is',
      { __REALTIME_TIMESTAMP: '1795323600123456', _COMM: 'sshd', MESSAGE: 'Invalid user an from 203.0.113.9 port 2' },
      'journald+sshd',
      { program: 'sshd', src_ip: '203.0.113.9' },
      { host: '' },
    ],
    [
      'whose message is a record of its own',
      { ...base, SYSLOG_IDENTIFIER: 'docker', MESSAGE: '{"user":"an","_HOSTNAME":"x"}' },
      'journald+json',
      { user: 'an', _HOSTNAME: 'x', program: 'docker' },
      { host: 'sv-01' },
    ],
    [
      'has the journal’s time, whatever zone the message may mean',
      {
        ...base,
        SYSLOG_IDENTIFIER: 'nginx',
        MESSAGE: '203.0.113.9 - - [22/Nov/2026:01:00:00 +0000] "GET / HTTP/1.1" 404 153 "-" "curl/8"',
      },
      'journald+nginx-access',
      { 'sc-status': 404 },
      { eventTimeMs: 1_795_323_600_123 },
    ],
    [
      'of words',
      { ...base, SYSLOG_IDENTIFIER: 'vpnd', MESSAGE: 'Đường hầm đã mở' },
      'journald',
      { message: 'Đường hầm đã mở', MESSAGE: 'Đường hầm đã mở' },
      { message: 'Đường hầm đã mở' },
    ],
    [
      'whose message is kept as bytes',
      { ...base, MESSAGE: bytes('\u001b[0mAccepted password for đạt from 10.0.0.9 port 1 ssh2') },
      'journald',
      { MESSAGE: '\u001b[0mAccepted password for đạt from 10.0.0.9 port 1 ssh2' },
      {},
    ],
    [
      'whose bytes are no UTF-8',
      { ...base, MESSAGE: [0xf2, 0x20, 0x61] },
      'journald',
      { MESSAGE: '\ufffd a' },
      { parseStatus: 'parsed' },
    ],
    ['whose message is too long for the journal’s JSON', { ...base, MESSAGE: null }, 'journald', { MESSAGE: null }, {}],
    ['without a message', base, 'journald', { program: 'sshd' }, { message: expect.any(String) }],
    [
      'with a name twice',
      { ...base, SYSLOG_IDENTIFIER: ['a', 'b'], MESSAGE: 'x' },
      'journald',
      { SYSLOG_IDENTIFIER: ['a', 'b'], program: 'sshd' },
      {},
    ],
    [
      'with numbers that are no bytes, and none at all',
      { ...base, MESSAGE: [256, 1], EMPTY: [] },
      'journald',
      { MESSAGE: [256, 1], EMPTY: [] },
      {},
    ],
    [
      'whose own names are syslog’s keeps them',
      { ...base, program: 'mine', MESSAGE: 'x' },
      'journald',
      { program: 'mine' },
      {},
    ],
  ];
  it.each(rows)('%s', (_name, entry, parser, fields, more) => {
    // Pinned or not, and to JSON, too.
    for (const pin of ['auto', 'journald', 'json']) {
      const event = read(entry, pin);
      expect(event).toMatchObject({ parser, ...more });
      expect(event.fields).toMatchObject(fields);
    }
  });

  it.each([
    ['no time', { ...base, __REALTIME_TIMESTAMP: undefined }, 'auto', 'json', ''],
    ['a time that is none', { ...base, __REALTIME_TIMESTAMP: 'soon' }, 'auto', 'json', ''],
    ['no time, pinned', { MESSAGE: 'x' }, 'journald', 'raw', 'journald-shape'],
    ['not JSON, pinned', 'Nov 22 12:00:00 h sshd[1]: x', 'journald', 'raw', 'json-broken'],
    ['cut', '{"__REALTIME_TIMESTAMP":"1795323600123456","MESS', 'auto', 'raw', 'json-broken'],
  ])('with %s is none', (_name, entry, pin, parser, reason) => {
    expect(read(entry, pin)).toMatchObject({ parser, parseReason: reason });
  });

  it('with a name that is a prototype’s harms nothing', () => {
    const event = read('{"__REALTIME_TIMESTAMP":"1795323600123456","__proto__":[65,66],"MESSAGE":"x"}');
    expect(Object.hasOwn(event.fields, '__proto__')).toBe(true);
    expect(event.parser).toBe('journald');
  });
});

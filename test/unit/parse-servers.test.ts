import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../src/model/event.ts';
import { parseLine } from '../../src/parse/index.ts';

const received = Date.UTC(2026, 10, 22, 5);

type Row = readonly [name: string, line: string, parser: string, time: string, fields: Record<string, FieldValue>];

const syslog = '<38>Nov 22 12:00:00 h';
const noon = '2026-11-22T05:00:00.000Z';

const rows: readonly Row[] = [
  [
    'vsftpd',
    'Sun Nov 22 12:00:00 2026 [pid 7] [hanh] FAIL LOGIN: Client "::ffff:203.0.113.9"',
    'vsftpd',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', action: 'ftp_login', outcome: 'failure' },
  ],
  [
    'vsftpd, a file',
    'Sun Nov 22 12:00:00 2026 [pid 7] [hanh] OK UPLOAD: Client "203.0.113.9", "/a.php", 12 bytes, 1.0Kbyte/sec',
    'vsftpd',
    noon,
    { file: '/a.php', bytes: 12, outcome: 'success' },
  ],
  [
    'Apache, an IPv6 client with a port',
    '[Sun Nov 22 12:00:00 2026] [:error] [pid 7:tid 8] [client 2001:db8::9:37752] [client 2001:db8::9] ModSecurity: Warning. x',
    'apache-error',
    noon,
    { 'c-ip': '2001:db8::9', 'c-port': 37752, action: 'waf_warning' },
  ],
  [
    'MySQL general log with blanks',
    "2026-11-22T05:00:00.000000Z        14 Connect   Access denied for user 'hanh'@'203.0.113.9' (using password: YES)",
    'mysql',
    noon,
    { user: 'hanh', src_host: '203.0.113.9', outcome: 'failure' },
  ],
  [
    'sshd accepts',
    `${syslog} sshd[7]: Accepted publickey for hanh from 203.0.113.9 port 4022 ssh2: ED25519 SHA256:x`,
    'syslog-3164+sshd',
    noon,
    {
      user: 'hanh',
      src_ip: '203.0.113.9',
      src_port: 4022,
      auth_method: 'publickey',
      action: 'ssh_login',
      outcome: 'success',
      key: 'ED25519 SHA256:x',
    },
  ],
  [
    'sshd, a user name that lies',
    `${syslog} sshd[7]: Failed password for invalid user root from 10.0.0.1 port 1 ssh2 from 203.0.113.9 port 22 ssh2`,
    'syslog-3164+sshd',
    noon,
    { user: 'root from 10.0.0.1 port 1 ssh2', src_ip: '203.0.113.9', outcome: 'failure' },
  ],
  [
    'sshd, repeated',
    `${syslog} sshd[7]: message repeated 5 times: [ Failed password for root from 203.0.113.9 port 22 ssh2]`,
    'syslog-3164+sshd',
    noon,
    { repeated: 5, user: 'root', outcome: 'failure' },
  ],
  [
    'sshd, an invalid user without a name',
    `${syslog} sshd[7]: Invalid user  from 203.0.113.9 port 22`,
    'syslog-3164+sshd',
    noon,
    { src_ip: '203.0.113.9', outcome: 'failure' },
  ],
  [
    'sshd, disconnect',
    `${syslog} sshd[7]: Disconnected from authenticating user root 203.0.113.9 port 22 [preauth]`,
    'syslog-3164+sshd',
    noon,
    { user: 'root', src_ip: '203.0.113.9', action: 'ssh_disconnect', outcome: 'failure' },
  ],
  [
    'sudo',
    `${syslog} sudo:   hanh : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/sh -c a ; b`,
    'syslog-3164+sudo',
    noon,
    { user: 'hanh', target_user: 'root', command: '/bin/sh -c a ; b', outcome: 'success' },
  ],
  [
    'sudo refused',
    `${syslog} sudo:   hanh : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls`,
    'syslog-3164+sudo',
    noon,
    { user: 'hanh', why: 'user NOT in sudoers', outcome: 'failure' },
  ],
  [
    'su refused',
    `${syslog} su[9]: FAILED SU (to root) hanh on pts/1`,
    'syslog-3164+su',
    noon,
    { user: 'hanh', target_user: 'root', outcome: 'failure' },
  ],
  [
    'pkexec',
    `${syslog} pkexec[9]: hanh: The value for the SHELL variable was not found [USER=root] [TTY=/dev/pts/3] [CWD=/tmp] [COMMAND=a]`,
    'syslog-3164+pkexec',
    noon,
    { user: 'hanh', target_user: 'root', command: 'a', outcome: 'failure' },
  ],
  [
    'PAM under any program',
    `${syslog} vsftpd[9]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=x rhost=203.0.113.9  user=hanh`,
    'syslog-3164+pam',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', pam_service: 'vsftpd', outcome: 'failure' },
  ],
  [
    'PAM session',
    `${syslog} sshd[9]: pam_unix(sshd:session): session opened for user hanh(uid=1000) by (uid=0)`,
    'syslog-3164+pam',
    noon,
    { user: 'hanh', action: 'session_opened', outcome: 'success' },
  ],
  [
    'useradd',
    `${syslog} useradd[9]: new user: name=kho, UID=1001, GID=1001, home=/home/kho, shell=/bin/bash, from=/dev/pts/1`,
    'syslog-3164+accounts',
    noon,
    { user: 'kho', user_id: '1001', action: 'user_added' },
  ],
  [
    'usermod',
    `${syslog} usermod[9]: add 'kho' to group 'sudo'`,
    'syslog-3164+accounts',
    noon,
    { user: 'kho', group: 'sudo', action: 'group_member_added' },
  ],
  ['cron', `${syslog} CRON[9]: (root) CMD (run (a))`, 'syslog-3164+cron', noon, { user: 'root', command: 'run (a)' }],
  [
    'logind',
    `${syslog} systemd-logind[9]: New session 12 of user hanh.`,
    'syslog-3164+systemd',
    noon,
    { user: 'hanh', session: '12' },
  ],
  [
    'a failed unit',
    `${syslog} systemd[1]: nginx.service: Failed with result 'exit-code'.`,
    'syslog-3164+systemd',
    noon,
    { unit: 'nginx.service', outcome: 'failure' },
  ],
  [
    'nginx error',
    '2026/11/22 12:00:00 [error] 7#8: *9 open() "/a" failed (2: No such file), client: 203.0.113.9, server: x, request: "GET /a?b HTTP/1.1", host: "x"',
    'nginx-error',
    noon,
    { 'c-ip': '203.0.113.9', 'cs-uri-query': '/a?b', level: 'error', message: 'open() "/a" failed (2: No such file)' },
  ],
  [
    'nginx error, a client that writes pairs',
    '2026/11/22 12:00:00 [error] 7#8: *9 x, client: 1.1.1.1, y, client: 203.0.113.9, server: x',
    'nginx-error',
    noon,
    { 'c-ip': '203.0.113.9' },
  ],
  [
    'ModSecurity through nginx',
    '2026/11/22 12:00:00 [info] 7#7: *9 ModSecurity: Warning. Matched [id "942100"] [msg "SQL Injection"] [tag "a"] [tag "b"] [uri "/x"], client: 203.0.113.9, server: x',
    'nginx-error',
    noon,
    { 'modsec.id': '942100', 'modsec.tag': ['a', 'b'], 'cs-uri-stem': '/x', action: 'waf_warning' },
  ],
  [
    'Apache 2.4',
    '[Sun Nov 22 12:00:00.123456 2026] [auth_basic:error] [pid 7:tid 8] [client 203.0.113.9:4022] AH01617: user hanh: authentication failure for "/": Password Mismatch',
    'apache-error',
    '2026-11-22T05:00:00.123Z',
    {
      'c-ip': '203.0.113.9',
      'c-port': 4022,
      module: 'auth_basic',
      code: 'AH01617',
      'cs-username': 'hanh',
      outcome: 'failure',
    },
  ],
  [
    'Apache 2.2',
    '[Sun Nov 22 12:00:00 2026] [error] [client ::1] File does not exist: /a, referer: http://b/',
    'apache-error',
    noon,
    { 'c-ip': '::1', 'cs-referer': 'http://b/', message: 'File does not exist: /a' },
  ],
  [
    'ModSecurity denies',
    '[Sun Nov 22 12:00:00 2026] [:error] [pid 7] [client 203.0.113.9] ModSecurity: Access denied with code 403 (phase 2). Match [id "949110"] [uri "/a"]',
    'apache-error',
    noon,
    { action: 'waf_denied', outcome: 'failure', 'sc-status': 403, 'modsec.id': '949110' },
  ],
  [
    'a list of addresses before the request',
    '10.0.0.2, 203.0.113.9, 127.0.0.1 - - [22/Nov/2026:12:00:00 +0700] "GET / HTTP/1.1" 200 1',
    'access',
    noon,
    { 'c-ip': '203.0.113.9', 'x-forwarded-for': '10.0.0.2, 203.0.113.9, 127.0.0.1' },
  ],
  [
    'HTTP.sys',
    '2026-11-22 05:00:00 203.0.113.9 4022 10.0.0.2 443 HTTP/1.1 GET /a b?c 400 - URL -',
    'iis-error',
    noon,
    { 'c-ip': '203.0.113.9', 'cs-uri': '/a b?c', 'sc-status': 400, 's-reason': 'URL' },
  ],
  [
    'W3C under a header',
    '#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent)\n2026-11-22 05:00:00 203.0.113.9 GET /a q=1 200 Mozilla/5.0+(X)',
    'w3c',
    noon,
    { 'c-ip': '203.0.113.9', 'cs-uri-query': '/a?q=1', 'sc-status': 200, 'cs-user-agent': 'Mozilla/5.0 (X)' },
  ],
  [
    'Exchange message tracking',
    '#Fields: date-time,client-ip,sender-address,recipient-address,event-id,message-subject\n2026-11-22T05:00:00.000Z,203.0.113.9,a@x.example,b@x.example,RECEIVE,"Giấy mời, họp"',
    'w3c',
    noon,
    { 'client-ip': '203.0.113.9', 'message-subject': 'Giấy mời, họp', 'event-id': 'RECEIVE' },
  ],
  [
    'HAProxy',
    `${syslog} haproxy[9]: 203.0.113.9:4022 [22/Nov/2026:12:00:00.000] web~ app/s1 0/0/1/2/3 404 168 - - ---- 6/6/0/0/0 0/0 {x.example||} "GET /a?b HTTP/1.1"`,
    'syslog-3164+haproxy',
    noon,
    {
      'c-ip': '203.0.113.9',
      'c-port': 4022,
      'sc-status': 404,
      'cs-uri-query': '/a?b',
      frontend: 'web~',
      'captured.request': 'x.example||',
    },
  ],
  [
    'Squid',
    '1795323600.000    200 10.0.0.5 TCP_MISS/200 1234 GET http://a.example/x?y hanh HIER_DIRECT/192.0.2.1 text/html',
    'squid',
    noon,
    {
      'c-ip': '10.0.0.5',
      'cs-host': 'a.example',
      'c-uri': 'http://a.example/x?y',
      'cs-username': 'hanh',
      'sc-status': 200,
    },
  ],
  [
    'Squid denies',
    '1795323600.000      0 10.0.0.5 TCP_DENIED/403 3900 CONNECT a.example:443 - HIER_NONE/- text/html',
    'squid',
    noon,
    { 'cs-host': 'a.example', outcome: 'failure' },
  ],
  [
    'PostgreSQL',
    '2026-11-22 12:00:00.000 +07 [9] hanh@db FATAL:  password authentication failed for user "hanh"',
    'postgresql',
    noon,
    { user: 'hanh', database: 'db', action: 'login', outcome: 'failure', level: 'FATAL' },
  ],
  [
    'PostgreSQL, host first',
    '203.0.113.9 2026-11-22 05:00:00.000 UTC [9] hanh@db FATAL:  password authentication failed for user "hanh"',
    'postgresql',
    noon,
    { src_ip: '203.0.113.9', user: 'hanh' },
  ],
  [
    'PostgreSQL, pairs in the prefix',
    '2026-11-22 05:00:00 UTC [9]: [3-1] user=hanh,db=db,app=psql,client=203.0.113.9 LOG:  statement: drop table a',
    'postgresql',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', application: 'psql', query: 'drop table a' },
  ],
  [
    'PostgreSQL csvlog',
    '2026-11-22 05:00:00.000 UTC,"hanh","db",9,"203.0.113.9:4022",a.b,2,"authentication",2026-11-22 05:00:00 UTC,3/9,0,FATAL,28P01,"password authentication failed for user ""hanh""",,,,,,,,,""',
    'postgresql',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', src_port: 4022, sql_state: '28P01', outcome: 'failure' },
  ],
  [
    'PostgreSQL through syslog',
    `${syslog} postgres[9]: [3-1] hanh@db ERROR:  permission denied for table luong`,
    'syslog-3164+postgresql',
    noon,
    { user: 'hanh', object: 'luong', outcome: 'failure' },
  ],
  [
    'MySQL 8',
    "2026-11-22T05:00:00.000000Z 344 [Note] [MY-010926] [Server] Access denied for user 'root'@'203.0.113.9' (using password: YES)",
    'mysql',
    noon,
    { user: 'root', src_ip: '203.0.113.9', code: 'MY-010926', outcome: 'failure' },
  ],
  [
    'MariaDB',
    "2026-11-22 12:00:00 8 [Warning] Access denied for user 'root'@'203.0.113.9' (using password: NO)",
    'mysql',
    noon,
    { user: 'root', outcome: 'failure' },
  ],
  ['MySQL 5.5', '261122 12:00:00 [Note] Plugin', 'mysql', noon, { level: 'Note', message: 'Plugin' }],
  [
    'MySQL general log',
    '2026-11-22T05:00:00.000000Z\t   12 Query\tselect 1',
    'mysql',
    noon,
    { command: 'Query', query: 'select 1', thread: '12' },
  ],
  [
    'MySQL slow query',
    '# Time: 2026-11-22T05:00:09.000000Z\n# User@Host: hanh[hanh] @  [203.0.113.9]  Id:     5\n# Query_time: 2.000652  Lock_time: 0.000000\nSET timestamp=1795323600;\nselect\n sleep(2);',
    'mysql-slow',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', query: 'select\n sleep(2);', query_time: '2.000652' },
  ],
  [
    'MariaDB audit',
    "20261122 12:00:00,db01,hanh,203.0.113.9,7,8,QUERY,luong,'select a, b',0",
    'mysql-audit',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', operation: 'QUERY', query: 'select a, b', outcome: 'success' },
  ],
  [
    'MariaDB audit, refused',
    '20261122 12:00:00,db01,hanh,203.0.113.9,7,0,FAILED_CONNECT,,,1045',
    'mysql-audit',
    noon,
    { action: 'login', outcome: 'failure' },
  ],
  [
    'SQL Server',
    "2026-11-22 12:00:00.00 Logon       Login failed for user 'sa'. Reason: Password did not match. [CLIENT: 203.0.113.9]",
    'mssql',
    noon,
    { user: 'sa', src_ip: '203.0.113.9', outcome: 'failure' },
  ],
  [
    'Postfix login',
    `${syslog} postfix/smtpd[9]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: authentication failure`,
    'syslog-3164+postfix',
    noon,
    { src_ip: '203.0.113.9', auth_method: 'LOGIN', outcome: 'failure' },
  ],
  [
    'Postfix refusal',
    `${syslog} postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <a>: Relay access denied; from=<a@b> to=<c@d> proto=ESMTP helo=<x>`,
    'syslog-3164+postfix',
    noon,
    { src_ip: '203.0.113.9', mail_from: 'a@b', mail_to: 'c@d', smtp_code: '554', outcome: 'failure' },
  ],
  [
    'Postfix delivery',
    `${syslog} postfix/smtp[9]: 4ABC123DEF: to=<c@d>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)`,
    'syslog-3164+postfix',
    noon,
    { queue_id: '4ABC123DEF', mail_to: 'c@d', status: 'sent', outcome: 'success' },
  ],
  [
    'Postfix, who sends',
    `${syslog} postfix/smtpd[9]: 4ABC123DEF: client=x[203.0.113.9], sasl_method=PLAIN, sasl_username=hanh`,
    'syslog-3164+postfix',
    noon,
    { src_ip: '203.0.113.9', user: 'hanh', action: 'mail_received' },
  ],
  [
    'Dovecot',
    `${syslog} dovecot: imap-login: Login: user=<hanh>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, TLS, session=<x>`,
    'syslog-3164+dovecot',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', outcome: 'success' },
  ],
  [
    'Dovecot refuses',
    `${syslog} dovecot: imap-login: Disconnected (auth failed, 1 attempts in 6 secs): user=<hanh>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1`,
    'syslog-3164+dovecot',
    noon,
    { user: 'hanh', outcome: 'failure' },
  ],
  [
    'Dovecot worker',
    `${syslog} dovecot: auth-worker(9): pam(hanh,203.0.113.9): unknown user`,
    'syslog-3164+dovecot',
    noon,
    { user: 'hanh', src_ip: '203.0.113.9', outcome: 'failure' },
  ],
  [
    'Zimbra',
    '2026-11-22 12:00:00,000 WARN  [qtp1-2:https://x/service/soap] [name=hanh@x;ip=10.0.0.1;oip=203.0.113.9;ua=Mozilla;] security - cmd=Auth; account=hanh@x; protocol=soap; error=authentication failed for [hanh], invalid password;',
    'zimbra',
    noon,
    { src_ip: '203.0.113.9', user: 'hanh', action: 'mail_login', outcome: 'failure' },
  ],
  [
    'BIND query',
    '22-Nov-2026 12:00:00.000 queries: info: client @0x7f65 203.0.113.9#4022 (a.example): query: a.example IN A +E(0)K (10.0.0.1)',
    'bind',
    noon,
    { src_ip: '203.0.113.9', query: 'a.example', record_type: 'A', dst_ip: '10.0.0.1' },
  ],
  [
    'BIND refuses',
    `${syslog} named[9]: client @0x7f 203.0.113.9#4022 (a.example): zone transfer 'a.example/AXFR/IN' denied`,
    'syslog-3164+bind',
    noon,
    { query: 'a.example', action: 'dns_zone_transfer', outcome: 'failure' },
  ],
  [
    'Windows DNS',
    '22/11/2026 12:00:00 0E48 PACKET  00000230A1B2C3D4 UDP Rcv 10.0.0.5        a1b2   Q [0001   D   NOERROR] A      (3)www(7)example(3)com(0)',
    'windows-dns',
    noon,
    { src_ip: '10.0.0.5', query: 'www.example.com', record_type: 'A', is_response: false },
  ],
  [
    'Windows DNS, American',
    '11/22/2026 12:00:00 PM 0E48 PACKET  00000230A1B2C3D4 UDP Snd 10.0.0.5        a1b2 R Q [8385 A DR NXDOMAIN] AAAA   (1)x(4)test(0)',
    'windows-dns',
    noon,
    { dst_ip: '10.0.0.5', outcome: 'failure', query: 'x.test' },
  ],
  [
    'Windows DHCP',
    '10,11/22/26,12:00:00,Assign,10.0.0.5,PC-01.x,AABBCCDDEEFF,,123,0,,,,,,,,,0',
    'windows-dhcp',
    noon,
    { ip: '10.0.0.5', client_name: 'PC-01.x', mac: 'AABBCCDDEEFF', action: 'dhcp_ack', outcome: 'success' },
  ],
  [
    'dnsmasq',
    `${syslog} dnsmasq[9]: query[A] a.example from 10.0.0.5`,
    'syslog-3164+dnsmasq',
    noon,
    { query: 'a.example', src_ip: '10.0.0.5', record_type: 'A' },
  ],
  [
    'dhcpd',
    `${syslog} dhcpd: DHCPACK on 10.0.0.5 to aa:bb:cc:dd:ee:ff (pc-01) via eth0`,
    'syslog-3164+dhcpd',
    noon,
    { ip: '10.0.0.5', mac: 'aa:bb:cc:dd:ee:ff', client_name: 'pc-01' },
  ],
  [
    'Tomcat with a trace',
    '22-Nov-2026 12:00:00.000 SEVERE [http-nio-8080-exec-1] org.apache.Foo.bar Servlet threw\n\tjava.lang.IllegalStateException: no\n\t\tat a.b(C.java:1)\nCaused by: java.io.IOException: x\n\t\t... 3 more',
    'java',
    noon,
    {
      level: 'SEVERE',
      thread: 'http-nio-8080-exec-1',
      'exception.type': 'java.lang.IllegalStateException',
      'exception.causes': ['java.io.IOException'],
    },
  ],
  [
    'Spring Boot',
    '2026-11-22T12:00:00.000+07:00 ERROR 7 --- [nio-8080-exec-1] vn.gov.x.Controller  : lỗi',
    'java',
    noon,
    { pid: '7', logger: 'vn.gov.x.Controller', message: 'lỗi' },
  ],
  [
    'an audit line of our own definition',
    'VGAUDIT|1|tthc|2026-11-22T12:00:00+07:00|TTHC-01|hanh|203.0.113.9|export|success|doc_count=640 role="can bo"',
    'app-audit',
    noon,
    { product: 'tthc', user: 'hanh', action: 'export', result: 'success', doc_count: 640, role: 'can bo' },
  ],
];

describe('servers', () => {
  it.each(rows)('%s', (_name, line, parser, time, fields) => {
    const { record, reason } = parseLine(line, 'auto', received);
    expect([record?.parser ?? 'raw', reason]).toEqual([parser, '']);
    expect(record?.fields).toMatchObject(fields);
    expect(record?.timeMs === null || record === null ? '' : new Date(record.timeMs ?? 0).toISOString()).toBe(time);
  });
  it('a comma-separated export is read by its header', () => {
    const text = 'event_time,action_id,succeeded,server_principal_name\n2026-11-22 12:00:00,LGIF,0,"sa, b"';
    expect(parseLine(text, 'mssql-audit', received).record).toMatchObject({
      parser: 'mssql-audit',
      timeMs: received,
      fields: { action_id: 'LGIF', server_principal_name: 'sa, b' },
    });
    expect(parseLine('a,b\n1,2,3', 'csv', received).record).toMatchObject({ status: 'partial' });
    expect(parseLine('a,b', 'csv', received).reason).toBe('csv-no-header');
  });
});

describe('hostile text takes time in proportion to its length', () => {
  const long = 200_000;
  const begins = [
    ...rows.map(([, line]) => line),
    ...rows.map(([, line]) => line.slice(0, Math.floor(line.length / 2))),
  ];
  const fillers = [
    ' ',
    'a',
    '"',
    '[',
    '[a "',
    ' from ',
    ', client: "',
    ';',
    'a=b ',
    '(',
    '\\',
    'at ',
    ': ',
    "'",
    '.a',
    '0',
  ];
  it.each(fillers)(
    '%j again and again',
    (filler) => {
      const tail = filler.repeat(long / filler.length);
      const started = process.cpuUsage();
      for (const begin of begins) for (const parser of ['auto']) parseLine(begin + tail, parser, received);
      const used = process.cpuUsage(started);
      // A quadratic pattern takes minutes here; the bound is far above what a loaded machine needs.
      expect((used.user + used.system) / 1e6).toBeLessThan(20);
    },
    120_000,
  );
});

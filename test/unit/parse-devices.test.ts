import { describe, expect, it, test } from 'vitest';
import type { FieldValue } from '../../src/model/event.ts';
import { parseLine } from '../../src/parse/index.ts';
import { createRecordCutter } from '../../src/parse/record-cutter.ts';

const received = Date.UTC(2026, 10, 22, 5);
const noon = received;

interface Read {
  readonly parser: string;
  readonly status: string;
  readonly timeMs: number | null;
  readonly host: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

function read(text: string, parser = 'auto'): Read {
  const { record, reason } = parseLine(text, parser, received);
  return record ?? { parser: 'raw', status: reason, timeMs: null, host: '', fields: {} };
}

type Row = readonly [
  name: string,
  text: string,
  parser: string,
  timeMs: number | null,
  host: string,
  fields: Readonly<Record<string, FieldValue>>,
];

function check(rows: readonly Row[]): void {
  it.each(rows)('%s', (_name, text, parser, timeMs, host, fields) => {
    expect(read(text)).toMatchObject({ parser, timeMs, host, fields });
  });
}

describe('CEF', () => {
  check([
    [
      'full names, labels, values with blanks and equals signs',
      'CEF:0|Fortinet|Fortigate|7.2|00013|traffic:forward deny|5|rt=1795323600000 src=10.0.0.5 spt=5353 dst=203.0.113.9 dpt=445 act=deny suser=hanh cs1Label=Rule Name cs1=chặn ra ngoài request=https://a.example/?a=b&c=d msg=two words',
      'cef',
      noon,
      '',
      {
        deviceVendor: 'Fortinet',
        deviceEventClassId: '00013',
        sourceAddress: '10.0.0.5',
        destinationPort: '445',
        deviceAction: 'deny',
        sourceUserName: 'hanh',
        deviceCustomString1: 'chặn ra ngoài',
        'Rule Name': 'chặn ra ngoài',
        requestUrl: 'https://a.example/?a=b&c=d',
        message: 'two words',
      },
    ],
    [
      'escapes of header and values',
      'CEF:0|a\\|b|c\\\\d|1|x|n|Low|filePath=C:\\\\Temp\\\\a.exe cs2=a\\=b msg=one\\ntwo',
      'cef',
      null,
      '',
      {
        deviceVendor: 'a|b',
        deviceProduct: 'c\\d',
        filePath: 'C:\\Temp\\a.exe',
        deviceCustomString2: 'a=b',
        message: 'one\ntwo',
      },
    ],
    [
      'in syslog, where CEF looks like a program',
      '<134>Nov 22 12:00:00 fw-01 CEF: 0|Bkav|Endpoint|9|VIRUS|Virus found|9|dvchost=PC-07 fname=a.exe start=Nov 22 2026 12:00:01',
      'syslog-3164+cef',
      noon + 1000,
      'PC-07',
      { deviceVendor: 'Bkav', fileName: 'a.exe', 'syslog.hostname': 'fw-01' },
    ],
    [
      'in RFC 5424',
      '<134>1 2026-11-22T05:00:00Z fw-01 app - - - CEF:0|v|p|1|7|n|3|src=::1',
      'syslog-5424+cef',
      noon,
      'fw-01',
      { sourceAddress: '::1', name: 'n' },
    ],
  ]);
});

describe('LEEF', () => {
  const fields = { src: '10.0.0.5', usrName: 'hanh', msg: 'a = b' };
  check([
    ['1.0 with tabs', 'LEEF:1.0|IBM|QRadar|1|id7|src=10.0.0.5\tusrName=hanh\tmsg=a = b', 'leef', null, '', fields],
    ['2.0 with a caret', 'LEEF:2.0|IBM|QRadar|1|id7|^|src=10.0.0.5^usrName=hanh^msg=a = b', 'leef', null, '', fields],
    ['2.0 with a code', 'LEEF:2.0|IBM|QRadar|1|id7|x7C|src=10.0.0.5|usrName=hanh|msg=a = b', 'leef', null, '', fields],
    [
      '2.0 without a delimiter',
      'LEEF:2.0|IBM|QRadar|1|id7|src=10.0.0.5\tusrName=hanh\tmsg=a = b',
      'leef',
      null,
      '',
      fields,
    ],
    [
      'in syslog, time and host of its own',
      '<13>Nov 22 12:00:00 relay LEEF:1.0|Check Point|VPN-1|1|Drop|devTime=Nov 22 2026 12:00:05\tsrc=10.0.0.5\tidentHostName=gw',
      'syslog-3164+leef',
      noon + 5000,
      'gw',
      { deviceVendor: 'Check Point', deviceEventClassId: 'Drop', src: '10.0.0.5' },
    ],
    [
      'tabs that became blanks',
      'LEEF:1.0|a|b|1|c|src=10.0.0.5 reason=two words usrName=hanh',
      'leef',
      null,
      '',
      { src: '10.0.0.5', reason: 'two words', usrName: 'hanh' },
    ],
  ]);
});

describe('Cisco ASA', () => {
  const rows: readonly (readonly [id: string, text: string, fields: Readonly<Record<string, FieldValue>>])[] = [
    [
      '2-106001',
      'Inbound TCP connection denied from 203.0.113.9/4711 to 10.0.0.5/22 flags SYN on interface outside',
      {
        proto: 'tcp',
        src_ip: '203.0.113.9',
        src_port: '4711',
        dst_ip: '10.0.0.5',
        dst_port: '22',
        interface: 'outside',
        action: 'deny',
      },
    ],
    [
      '2-106006',
      'Deny inbound UDP from 203.0.113.9/53 to 10.0.0.5/53 on interface outside',
      { proto: 'udp', src_ip: '203.0.113.9', dst_port: '53', action: 'deny' },
    ],
    [
      '6-106015',
      'Deny TCP (no connection) from 203.0.113.9/443 to 10.0.0.5/5000 flags RST on interface outside',
      { proto: 'tcp', src_ip: '203.0.113.9', dst_ip: '10.0.0.5', action: 'deny' },
    ],
    [
      '4-106023',
      'Deny tcp src outside:203.0.113.9/4711(CORP\\hanh) dst inside:10.0.0.5/22 by access-group "outside_in" [0x0, 0x0]',
      {
        src_ip: '203.0.113.9',
        src_user: 'CORP\\hanh',
        dst_interface: 'inside',
        dst_port: '22',
        rule: 'outside_in',
        action: 'deny',
      },
    ],
    [
      '4-106023',
      'Deny icmp src outside:203.0.113.9 dst inside:10.0.0.5 (type 8, code 0) by access-group "outside_in" [0x0, 0x0]',
      { proto: 'icmp', src_ip: '203.0.113.9', dst_ip: '10.0.0.5', icmp_type: '8' },
    ],
    [
      '6-106100',
      'access-list outside_in denied tcp outside/203.0.113.9(4711) -> inside/10.0.0.5(22) hit-cnt 1 first hit [0x1, 0x2]',
      {
        rule: 'outside_in',
        proto: 'tcp',
        src_ip: '203.0.113.9',
        src_port: '4711',
        dst_ip: '10.0.0.5',
        dst_port: '22',
        action: 'deny',
        outcome: 'failure',
      },
    ],
    [
      '6-106100',
      'access-list inside_out permitted udp inside/10.0.0.5(5353)(hanh) -> outside/203.0.113.9(53) hit-cnt 3 300-second interval [0x1, 0x2]',
      { action: 'accept', user: 'hanh', hits: '3' },
    ],
    [
      '6-302013',
      'Built inbound TCP connection 99 for outside:203.0.113.9/4711 (203.0.113.9/4711) to inside:10.0.0.5/443 (198.51.100.5/443)',
      {
        src_ip: '203.0.113.9',
        src_port: '4711',
        dst_ip: '10.0.0.5',
        dst_mapped_ip: '198.51.100.5',
        action: 'accept',
        connection: '99',
      },
    ],
    [
      '6-302013',
      'Built outbound TCP connection 99 for outside:203.0.113.9/443 (203.0.113.9/443) to inside:10.0.0.5/5000 (198.51.100.5/5000) (hanh)',
      {
        src_ip: '10.0.0.5',
        src_port: '5000',
        dst_ip: '203.0.113.9',
        dst_port: '443',
        src_mapped_ip: '198.51.100.5',
        user: 'hanh',
      },
    ],
    [
      '6-302014',
      'Teardown TCP connection 99 for outside:203.0.113.9/4711 to inside:10.0.0.5/443 duration 0:00:30 bytes 1234 TCP FINs',
      { src_ip: '203.0.113.9', dst_port: '443', bytes: '1234', reason: 'TCP FINs', action: 'close' },
    ],
    [
      '6-302015',
      'Built inbound UDP connection 9 for outside:203.0.113.9/53 (203.0.113.9/53) to inside:10.0.0.5/53 (10.0.0.5/53)',
      { proto: 'udp', dst_ip: '10.0.0.5' },
    ],
    [
      '6-302016',
      'Teardown UDP connection 9 for outside:203.0.113.9/53 to inside:10.0.0.5/53 duration 0:02:01 bytes 40',
      { bytes: '40' },
    ],
    [
      '6-113004',
      'AAA user authentication Successful : server =  10.0.0.10 : user = hanh',
      { user: 'hanh', server: '10.0.0.10', outcome: 'success' },
    ],
    [
      '6-113005',
      'AAA user authentication Rejected : reason = AAA failure : server = 10.0.0.10 : user = hanh : user IP = 203.0.113.9',
      { user: 'hanh', src_ip: '203.0.113.9', reason: 'AAA failure', outcome: 'failure' },
    ],
    [
      '6-113015',
      'AAA user authentication Rejected : reason = Invalid password : local database : user = admin : user IP = 203.0.113.9',
      { user: 'admin', src_ip: '203.0.113.9', action: 'login', outcome: 'failure' },
    ],
    [
      '6-605004',
      'Login denied from 203.0.113.9/4711 to outside:198.51.100.5/ssh for user "admin"',
      { user: 'admin', src_ip: '203.0.113.9', service: 'ssh', outcome: 'failure' },
    ],
    [
      '6-605005',
      'Login permitted from 10.0.0.9/4711 to inside:10.0.0.1/https for user "admin"',
      { user: 'admin', dst_ip: '10.0.0.1', outcome: 'success' },
    ],
    [
      '5-111008',
      "User 'enable_15' executed the 'no logging enable' command.",
      { user: 'enable_15', CommandLine: 'no logging enable' },
    ],
    [
      '5-111010',
      "User 'admin', running 'CLI' from IP 10.0.0.9, executed 'write memory'",
      { user: 'admin', src_ip: '10.0.0.9', CommandLine: 'write memory' },
    ],
    [
      '4-722051',
      'Group <GP> User <hanh> IP <203.0.113.9> IPv4 Address <10.9.0.7> IPv6 address <::> assigned to session',
      { group: 'GP', user: 'hanh', src_ip: '203.0.113.9', assigned_ip: '10.9.0.7' },
    ],
    [
      '4-113019',
      'Group = GP, Username = hanh, IP = 203.0.113.9, Session disconnected. Session Type: SSL, Duration: 0h:01m:02s, Bytes xmt: 10, Bytes rcv: 20, Reason: User Requested',
      { user: 'hanh', src_ip: '203.0.113.9', action: 'logout', reason: 'User Requested' },
    ],
    [
      '4-733100',
      '[ Scanning] drop rate-1 exceeded. Current burst rate is 11 per second, max configured rate is 10; Current average rate is 3 per second',
      { object: 'Scanning', burst_rate: '11' },
    ],
    [
      '6-710003',
      'TCP access denied by ACL from 203.0.113.9/4711 to outside:198.51.100.5/22',
      { src_ip: '203.0.113.9', dst_ip: '198.51.100.5', action: 'deny' },
    ],
    [
      '1-430003',
      'EventPriority: Low, AccessControlRuleAction: Block, SrcIP: 10.0.0.5, DstIP: 203.0.113.9, SrcPort: 5, DstPort: 443, Protocol: tcp',
      { src_ip: '10.0.0.5', dst_port: '443', action: 'deny' },
    ],
  ];
  it.each(rows)('%s %s', (id, text, fields) => {
    expect(read(`<166>Nov 22 2026 12:00:00 fw-01 : %ASA-${id}: ${text}`)).toMatchObject({
      parser: 'syslog-3164+cisco',
      timeMs: noon,
      host: 'fw-01',
      fields: { ...fields, 'cisco.mnemonic': id.slice(2), message: `%ASA-${id}: ${text}` },
    });
  });
  it('an unknown text keeps what the header said', () => {
    const record = read('<166>Nov 22 2026 12:00:00 fw-01 : %ASA-6-302013: something new');
    expect(record.fields).toMatchObject({ 'cisco.mnemonic': '302013', message: '%ASA-6-302013: something new' });
    expect(record.fields).not.toHaveProperty('action');
  });
});

describe('Cisco IOS', () => {
  const rows: readonly (readonly [tag: string, text: string, fields: Readonly<Record<string, FieldValue>>])[] = [
    [
      'SEC_LOGIN-4-LOGIN_FAILED',
      'Login failed [user: admin] [Source: 203.0.113.9] [localport: 22] [Reason: Login Authentication Failed] at 12:00:00 ICT Sun Nov 22 2026',
      { user: 'admin', src_ip: '203.0.113.9', dst_port: '22', outcome: 'failure' },
    ],
    [
      'SEC_LOGIN-5-LOGIN_SUCCESS',
      'Login Success [user: admin] [Source: 10.0.0.9] [localport: 22] at 12:00:00',
      { user: 'admin', outcome: 'success' },
    ],
    [
      'SYS-5-CONFIG_I',
      'Configured from console by admin on vty0 (10.0.0.9)',
      { user: 'admin', src_ip: '10.0.0.9', action: 'configure' },
    ],
    [
      'PARSER-5-CFGLOG_LOGGEDCMD',
      'User:admin  logged command:no logging host 10.0.0.2',
      { user: 'admin', CommandLine: 'no logging host 10.0.0.2' },
    ],
    [
      'SEC-6-IPACCESSLOGP',
      'list 101 denied tcp 203.0.113.9(4711) (GigabitEthernet0/0 ) -> 10.0.0.5(22), 1 packet',
      { rule: '101', src_ip: '203.0.113.9', src_port: '4711', dst_ip: '10.0.0.5', dst_port: '22', action: 'deny' },
    ],
    [
      'SEC-6-IPACCESSLOGDP',
      'list 101 permitted icmp 203.0.113.9 -> 10.0.0.5 (8/0), 3 packets',
      { proto: 'icmp', action: 'accept', icmp_type: '8', packets: '3' },
    ],
    ['SEC-6-IPACCESSLOGS', 'list 1 denied 203.0.113.9 4 packets', { src_ip: '203.0.113.9', action: 'deny' }],
    [
      'SSH-5-SSH2_USERAUTH',
      "User 'admin' authentication for SSH2 Session from 10.0.0.9 (tty = 0) using crypto cipher 'aes256-ctr', hmac 'hmac-sha2-256' Failed",
      { user: 'admin', src_ip: '10.0.0.9', outcome: 'failure' },
    ],
  ];
  it.each(rows)('%s', (tag, text, fields) => {
    expect(read(`<189>66: sw-01: *Nov 22 12:00:00.123: %${tag}: ${text}`)).toMatchObject({
      parser: 'syslog-3164+cisco',
      timeMs: noon + 123,
      fields,
    });
  });
});

describe('Palo Alto', () => {
  const head = '1,2026/11/22 12:00:00,0123456789,';
  const session =
    '2561,2026/11/22 12:00:01,10.0.0.5,203.0.113.9,198.51.100.5,203.0.113.9,chặn,corp\\hanh,,ssl,vsys1,trust,untrust,ae1,ae2,fwd,2026/11/22 12:00:01,77,1,5000,443,6000,443,0x400000,tcp,';
  check([
    [
      'TRAFFIC',
      `<14>Nov 22 12:00:02 pa-01 ${head}TRAFFIC,end,${session}allow,300,100,200,9,2026/11/22 11:59:00,60,any,0,1,0x0,VN,US,0,5,4,tcp-fin,0,0,0,0,,PA-DC`,
      'syslog-3164+paloalto',
      noon + 1000,
      'PA-DC',
      {
        src: '10.0.0.5',
        dst: '203.0.113.9',
        sport: '5000',
        dport: '443',
        action: 'allow',
        srcuser: 'corp\\hanh',
        bytes: '300',
        session_end_reason: 'tcp-fin',
      },
    ],
    [
      'THREAT with a quoted URL and a time with its zone',
      `${head}THREAT,url,${session}block-url,"a.example/x,y",(9999),malware,high,client-to-server,1,0x0,VN,US,0,text/html,0,,,1,curl,,,,,,,0,0,0,0,0,,PA-DC,,,,GET,2026-11-22T12:00:01.250+07:00`,
      'paloalto',
      noon + 1250,
      'PA-DC',
      {
        misc: 'a.example/x,y',
        category: 'malware',
        severity: 'high',
        action: 'block-url',
        user_agent: 'curl',
        http_method: 'GET',
      },
    ],
    [
      'SYSTEM',
      `${head}SYSTEM,auth,0,2026/11/22 12:00:01,,auth-fail,,0,0,general,medium,"failed authentication for user 'admin'. Reason: Invalid username/password. From: 203.0.113.9.",1,0x0,0,0,0,0,,PA-DC`,
      'paloalto',
      noon + 1000,
      'PA-DC',
      { eventid: 'auth-fail', severity: 'medium', user: 'admin', src_ip: '203.0.113.9', outcome: 'failure' },
    ],
    [
      'SYSTEM, signed in',
      `${head}SYSTEM,general,0,2026/11/22 12:00:01,,general,,0,0,general,informational,User 'admin' logged in via Web from 10.0.0.9 using https,1,0x0,0,0,0,0,,PA-DC`,
      'paloalto',
      noon + 1000,
      'PA-DC',
      { user: 'admin', outcome: 'success' },
    ],
    [
      'CONFIG without details',
      `${head}CONFIG,0,0,2026/11/22 12:00:01,10.0.0.9,,commit,admin,Web,Succeeded,,77,0x0,0,0,0,0,,PA-DC`,
      'paloalto',
      noon + 1000,
      'PA-DC',
      { host: '10.0.0.9', cmd: 'commit', admin: 'admin', client: 'Web', result: 'Succeeded', seqno: '77' },
    ],
    [
      'GLOBALPROTECT',
      `${head}GLOBALPROTECT,0,2561,2026/11/22 12:00:01,vsys1,gateway-auth,login,LDAP,,corp\\hanh,VN,PC-07,203.0.113.9,0.0.0.0,0.0.0.0,0.0.0.0,id,,6.1,Windows,"Microsoft Windows 11, 64-bit",1,,Invalid password,,failure,,0,,0,gp-portal,5,0x0`,
      'paloalto',
      noon + 1000,
      '',
      {
        eventid: 'gateway-auth',
        stage: 'login',
        srcuser: 'corp\\hanh',
        public_ip: '203.0.113.9',
        status: 'failure',
        portal: 'gp-portal',
      },
    ],
  ]);
});

describe('other firewalls', () => {
  check([
    [
      'Check Point, brackets in RFC 5424',
      '<134>1 2026-11-22T05:00:00Z gw-01 CheckPoint 4711 - [action:"Drop"; ifdir:"inbound"; origin:"10.0.0.1"; time:"1795323600"; src:"203.0.113.9"; dst:"10.0.0.5"; proto:"6"; s_port:"4711"; service:"22"; product:"VPN-1 & FireWall-1"; rule_name:"cấm \\"ssh\\""]',
      'checkpoint',
      noon,
      'gw-01',
      { action: 'Drop', src: '203.0.113.9', s_port: '4711', service: '22', rule_name: 'cấm "ssh"' },
    ],
    [
      'Check Point, one element of structured data',
      '<134>1 2026-11-22T05:00:00Z gw-01 CheckPoint 4711 - [Fields@1.3.6.1.4.1.2620 Action="Accept" src="10.0.0.5" dst="203.0.113.9"]',
      'checkpoint',
      noon,
      'gw-01',
      { Action: 'Accept', src: '10.0.0.5' },
    ],
    [
      'Check Point behind a BSD header',
      '<134>Nov 22 12:00:00 gw-01 [action:"Accept"; src:"10.0.0.5"]',
      'syslog-3164+checkpoint',
      noon,
      'gw-01',
      { action: 'Accept', src: '10.0.0.5' },
    ],
    [
      'Sophos Firewall',
      '<30>device="SFW" date=2026-11-22 time=12:00:00 timezone="+07" device_name="XG210" log_type="Firewall" log_component="Firewall Rule" log_subtype="Denied" user_name="hanh" src_ip=10.0.0.5 dst_ip=203.0.113.9 protocol="TCP" src_port=5000 dst_port=445',
      'syslog-3164+sophos',
      noon,
      'XG210',
      { log_subtype: 'Denied', src_ip: '10.0.0.5', dst_port: '445', user_name: 'hanh' },
    ],
    [
      'Sophos Firewall 18 and later',
      'device_name="SFW" timestamp="2026-11-22T12:00:00+0700" device_model="XGS116" log_type="Event" log_component="Firewall Authentication" log_subtype="Authentication" status="Failed" user="hanh" src_ip="10.0.0.5"',
      'sophos',
      noon,
      'SFW',
      { status: 'Failed', user: 'hanh' },
    ],
    [
      'Sophos UTM',
      '<30>2026:11:22-12:00:00 utm-01 ulogd[4711]: id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" fwrule="60002" srcip="203.0.113.9" dstip="10.0.0.5" proto="6" srcport="4711" dstport="22"',
      'sophos-utm',
      noon,
      'utm-01',
      { sub: 'packetfilter', action: 'drop', srcip: '203.0.113.9', dstport: '22', program: 'ulogd' },
    ],
    [
      'pfSense, TCP over IPv4',
      '<134>Nov 22 12:00:00 pf-01 filterlog[4711]: 53,,,1000000301,em0,match,block,in,4,0x0,,64,420,0,DF,6,tcp,460,203.0.113.9,10.0.0.5,53742,22,420,S,29633380,,65535,,mss;nop',
      'syslog-3164+filterlog',
      noon,
      'pf-01',
      {
        pf_action: 'block',
        direction: 'in',
        interface: 'em0',
        src_ip: '203.0.113.9',
        dst_ip: '10.0.0.5',
        src_port: '53742',
        dst_port: '22',
        proto: 'tcp',
        tcp_flags: 'S',
        tcp_options: 'mss;nop',
      },
    ],
    [
      'OPNsense, UDP over IPv6',
      '<134>1 2026-11-22T12:00:00+07:00 opn filterlog 69805 - [meta sequenceId="1"] 103,,,40b9591224d055de2beec8b74ea486b1,re0,match,pass,out,6,0x00,0x07c63,64,UDP,17,44,fd00::5,fd00::1,65382,53,24',
      'syslog-5424+filterlog',
      noon,
      'opn',
      { pf_action: 'pass', src_ip: 'fd00::5', dst_ip: 'fd00::1', dst_port: '53', proto: 'udp' },
    ],
    [
      'pfSense, ICMP',
      '<134>Nov 22 12:00:00 pf-01 filterlog: 5,,,1000,em0,match,block,in,4,0x0,,64,1,0,none,1,icmp,84,203.0.113.9,10.0.0.5,request,1,2',
      'syslog-3164+filterlog',
      noon,
      'pf-01',
      { proto: 'icmp', icmp_type: 'request', dst_ip: '10.0.0.5' },
    ],
    [
      'who signs in to OPNsense',
      '<35>1 2026-11-22T05:00:00+00:00 opn audit 24409 - [meta sequenceId="4"] /index.php: Web GUI authentication error for \'toto\' from 203.0.113.9',
      'syslog-5424+pfsense-gui',
      noon,
      'opn',
      { user: 'toto', src_ip: '203.0.113.9', outcome: 'failure' },
    ],
    [
      'who signs in to pfSense',
      "<38>Nov 22 12:00:00 pf-01 php-fpm[4711]: /index.php: Successful login for user 'admin' from: 10.0.0.9 (Local Database)",
      'syslog-3164+pfsense-gui',
      noon,
      'pf-01',
      { user: 'admin', src_ip: '10.0.0.9', outcome: 'success' },
    ],
    [
      'FortiGate, quoted values and its own zone',
      '<189>date=2026-11-22 time=12:00:00 devname="FGT-01" devid="FG100" eventtime=1795323600123456789 tz="+0700" logid="0100032002" type="event" subtype="system" logdesc="Admin login failed" user="admin" srcip=203.0.113.9 action="login" status="failed" msg="Administrator admin login failed from https(203.0.113.9) because of \\"invalid\\" name"',
      'syslog-3164+key-value',
      noon + 123,
      'FGT-01',
      {
        user: 'admin',
        srcip: '203.0.113.9',
        action: 'login',
        status: 'failed',
        msg: 'Administrator admin login failed from https(203.0.113.9) because of "invalid" name',
      },
    ],
  ]);
});

describe('logfmt and RouterOS', () => {
  check([
    [
      'logfmt',
      'time="2026-11-22T12:00:00+07:00" level=error msg="Error occurred, \\"user\\" not found" method=POST remote_ip=203.0.113.9',
      'key-value',
      noon,
      '',
      { level: 'error', msg: 'Error occurred, "user" not found', remote_ip: '203.0.113.9' },
    ],
    [
      'a packet, over IPv6',
      '2026-11-22T12:00:00+07:00 gw-01 firewall,info forward: in:WAN out:LAN, connection-state:new proto UDP, [2001:db8::1]:17850->[2001:db8::2]:51413, len 112',
      'mikrotik',
      noon,
      'gw-01',
      {
        chain: 'forward',
        interface: 'WAN',
        src_ip: '2001:db8::1',
        src_port: '17850',
        dst_ip: '2001:db8::2',
        proto: 'udp',
      },
    ],
    [
      'a sign-in, straight from the router',
      '<30>system,info,account user admin logged in from 10.0.0.9 via winbox',
      'syslog-3164+mikrotik',
      null,
      '',
      { user: 'admin', src_ip: '10.0.0.9', action: 'login', outcome: 'success', service: 'winbox' },
    ],
  ]);
});

describe('ESXi and vCenter', () => {
  const rows: readonly (readonly [text: string, fields: Readonly<Record<string, FieldValue>>])[] = [
    [
      'Hostd: info hostd[2099566] [Originator@6876 sub=Vimsvc.ha-eventmgr opID=esxui-1 user=root] Event 130 : User root@10.0.0.9 logged in as Mozilla/5.0',
      {
        user: 'root',
        src_ip: '10.0.0.9',
        action: 'login',
        outcome: 'success',
        'esxi.sub': 'Vimsvc.ha-eventmgr',
        level: 'info',
      },
    ],
    [
      'Hostd: warning hostd[2099566] [Originator@6876 sub=Vimsvc] Event 131 : Cannot login root@203.0.113.9',
      { user: 'root', src_ip: '203.0.113.9', outcome: 'failure' },
    ],
    [
      'Hostd: [LikewiseGetDomainJoinInfo:355] Rejected password for user root from 203.0.113.9',
      { user: 'root', src_ip: '203.0.113.9', outcome: 'failure' },
    ],
    [
      "vobd: [UserLevelCorrelator] 99us: [esx.audit.ssh.session.opened] SSH session was opened for 'root@10.0.0.9'.",
      { event_type: 'esx.audit.ssh.session.opened', user: 'root', src_ip: '10.0.0.9' },
    ],
    [
      "vobd: [esx.audit.account.locked] Remote access for ESXi local user account 'root' has been locked for 900 seconds after 5 failed login attempts.",
      { user: 'root', action: 'lock' },
    ],
    [
      'shell[2101]: [root]: esxcli vm process kill --type=force --world-id=7',
      { user: 'root', CommandLine: 'esxcli vm process kill --type=force --world-id=7' },
    ],
    [
      'vpxd[4711]: Event [7] [1-1] [2026-11-22T05:00:00.000Z] [vim.event.BadUsernameSessionEvent] [error] [] [] [7] [Cannot login VSPHERE.LOCAL\\hanh@203.0.113.9]',
      {
        event_type: 'vim.event.BadUsernameSessionEvent',
        user: 'VSPHERE.LOCAL\\hanh',
        src_ip: '203.0.113.9',
        outcome: 'failure',
      },
    ],
    [
      'vpxd[4711]: Event [8] [1-1] [2026-11-22T05:00:00.000Z] [vim.event.VmPoweredOffEvent] [info] [CORP\\hanh] [DC] [8] [iOffice-01 on esx-01 in DC is powered off]',
      { event_type: 'vim.event.VmPoweredOffEvent', user: 'CORP\\hanh', datacenter: 'DC' },
    ],
  ];
  it.each(rows)('%s', (text, fields) => {
    expect(read(`<166>2026-11-22T05:00:00.000Z esx-01 ${text}`)).toMatchObject({
      parser: 'syslog-3164+esxi',
      timeMs: noon,
      host: 'esx-01',
      fields,
    });
  });
});

describe('Suricata and Zeek', () => {
  check([
    [
      'fast.log',
      '11/22/2026-12:00:00.250000  [**] [1:2008578:4] ET SCAN Sipvicious Scan [**] [Classification: Attempted Information Leak] [Priority: 2] {UDP} 203.0.113.9:5116 -> 10.0.0.5:5060',
      'suricata-fast',
      noon + 250,
      '',
      {
        'alert.signature_id': 2008578,
        'alert.signature': 'ET SCAN Sipvicious Scan',
        src_ip: '203.0.113.9',
        src_port: 5116,
        dest_port: 5060,
        proto: 'UDP',
      },
    ],
    [
      'alerts in syslog',
      '<13>Nov 22 12:00:00 ids suricata[7]: [1:1:1] x [Classification: y] [Priority: 1] {TCP} fd00::5:80 -> fd00::1:443',
      'syslog-3164+suricata-fast',
      noon,
      'ids',
      { src_ip: 'fd00::5', src_port: 80, dest_ip: 'fd00::1', dest_port: 443 },
    ],
    [
      'EVE',
      '{"timestamp":"2026-11-22T12:00:00.000000+0700","flow_id":7,"event_type":"dns","src_ip":"10.0.0.5","dest_ip":"10.0.0.1","dest_port":53,"dns":{"type":"query","rrname":"a.example"}}',
      'json',
      noon,
      '',
      { 'dns.rrname': 'a.example', src_ip: '10.0.0.5' },
    ],
    [
      'Zeek conn without its header',
      '1795323600.500000\tCabc\t10.0.0.5\t5000\t203.0.113.9\t443\ttcp\tssl\t1.5\t100\t200\tSF\tT\tF\t0\tShADad\t5\t400\t6\t500\t-',
      'zeek',
      noon + 500,
      '',
      { _path: 'conn', 'id.orig_h': '10.0.0.5', 'id.resp_p': 443, conn_state: 'SF', orig_bytes: 100 },
    ],
    [
      'Zeek dns without its header',
      '1795323600.500000\tCabc\t10.0.0.5\t5000\t10.0.0.1\t53\tudp\t7\t0.01\ta.example\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t203.0.113.9,203.0.113.10\t60,60\tF',
      'zeek',
      noon + 500,
      '',
      { _path: 'dns', query: 'a.example', qtype_name: 'A', answers: ['203.0.113.9', '203.0.113.10'] },
    ],
  ]);
  test('Zeek with its header, whatever its columns', () => {
    const lines = [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tweird',
      '#open\t2026-11-22-12-00-00',
      '#fields\tts\tuid\tid.orig_h\tname\tn\ttags',
      '#types\ttime\tstring\taddr\tstring\tcount\tset[string]',
    ];
    const cutter = createRecordCutter('auto');
    for (const line of [...lines, ...lines]) expect(cutter.push(line, 0)).toEqual([]);
    const line = '1795323600.000000\tCabc\t10.0.0.5\tbad_checksum\t7\t(empty)';
    const [record] = cutter.push(line, 0);
    expect(record?.text).toBe(line);
    expect(read(`${record?.header}\n${line}`).fields).toEqual({
      _path: 'weird',
      ts: '1795323600.000000',
      uid: 'Cabc',
      'id.orig_h': '10.0.0.5',
      name: 'bad_checksum',
      n: 7,
      tags: [],
    });
    expect(read(line)).toMatchObject({ parser: 'zeek', status: 'partial' });
  });
});

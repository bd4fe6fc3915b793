/**
 * Ordinary work of a weekday morning: what the servers write when nothing is wrong. It keeps close to the rules'
 * borders on purpose (failed sign-ins, small exports, PDF files in the attachment folder), and must raise no alert.
 */
import { app01, browsers, dc01, nginx, phones, powershell, qlvb, security, serviceControl, syslog3164, syslog5424, sysmon } from './lines.mjs';
import { createPeople, newsSlugs, subjects } from './people.mjs';

const plan = [
  ['rp-cong', 920],
  ['rp-qlvb', 820],
  ['app-qlvb', 480],
  ['win-app01', 430],
  ['win-dc01', 320],
  ['linux', 130],
];

export function createBackground(random, durationMs) {
  const people = createPeople(random, 64, browsers);
  let documentNumber = 1500;
  let record = 880_000;
  const nextRecord = () => (record += 1);
  const citizen = () => `203.0.113.${random.pick([3, 5, 8, 12, 14, 21, 25, 33, 37, 41, 48, 52, 58, 101, 117, 123, 140, 156, 171, 188, 204, 219, 230, 241])}`;
  const encode = (text) => encodeURIComponent(text).replaceAll('%20', '+');

  function portal() {
    const slug = random.pick(newsSlugs);
    const [uri, bytes] = random.pick([
      [`/tin-tuc/${slug}-${random.between(1000, 9999)}.html`, random.between(9000, 42_000)],
      [`/static/css/cong.${random.hex(8)}.css`, random.between(2000, 30_000)],
      [`/static/js/app.${random.hex(8)}.js`, random.between(8000, 160_000)],
      [`/static/img/${slug}-${random.between(1, 9)}.webp`, random.between(20_000, 400_000)],
      [`/tim-kiem?q=${encode(random.pick(['đổi giấy phép lái xe', 'lịch tiếp công dân', 'giá đất 2026', 'thủ tục đăng ký kết hôn', 'cấp lại thẻ bảo hiểm']))}&trang=${random.between(1, 9)}`, random.between(6000, 20_000)],
      [`/van-ban/quyet-dinh?so=${random.between(100, 2900)}`, random.between(4000, 15_000)],
      [`/documents/d/quyet-dinh-${random.between(100, 2900)}-qd-ubnd.pdf`, random.between(90_000, 900_000)],
      [`/api/v1/thoi-tiet?ma=${random.between(1, 60)}`, random.between(200, 700)],
    ]);
    const status = random.chance(0.04) ? 404 : random.chance(0.1) ? 304 : 200;
    const referer = random.pick(['-', 'https://www.google.com/', 'https://cong.lamgiang.example.vn/', 'https://cong.lamgiang.example.vn/tin-tuc']);
    return nginx('cong-web01', { ip: citizen(), uri, status, bytes: status === 304 ? 0 : bytes, referer, agent: random.pick([...browsers, ...phones]) });
  }

  function documentProxy() {
    const person = random.pick(people);
    const id = random.between(100_000, 119_999);
    const [method, uri, bytes] = random.pick([
      ['GET', `/VanBan/Den?trang=${random.between(1, 30)}`, random.between(12_000, 30_000)],
      ['GET', `/VanBan/ChiTiet.aspx?id=VB-2026-${id}`, random.between(8000, 22_000)],
      ['GET', `/DinhKem/2026/${random.pick(['10', '11'])}/CV_${id}.pdf`, random.between(80_000, 2_400_000)],
      ['GET', `/DinhKem/2026/11/${encodeURIComponent(`Phụ lục ${random.between(1, 40)}.docx`)}?id=${id}`, random.between(30_000, 300_000)],
      ['GET', `/api/thong-bao?tu=${id}`, random.between(120, 900)],
      ['GET', `/Content/site.css?v=${random.hex(6)}`, random.between(5000, 9000)],
      ['GET', `/TraCuu/VanBan?tuKhoa=${encode(random.pick(['tổng hợp', 'báo cáo quý', 'chuyển đổi số', 'đầu tư công']))}&nam=2026&trang=${random.between(1, 20)}`, random.between(6000, 18_000)],
      ['POST', `/VanBan/ChuyenTiep.ashx?id=VB-2026-${id}`, random.between(60, 400)],
      ['POST', `/VanBan/TaiLen.ashx?phien=${random.hex(8)}`, random.between(90, 300)],
      ['POST', `/TaiKhoan/GiaHan?t=${random.hex(8)}`, random.between(60, 90)],
    ]);
    const status = random.chance(0.03) ? random.pick([302, 404, 401]) : 200;
    return nginx('qlvb-rp01', { ip: person.ip, method, uri, status, bytes, referer: 'https://qlvb.lamgiang.example.vn/', agent: person.agent });
  }

  function application() {
    const person = random.pick(people);
    const subject = random.pick(subjects);
    const base = (action, rest = {}) => {
      return {
        action,
        result: 'success',
        user: person.account,
        user_name: random.chance(0.15) ? person.name.normalize('NFD') : person.name,
        user_agency: person.agency,
        agency_status: 'dang_hoat_dong',
        role: person.role,
        src_ip: person.ip,
        user_agent: person.agent,
        session: person.session,
        request_id: random.hex(10),
        ...rest,
      };
    };
    const id = `VB-2026-${random.between(100_000, 119_999)}`;
    documentNumber += 1;
    const no = `${documentNumber}/UBND-${random.pick(['TH', 'KT', 'NC', 'VX'])}`;
    // Macs of some agencies send decomposed text; the platform composes it before rules and search see it.
    const written = random.chance(0.2) ? subject.normalize('NFD') : subject;
    const roll = random.next();
    if (roll < 0.1) return qlvb({ ...base('login'), message: `Đăng nhập thành công: ${person.name} (${person.agency})` });
    if (roll < 0.13) return qlvb({ ...base('login', { result: 'failure', reason: 'sai_mat_khau' }), message: `Đăng nhập không thành công: ${person.account}` });
    if (roll < 0.45) return qlvb({ ...base('view', { doc_id: id, doc_no: no, doc_subject: written }), message: `${person.name} xem văn bản ${no}` });
    if (roll < 0.62) return qlvb({ ...base('download', { doc_id: id, doc_no: no, doc_subject: written, file_name: `CV_${documentNumber}_UBND.pdf`, doc_count: 1 }), message: `${person.name} tải văn bản ${no}` });
    if (roll < 0.72) return qlvb({ ...base('forward', { doc_id: id, doc_no: no, doc_subject: written, to_agency: random.pick(people).agency }), message: `${person.name} chuyển văn bản ${no}` });
    if (roll < 0.8) return qlvb({ ...base('search', { query: random.pick(['tổng hợp', 'giao ban', 'đầu tư công', 'hạn mặn']), doc_count: random.between(0, 900) }), message: `${person.name} tìm kiếm văn bản` });
    if (roll < 0.88) {
      const name = random.pick([`${subject.slice(0, 40)}.docx`, `CV_${documentNumber}.pdf`, `Phụ lục ${random.between(1, 9)}.xlsx`, `Ảnh hiện trường ${random.between(1, 30)}.jpg`]).replaceAll('/', '-');
      return qlvb({ ...base('upload', { doc_id: id, file_name: random.chance(0.3) ? name.normalize('NFD') : name, file_bytes: random.between(20_000, 4_000_000) }), message: `${person.name} đính kèm tệp vào văn bản ${id}` });
    }
    if (roll < 0.93) return qlvb({ ...base('sign', { doc_id: id, doc_no: no, doc_subject: written, certificate: random.hex(16) }), message: `${person.name} ký số văn bản ${no}` });
    if (roll < 0.95) return qlvb({ ...base('export', { doc_count: random.between(3, 85), file_name: 'danh_sach_van_ban.xlsx' }), message: `${person.name} xuất danh sách văn bản` });
    if (roll < 0.96) return qlvb({ ...base('role_grant', { user: 'qtht.qlvb', user_name: 'Quản trị hệ thống', role: 'quan_tri_he_thong', src_ip: '192.0.2.60', target_user: person.account, new_role: 'van_thu' }), message: `Gán vai trò văn thư cho ${person.account}` });
    return qlvb({ ...base('logout'), message: `${person.name} đăng xuất` });
  }

  const guid = () => `{${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-0000-${random.hex(12)}}`;
  const system32 = 'C:\\Windows\\System32\\';
  const processes = [
    ['svchost.exe', 'svchost.exe -k netsvcs -p -s Schedule', 'services.exe', 'NT AUTHORITY\\SYSTEM'],
    ['taskhostw.exe', 'taskhostw.exe KEYROAMING', 'svchost.exe', 'LAMGIANG\\qtv.hung'],
    ['wbem\\WmiPrvSE.exe', 'wmiprvse.exe -secured -Embedding', 'svchost.exe', 'NT AUTHORITY\\NETWORK SERVICE'],
    ['conhost.exe', '\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1', 'csrss.exe', 'NT AUTHORITY\\SYSTEM'],
    ['inetsrv\\w3wp.exe', 'c:\\windows\\system32\\inetsrv\\w3wp.exe -ap "QLVB" -v "v4.0"', 'svchost.exe', 'IIS APPPOOL\\QLVB'],
    ['WindowsPowerShell\\v1.0\\powershell.exe', 'powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File D:\\QLVB\\BaoTri\\don-log.ps1', 'svchost.exe', 'LAMGIANG\\svc_baotri'],
    ['net.exe', 'net use Z: \\\\fs01\\dungchung /persistent:no', 'cmd.exe', 'LAMGIANG\\qtv.hung'],
    ['schtasks.exe', 'schtasks /query /tn SaoLuuQLVB /fo list', 'cmd.exe', 'LAMGIANG\\qtv.hung'],
    ['vssadmin.exe', 'vssadmin list shadows', 'cmd.exe', 'LAMGIANG\\svc_saoluu'],
  ];
  const process = (computer) => {
    const [image, line, parent, user] = random.pick(processes);
    return sysmon(computer, nextRecord(), 1, {
      ProcessGuid: guid(),
      ProcessId: random.between(900, 12_000),
      Image: system32 + image,
      OriginalFileName: image.split('\\').at(-1),
      CommandLine: line,
      CurrentDirectory: 'C:\\Windows\\system32\\',
      User: user,
      IntegrityLevel: 'System',
      ParentProcessId: random.between(600, 4000),
      ParentImage: system32 + parent,
      ParentCommandLine: parent,
    });
  };
  const logon = (computer) => {
    const person = random.pick(people);
    const [type, ip] = random.pick([
      [3, person.ip],
      [3, person.ip],
      [5, '-'],
      [10, '192.0.2.60'],
    ]);
    return security(computer, nextRecord(), 4624, {
      SubjectUserName: `${computer.split('.')[0]}$`,
      TargetUserName: type === 5 ? 'SYSTEM' : type === 10 ? 'qtv.hung' : person.account,
      TargetDomainName: type === 5 ? 'NT AUTHORITY' : 'LAMGIANG',
      TargetLogonId: `0x${random.hex(6)}`,
      LogonType: type,
      LogonProcessName: type === 3 ? 'Kerberos' : 'User32',
      AuthenticationPackageName: 'Negotiate',
      WorkstationName: '-',
      IpAddress: ip,
      IpPort: String(random.between(49_152, 65_000)),
      ProcessName: '-',
    });
  };
  const logoff = (computer) =>
    security(computer, nextRecord(), 4634, { TargetUserName: random.pick(people).account, TargetDomainName: 'LAMGIANG', TargetLogonId: `0x${random.hex(6)}`, LogonType: 3 });
  const lsass = (computer) => {
    const [source, access] = random.pick([
      [`${system32}svchost.exe`, '0x1000'],
      [`${system32}wbem\\wmiprvse.exe`, '0x1410'],
      ['C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25090.3009-0\\MsMpEng.exe', '0x1010'],
    ]);
    return sysmon(computer, nextRecord(), 10, { SourceProcessId: random.between(600, 4000), SourceImage: source, TargetProcessId: 688, TargetImage: `${system32}lsass.exe`, GrantedAccess: access });
  };
  const service = (computer) =>
    serviceControl(computer, nextRecord(), 7036, { param1: random.pick(['Windows Update', 'Windows Modules Installer', 'Background Intelligent Transfer Service', 'WMI Performance Adapter']), param2: random.pick(['running', 'stopped']) });

  function documentServer() {
    const roll = random.next();
    if (roll < 0.25) return logon(app01);
    if (roll < 0.38) return logoff(app01);
    if (roll < 0.58) return process(app01);
    if (roll < 0.78) {
      const name = random.pick([`DinhKem\\2026\\11\\CV_${random.between(100_000, 119_999)}.pdf`, `DinhKem\\2026\\11\\Phu luc ${random.between(1, 99)}.docx`, `Logs\\qlvb-${random.hex(4)}.log`]);
      return sysmon(app01, nextRecord(), 11, { ProcessGuid: guid(), ProcessId: 3044, Image: `${system32}inetsrv\\w3wp.exe`, TargetFilename: `D:\\QLVB\\${name}`, User: 'IIS APPPOOL\\QLVB' });
    }
    if (roll < 0.86) return sysmon(app01, nextRecord(), 3, { ProcessId: 3044, Image: `${system32}inetsrv\\w3wp.exe`, User: 'IIS APPPOOL\\QLVB', Protocol: 'tcp', Initiated: 'true', SourceIp: '192.0.2.21', SourcePort: String(random.between(49_152, 65_000)), DestinationIp: '192.0.2.22', DestinationPort: '1433' });
    if (roll < 0.92) return lsass(app01);
    if (roll < 0.96) return service(app01);
    if (roll < 0.98) return powershell(app01, nextRecord(), `Get-ChildItem D:\\QLVB\\Logs -Filter *.log | Where-Object LastWriteTime -lt (Get-Date).AddDays(-${random.between(30, 180)}) | Remove-Item`, guid());
    return sysmon(app01, nextRecord(), 23, { ProcessId: 3044, User: 'IIS APPPOOL\\QLVB', Image: `${system32}inetsrv\\w3wp.exe`, TargetFilename: `D:\\QLVB\\DinhKem\\tam\\${random.hex(8)}.docx`, Hashes: `SHA256=${random.hex(64).toUpperCase()}` });
  }

  function domainController() {
    const person = random.pick(people);
    const roll = random.next();
    if (roll < 0.3) return security(dc01, nextRecord(), 4769, { TargetUserName: `${person.account}@${'lamgiang.example.vn'.toUpperCase()}`, TargetDomainName: 'LAMGIANG', ServiceName: random.pick(['QLVB-APP01$', 'FS01$', 'krbtgt']), TicketOptions: '0x40810000', TicketEncryptionType: '0x12', IpAddress: `::ffff:${person.ip}`, Status: '0x0' });
    if (roll < 0.5) return security(dc01, nextRecord(), 4768, { TargetUserName: person.account, TargetDomainName: 'LAMGIANG', ServiceName: 'krbtgt', TicketEncryptionType: '0x12', PreAuthType: '2', IpAddress: `::ffff:${person.ip}`, Status: '0x0' });
    if (roll < 0.55) return security(dc01, nextRecord(), 4771, { TargetUserName: person.account, ServiceName: 'krbtgt/LAMGIANG', Status: '0x18', PreAuthType: '2', IpAddress: `::ffff:${person.ip}`, IpPort: String(random.between(49_152, 65_000)) });
    if (roll < 0.7) return logon(dc01);
    if (roll < 0.8) return logoff(dc01);
    if (roll < 0.92) return process(dc01);
    if (roll < 0.95) return lsass(dc01);
    if (roll < 0.98) return service(dc01);
    return security(dc01, nextRecord(), 4732, { MemberName: `CN=${person.name},OU=NguoiDung,DC=lamgiang`, MemberSid: 'S-1-5-21-1004336348-1177238915-682003330-2210', TargetUserName: 'Remote Desktop Users', TargetDomainName: 'Builtin', TargetSid: 'S-1-5-32-555', SubjectUserName: 'qtv.hung', SubjectDomainName: 'LAMGIANG', RequestId: random.hex(6) });
  }

  function linux() {
    const host = random.pick(['qlvb-rp01', 'cong-web01', 'mail01']);
    const pid = random.between(1000, 60_000);
    const port = random.between(40_000, 60_000);
    const [pri, program, message] = random.pick([
      [38, 'sshd', `Accepted publickey for vanhanh from 192.0.2.60 port ${port} ssh2: ED25519 SHA256:${random.hex(20)}`],
      [38, 'sshd', `Failed password for root from ${citizen()} port ${port} ssh2`],
      [38, 'sshd', `Failed password for invalid user admin from ${citizen()} port ${port} ssh2`],
      [38, 'sshd', `Connection closed by ${citizen()} port ${port} [preauth]`],
      [85, 'sudo', `vanhanh : TTY=pts/${random.between(0, 4)} ; PWD=/home/vanhanh ; USER=root ; COMMAND=/usr/bin/tail -n ${random.between(20, 400)} /var/log/nginx/error.log`],
      [78, 'CRON', `(root) CMD (/usr/local/bin/sao-luu-cau-hinh.sh ${random.hex(4)})`],
      [30, 'systemd', `Started session-${pid}.scope - Session ${pid} of User vanhanh.`],
      [22, 'postfix/smtpd', `disconnect from unknown[198.51.100.${random.between(10, 250)}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=${random.between(5, 9)}`],
    ]);
    return host === 'qlvb-rp01' ? syslog3164(pri, host, `${program}[${pid}]`, message) : syslog5424(pri, host, program, pid, message);
  }

  const writers = {
    'rp-cong': portal,
    'rp-qlvb': documentProxy,
    'app-qlvb': application,
    'win-app01': documentServer,
    'win-dc01': domainController,
    linux,
  };
  const seen = new Set();
  const records = [];
  for (const [source, count] of plan) {
    const write = writers[source];
    for (let i = 0; i < count; i += 1) {
      let line = write();
      while (seen.has(line)) line = write();
      seen.add(line);
      records.push({ at_ms: Math.floor(((i + random.next()) / count) * (durationMs - 500)), source, line });
    }
  }
  return records.sort((a, b) => a.at_ms - b.at_ms);
}

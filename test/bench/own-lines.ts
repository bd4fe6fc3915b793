/**
 * Lines of our own making, as an agent sends them: one JSON object a line in the shape of the Windows event log. Most
 * are process creations of an office (about 700 bytes) that no rule minds; the others are an account that was created,
 * which exactly one of our rules (user_account_created) reports.
 */

const programs = ['WINWORD.EXE', 'EXCEL.EXE', 'chrome.exe', 'Zalo.exe', 'UniKeyNT.exe', 'AcroRd32.exe', 'Teams.exe'];
const people = ['nguyen.an', 'tran.binh', 'le.chi', 'pham.dung', 'hoang.giang'];

function record(o: {
  readonly provider: string;
  readonly channel: string;
  readonly id: number;
  readonly number: number;
  readonly host: string;
  readonly timeMs: number;
  readonly data: Readonly<Record<string, string | number>>;
}): string {
  const System = {
    Provider: { '#attributes': { Name: o.provider } },
    EventID: o.id,
    Version: 5,
    Level: 4,
    TimeCreated: { '#attributes': { SystemTime: new Date(o.timeMs).toISOString() } },
    EventRecordID: o.number,
    Channel: o.channel,
    Computer: o.host,
  };
  return JSON.stringify({ Event: { System, EventData: o.data } });
}

function hex(number: number, digits: number): string {
  return (Math.imul(number + 1, 2654435761) >>> 0).toString(16).padStart(8, '0').repeat(8).slice(0, digits);
}

/** A program somebody started, the `number`-th of its kind. */
export function ordinaryLine(number: number, host: string, timeMs: number): string {
  const program = programs[number % programs.length] ?? '';
  const image = `C:\\Program Files\\Van phong\\${program}`;
  return record({
    provider: 'Microsoft-Windows-Sysmon',
    channel: 'Microsoft-Windows-Sysmon/Operational',
    id: 1,
    number,
    host,
    timeMs,
    data: {
      UtcTime: new Date(timeMs).toISOString().slice(0, 23).replace('T', ' '),
      ProcessGuid: `{${hex(number, 8)}-0000-0000-0000-000000000000}`,
      ProcessId: 1000 + (number % 30_000),
      Image: image,
      OriginalFileName: program,
      CommandLine: `"${image}" "D:\\Cong van\\${number}.docx"`,
      CurrentDirectory: 'D:\\Cong van\\',
      User: `LAMGIANG\\${people[number % people.length]}`,
      IntegrityLevel: 'Medium',
      Hashes: `SHA256=${hex(number, 64).toUpperCase()}`,
      ParentImage: 'C:\\Windows\\explorer.exe',
      ParentCommandLine: 'C:\\Windows\\Explorer.EXE',
    },
  });
}

/** An account that was created on `host`: one finding of one rule. */
export function accountCreatedLine(number: number, host: string, timeMs: number): string {
  return record({
    provider: 'Microsoft-Windows-Security-Auditing',
    channel: 'Security',
    id: 4720,
    number,
    host,
    timeMs,
    data: {
      TargetUserName: `hotro${number}`,
      TargetDomainName: 'LAMGIANG',
      TargetSid: `S-1-5-21-1004336348-1177238915-682003330-${number}`,
      SubjectUserName: 'qtv.hung',
      SubjectDomainName: 'LAMGIANG',
      SubjectLogonId: '0x3e7',
      SamAccountName: `hotro${number}`,
    },
  });
}

/** `count` lines of fifty machines, one in `hitEvery` of them an account that was created. */
export function officeLines(count: number, hitEvery: number, timeMs: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const host = `PC-${String(i % 50).padStart(3, '0')}`;
    return i % hitEvery === hitEvery - 1 ? accountCreatedLine(i, host, timeMs) : ordinaryLine(i, host, timeMs);
  });
}

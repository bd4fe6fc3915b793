/**
 * What texts of events are made of, as a model of pairs of neighbouring characters. It only says what is rare, so that
 * automata begin at rare places; a poor guess costs time, never an answer.
 */
const sample: readonly string[] = [
  'c:\\windows\\system32\\svchost.exe -k netsvcs -p -s schedule',
  '"c:\\program files\\google\\chrome\\application\\chrome.exe" --type=renderer --lang=en-us --no-sandbox',
  'c:\\program files (x86)\\microsoft\\edge\\application\\msedge.exe',
  'c:\\users\\user\\appdata\\local\\temp\\installer.log',
  'c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe -noprofile -executionpolicy bypass -file c:\\scripts\\backup.ps1',
  'c:\\windows\\explorer.exe c:\\windows\\system32\\cmd.exe /c dir c:\\users\\public',
  'hklm\\software\\microsoft\\windows\\currentversion\\run\\onedrive hklm\\system\\currentcontrolset\\services\\',
  'nt authority\\system nt authority\\network service corp\\administrator workgroup\\host$',
  'microsoft-windows-security-auditing microsoft-windows-sysmon/operational security account name: logon id: 0x3e7',
  'a new process has been created. creator subject: security id: token elevation type: %%1936 mandatory label',
  '2026-07-28 11:28:41.946 2026-07-28t11:28:41.123z jul 28 11:28:41 host sshd[12345]: accepted publickey for root from 10.20.30.40 port 51234',
  'sha256=23d188a3b99e68433f7a43c5e11dc057071e2b0cf6128e6e96235783d50ead5d,imphash=4f2f006e2ecf7172ad368f8289dc96c1,md5=9f1ac7b64e',
  '07e032fd-0db1-61b5-6bb9-a2f5fe555a63 {1d4b96f7-e510-0ebc-5afe-ae74d540be6e} s-1-5-21-3623811015-3361044348-30300820-1013',
  'https://www.example.com/index.html?user=1&id=2 mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 gecko',
  'get /api/v1/items http/1.1 200 post /login 302 -- /usr/bin/python3 /usr/sbin/cron /var/log/messages /etc/passwd /home/user',
  'user admin executed: show interface status on core-sw01 the connection was closed by the remote host error failed success true false',
];

const size = 128;
/** How much the frequency of a character alone weighs against that of its pair. */
const smoothing = 8;

export class EventTextModel {
  readonly #single = new Float64Array(size);
  readonly #pair = new Float64Array(size * size);

  constructor(texts: readonly string[] = sample) {
    const counts = new Float64Array(size);
    const pairs = new Float64Array(size * size);
    let total = 0;
    for (const text of texts) {
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i) % size;
        counts[unit] = (counts[unit] ?? 0) + 1;
        total++;
        if (i === 0) continue;
        const pair = (text.charCodeAt(i - 1) % size) * size + unit;
        pairs[pair] = (pairs[pair] ?? 0) + 1;
      }
    }
    for (let unit = 0; unit < size; unit++) this.#single[unit] = ((counts[unit] ?? 0) + 0.5) / (total + size / 2);
    for (let first = 0; first < size; first++) {
      for (let unit = 0; unit < size; unit++) {
        const pair = first * size + unit;
        this.#pair[pair] =
          ((pairs[pair] ?? 0) + smoothing * (this.#single[unit] ?? 0)) / ((counts[first] ?? 0) + smoothing);
      }
    }
  }

  /** How often a folded ASCII character stands at a place. */
  single(unit: number): number {
    return this.#single[unit % size] ?? 0;
  }

  /** How often the second character stands after the first. */
  after(first: number, unit: number): number {
    return this.#pair[(first % size) * size + (unit % size)] ?? 0;
  }
}

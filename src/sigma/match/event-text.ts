/**
 * What texts of events are made of, as a model of pairs of neighbouring characters. It only says what is rare, so that
 * automata begin at rare places; a poor guess costs time, never an answer.
 */
const sample: readonly string[] = [
  'c:\\windows\\system32\\svchost.exe -k localservice -p',
  '"c:\\program files\\google\\chrome\\application\\chrome.exe" --profile-directory=default https://example.org/',
  'c:\\program files (x86)\\microsoft\\edge\\application\\msedge.exe',
  'c:\\users\\user\\appdata\\local\\temp\\report.tmp',
  'c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe -noprofile -executionpolicy bypass -file c:\\scripts\\backup.ps1',
  'c:\\windows\\explorer.exe c:\\windows\\system32\\cmd.exe /c dir c:\\users\\public',
  'hklm\\software\\microsoft\\windows\\currentversion\\run\\onedrive hklm\\system\\currentcontrolset\\services\\',
  'nt authority\\system nt authority\\network service corp\\administrator workgroup\\host$',
  'microsoft-windows-security-auditing microsoft-windows-sysmon/operational security account name: logon id: 0x3e7',
  'a new process has been created. creator subject: security id: logon type: 3',
  '2019-03-05 07:45:12.604 2021-10-17t23:06:58.391z oct 17 04:30:29 host sshd[12345]: accepted publickey for root from 10.20.30.40 port 51234',
  'sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,md5=d41d8cd98f00b204e9800998ecf8427e,imphash=00000000',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8 {6ba7b811-9dad-11d1-80b4-00c04fd430c8} s-1-5-21-3623811015-3361044348-30300820-1013',
  'https://www.example.com/index.html?user=1&id=2 mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 gecko',
  'get /api/v1/items http/1.1 200 post /login 302 -- /usr/bin/python3 /usr/sbin/cron /var/log/messages /etc/passwd /home/user',
  'configuration was changed from console by admin on switch the connection was closed by the remote host error failed success true false',
];

/** Classes of folded ASCII characters in the model: control characters are one. */
const size = 71;
/** How much the frequency in a shorter context weighs against that in a longer one. */
const smoothing = 3;

class EventTextModel {
  readonly #single = new Float64Array(size);
  readonly #pair = new Float64Array(size * size);
  readonly #triple = new Float64Array(size * size * size);

  constructor(texts: readonly string[]) {
    const singles = new Float64Array(size);
    const pairs = new Float64Array(size * size);
    const triples = new Float64Array(size * size * size);
    let total = 0;
    for (const text of texts) {
      let pair = -1;
      let last = -1;
      for (let i = 0; i < text.length; i++) {
        const unit = classOf(text.charCodeAt(i));
        singles[unit] = (singles[unit] ?? 0) + 1;
        total++;
        if (pair >= 0) triples[pair * size + unit] = (triples[pair * size + unit] ?? 0) + 1;
        if (last >= 0) {
          pair = last * size + unit;
          pairs[pair] = (pairs[pair] ?? 0) + 1;
        }
        last = unit;
      }
    }
    for (let c = 0; c < size; c++) this.#single[c] = ((singles[c] ?? 0) + 0.5) / (total + size / 2);
    for (let i = 0; i < this.#pair.length; i++) {
      const before = singles[(i / size) | 0] ?? 0;
      this.#pair[i] = ((pairs[i] ?? 0) + smoothing * (this.#single[i % size] ?? 0)) / (before + smoothing);
    }
    for (let i = 0; i < this.#triple.length; i++) {
      const before = pairs[(i / size) | 0] ?? 0;
      this.#triple[i] =
        ((triples[i] ?? 0) + smoothing * (this.#pair[i % this.#pair.length] ?? 0)) / (before + smoothing);
    }
  }

  /** How often a folded ASCII text stands at a place. */
  chanceOf(text: string): number {
    let chance = 1;
    for (let i = 0; i < text.length; i++) chance *= this.chance(text, 0, i);
    return chance;
  }

  /** How often the character at `i` of a folded ASCII text stands behind those from `from` on. */
  chance(text: string, from: number, i: number): number {
    const unit = classOf(text.charCodeAt(i));
    if (i === from) return this.#single[unit] ?? 0;
    const last = classOf(text.charCodeAt(i - 1));
    if (i === from + 1) return this.#pair[last * size + unit] ?? 0;
    return this.#triple[(classOf(text.charCodeAt(i - 2)) * size + last) * size + unit] ?? 0;
  }
}

/** Folded text has no capitals. */
function classOf(unit: number): number {
  return unit < 32 ? 0 : unit <= 64 ? unit - 31 : unit - 57;
}

export const eventText: EventTextModel = new EventTextModel(sample);

/**
 * Recorded-looking data of a provincial centre for the board's fixture: made by a seeded generator from our own list of
 * agencies, systems and situations. Names mix NFC and NFD, long and short, as real registers do.
 */
import type {
  AlertView,
  EventView,
  EvidenceView,
  Health,
  IncidentCard,
  RuleSetView,
  RuleView,
  SystemView,
} from '../../src/contract/api.ts';
import type { Entity, MatchedField } from '../../src/model/finding.ts';
import type { IncidentState } from '../../src/model/incident.ts';
import type { Severity } from '../../src/model/severity.ts';

/** mulberry32: small, seeded, good enough to spread test data. */
function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let x = Math.imul(a ^ (a >>> 15), 1 | a);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const systems: readonly SystemView[] = [
  ['igate', 'iGate', 'ttpvhcc', 'Trung tâm Phục vụ hành chính công', 3],
  ['thucongvu', 'Thư điện tử công vụ', 'snnmt', 'Sở Nông nghiệp và Môi trường', 2],
  ['qlvb', 'QLVB&ĐH', 'vpub', 'Văn phòng UBND tỉnh', 3],
  ['his', 'HIS', 'bvdk', 'Bệnh viện Đa khoa tỉnh', 3],
  ['lgsp', 'LGSP', 'skhcn', 'Sở Khoa học và Công nghệ', 3],
  ['tttdt', 'Trang TTĐT', 'xamtd', 'UBND xã Mỹ Thạnh Đông'.normalize('NFD'), 1],
  ['quantrimien', 'Quản trị miền', 'tthdl', 'Trung tâm Tích hợp dữ liệu', 4],
  ['kyso', 'Ký số', 'bqlkcn', 'Ban Quản lý các khu công nghiệp và khu kinh tế cửa khẩu quốc tế', 2],
  [
    'csdldc',
    'Hệ thống thông tin nguồn và thu thập, tổng hợp, phân tích dữ liệu dân cư dùng chung cấp tỉnh',
    'catinh',
    'Công an tỉnh – Phòng An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao',
    5,
  ],
  ['maytram', 'Máy trạm', 'sgddt', 'Sở Giáo dục và Đào tạo', 1],
].map(([id, name, org, orgName, level]) => ({
  id: String(id),
  name: String(name),
  org: String(org),
  orgName: String(orgName),
  agencies:
    id === 'thucongvu'
      ? [
          { org: 'snnptnt', orgName: 'Sở Nông nghiệp và PTNT', fromDay: '', untilDay: '2025-07-01' },
          { org: 'snnmt', orgName: 'Sở Nông nghiệp và Môi trường', fromDay: '2025-07-01', untilDay: '' },
        ]
      : [],
  level: Number(level),
  operator: id === 'his' ? 'Viễn thông tỉnh' : '',
  duty: 'Trực CNTT',
}));

export interface Situation {
  readonly rule: string;
  readonly title: string;
  readonly titleVi: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly system: string;
  readonly hosts: readonly string[];
  readonly entities: readonly Entity[];
  readonly fields: Readonly<Record<string, string | number>>;
  readonly matched: readonly MatchedField[];
  readonly message: string;
  readonly product: string;
  readonly service: string;
  readonly category: string;
}

function hit(field: string, value: string, selection: string, how: string, part: string): MatchedField {
  const at = value.indexOf(part);
  return { field, value, selection, how, spans: at < 0 ? [] : [[at, part.length]] };
}

const shell = 'cmd.exe /c whoami && net user > D:\\iGate\\dinhkem\\2026\\11\\kq.txt';

/** [rule, title, titleVi, severity, tags, system, host, entity, message] of the situations without fields of their own. */
const plainSituations: readonly (readonly [
  string,
  string,
  string,
  Severity,
  readonly string[],
  string,
  string,
  string,
  string,
])[] = [
  [
    'r-logon',
    'Successful logon after many failures',
    'Dò mật khẩu rồi đăng nhập thành công vào Thư điện tử công vụ từ ngoài lãnh thổ',
    'high',
    ['attack.credential-access', 'attack.t1110.001'],
    'thucongvu',
    'MAIL-FE-01',
    'vanthu.snnmt',
    'login ok user=vanthu.snnmt src=198.51.100.24 after 46 failures',
  ],
  [
    'r-mass',
    'Mass download of official letters',
    'Tải xuống hàng loạt công văn bằng tài khoản văn thư ngoài giờ hành chính',
    'high',
    ['attack.collection', 'attack.t1005', 'attack.exfiltration', 'attack.t1567'],
    'qlvb',
    'QLVB-APP-01',
    'vt.vpub',
    'GET /vanban/tai?id=182771 200 by vt.vpub',
  ],
  [
    'r-ransom',
    'Shadow copies removed and backup stopped',
    'Dấu hiệu chuẩn bị mã hóa tống tiền: xóa bản sao bóng, dừng dịch vụ sao lưu',
    'critical',
    ['attack.impact', 'attack.t1490', 'attack.defense-evasion'],
    'his',
    'HIS-DB-01',
    'SYSTEM',
    'vssadmin delete shadows /all /quiet',
  ],
  [
    'r-clear',
    'Security log cleared',
    'Nhật ký bảo mật bị xóa trên máy chủ quản trị miền dự phòng',
    'high',
    ['attack.defense_evasion', 'attack.t1070.001'],
    'quantrimien',
    'DC-02',
    'svc_backup',
    'The audit log was cleared. Subject: TINH\\svc_backup',
  ],
  [
    'r-api',
    'Civil status API above hourly rate',
    'Tài khoản dịch vụ trên LGSP gọi API hộ tịch gấp 9 lần mức thường lệ',
    'medium',
    ['attack.collection', 'attack.t1119'],
    'lgsp',
    'LGSP-GW-01',
    'svc-hotich-03',
    'GET /hotich/v2/tra-cuu 200 svc-hotich-03',
  ],
  [
    'r-bet',
    'Gambling links injected into a web page',
    'Chèn liên kết cá cược vào chuyên mục tin tức của trang thông tin điện tử xã',
    'medium',
    ['attack.impact', 'attack.t1491.002'],
    'tttdt',
    'WEB-XA-17',
    'www-data',
    'POST /admin/tinbai/luu 200 body contains "nhà cái uy tín"',
  ],
  [
    'r-grant',
    'Admin rights for an account of a merged agency',
    'Cấp quyền quản trị cho tài khoản của đơn vị đã sáp nhập từ 01/07/2025',
    'high',
    ['attack.persistence', 'attack.t1098'],
    'qlvb',
    'QLVB-APP-02',
    'qt.phongnv-cu',
    'grant role=admin to=qt.phongnv-cu by=qt.he-thong',
  ],
  [
    'r-sign',
    'Burst of signatures at night',
    'Ký số hàng loạt lúc nửa đêm bằng chứng thư số của cơ quan',
    'medium',
    ['attack.impact'],
    'kyso',
    'TOKEN-0931',
    'TOKEN-0931',
    'sign ok serial=5404 count=112',
  ],
  [
    'r-dga',
    'Queries for generated domain names',
    'Máy trạm truy vấn tên miền điều khiển mã độc qua DNS nội bộ',
    'medium',
    ['attack.command-and-control', 'attack.t1568.002'],
    'maytram',
    'PC-KT-04',
    '10.61.8.203',
    'query qxkzjwvuty.top A from 10.61.8.203',
  ],
  [
    'r-av',
    'Antivirus signatures out of date',
    '23 máy tính chưa cập nhật mẫu phòng, chống mã độc quá 15 ngày',
    'low',
    [],
    'maytram',
    'PC-VT-11',
    'PC-VT-11',
    'signature age 15 d',
  ],
  [
    'r-scan',
    'Port scan inside the dedicated network',
    'Quét cổng trong mạng truyền số liệu chuyên dùng'.normalize('NFD'),
    'low',
    ['attack.discovery', 'attack.t1046'],
    'lgsp',
    'FW-TT-01',
    '10.61.8.203',
    'deny tcp 10.61.8.203 -> 10.20.8.0/24 ports=1-1024',
  ],
  [
    'r-member',
    'Account added to a reading group',
    'Tài khoản mới trong nhóm đọc báo cáo',
    'informational',
    ['attack.persistence'],
    'csdldc',
    'DC-01',
    'bc.stc.07',
    'member added group=BaoCao-Doc',
  ],
];

export const situations: readonly Situation[] = [
  {
    rule: 'r-webshell',
    title: 'Web server process spawns a command interpreter',
    titleVi:
      'Ghi tệp web shell vào thư mục đính kèm hồ sơ của Hệ thống thông tin giải quyết thủ tục hành chính, đang chạy lệnh trên máy chủ',
    severity: 'critical',
    tags: ['attack.execution', 'attack.t1059.003', 'attack.persistence', 'attack.t1505.003'],
    system: 'igate',
    hosts: ['IGATE-APP-02', 'IGATE-APP-01', 'IGATE-DB-01'],
    entities: [
      { kind: 'host', value: 'IGATE-APP-02' },
      { kind: 'ip', value: '203.0.113.87' },
      { kind: 'user', value: 'IIS APPPOOL\\iGatePool' },
      { kind: 'file', value: 'D:\\iGate\\dinhkem\\2026\\11\\Đơn đề nghị cấp phép.pdf.aspx' },
    ],
    fields: {
      EventID: 1,
      ParentImage: 'C:\\Windows\\System32\\inetsrv\\w3wp.exe',
      Image: 'C:\\Windows\\System32\\cmd.exe',
      CommandLine: shell,
      User: 'IIS APPPOOL\\iGatePool',
      ProcessGuid: '{b3c1a7d0-55aa-6740-9f02-000000001a00}',
      IntegrityLevel: 'High',
      Hashes: 'SHA256=E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855',
    },
    matched: [
      hit('ParentImage', 'C:\\Windows\\System32\\inetsrv\\w3wp.exe', 'selection_parent', 'endswith', '\\w3wp.exe'),
      hit('Image', 'C:\\Windows\\System32\\cmd.exe', 'selection_child', 'endswith', '\\cmd.exe'),
      {
        ...hit('CommandLine', shell, 'selection_args', 'contains', 'whoami'),
        spans: [
          [shell.indexOf('whoami'), 6],
          [shell.indexOf('net user'), 8],
        ],
      },
    ],
    message: `Process Create: w3wp.exe -> ${shell}`,
    product: 'windows',
    service: 'sysmon',
    category: 'process_creation',
  },
  ...plainSituations.map(([rule, title, titleVi, severity, tags, system, host, entity, message]): Situation => {
    const isIp = /^\d+\./.test(entity);
    return {
      rule,
      title,
      titleVi,
      severity,
      tags,
      system,
      hosts: [host],
      entities: [
        { kind: 'host', value: host },
        { kind: isIp ? 'ip' : 'user', value: entity },
      ],
      fields: { host, user: entity, message, status: 200, 'tệp đính kèm': 'Giấy ủy quyền.pdf' },
      matched: [hit('user', entity, 'selection', 'equals', entity)],
      message,
      product: 'application',
      service: system,
      category: 'application',
    };
  }),
];

export interface World {
  readonly cards: IncidentCard[];
  readonly alerts: AlertView[];
  readonly evidence: EvidenceView[];
}

const states: readonly IncidentState[] = [
  'new',
  'new',
  'triage',
  'triage',
  'investigating',
  'contained',
  'resolved',
  'false_positive',
];
const people: readonly string[] = ['hồng.ánh', 'pt1.hoà'.normalize('NFD'), 'nguyễn.thị.phương-thảo', 'trực-ban.1'];

function systemOf(id: string): SystemView {
  const found = systems.find((s) => s.id === id);
  if (found === undefined) throw new Error(`no system ${id}`);
  return found;
}

export function ruleOf(s: Situation): RuleView {
  const text = `title: ${s.title}
id: ${s.rule}
status: experimental
description: Fixture of the board's tests.
author: Vọng Gác
tags:
${s.tags.map((tag) => `  - ${tag}`).join('\n')}
logsource:
  product: ${s.product}
  service: ${s.service}
detection:
  selection:
    ${Object.keys(s.fields)[0] ?? 'x'}: '*'
  condition: selection
level: ${s.severity}
vonggac:
  title_vi: ${s.titleVi}
`;
  return {
    id: s.rule,
    title: s.title,
    titleVi: s.titleVi,
    severity: s.severity,
    status: 'experimental',
    description: 'Tiến trình của máy chủ web không nên gọi trình thông dịch lệnh.',
    author: 'Vọng Gác',
    license: 'Apache-2.0',
    references: ['https://attack.mitre.org/techniques/T1505/003/'],
    tags: s.tags,
    falsepositives: ['Tác vụ quản trị đã báo trước'],
    logsource: { product: s.product, category: s.category },
    file: `rules/detections/${s.product}/${s.rule}.yml`,
    text,
    hash: '9f2c4e1b7a605d8831c2',
  };
}

/** An alert of the situation with its evidence; `times` events ten seconds apart. */
export function alertOf(o: {
  readonly id: string;
  readonly card: IncidentCard;
  readonly situation: Situation;
  readonly atMs: number;
  readonly times: number;
  readonly lateMs?: number;
}): { readonly alert: AlertView; readonly evidence: readonly EvidenceView[] } {
  const { situation: s, card } = o;
  const host = s.hosts[0] ?? '';
  const alert: AlertView = {
    id: o.id,
    incident: card.id,
    incidentCode: card.code,
    rule: s.rule,
    title: s.title,
    titleVi: s.titleVi,
    severity: s.severity,
    tags: s.tags,
    author: 'Vọng Gác',
    origin: card.origin,
    drill: card.drill,
    lane: card.lane,
    org: card.org,
    system: card.system,
    systemName: card.systemName,
    host,
    entity: host,
    entities: s.entities,
    events: o.times,
    firstEventMs: o.atMs - (o.lateMs ?? 0),
    lastEventMs: o.atMs + (o.times - 1) * 10_000 - (o.lateMs ?? 0),
    firstReceivedMs: o.atMs + 600,
    createdMs: o.atMs + 1400,
    lateMs: o.lateMs ?? 0,
    revision: o.times,
    correlation: o.times < 10 ? null : correlationOf(host, o.times, o.atMs),
    health: null,
  };
  const evidence = Array.from({ length: Math.min(o.times, 3) }, (_, i): EvidenceView => {
    const eventTimeMs = alert.firstEventMs + i * 10_000 + 412;
    const event: EventView = {
      id: `${o.id}-${i}`,
      batch: o.id,
      eventTimeMs,
      receivedTimeMs: eventTimeMs + 594 + alert.lateMs,
      committedTimeMs: eventTimeMs + 709 + alert.lateMs,
      org: card.org,
      system: card.system,
      host,
      source: `src-${card.system}`,
      product: s.product,
      category: s.category,
      service: s.service,
      origin: card.origin,
      drill: card.drill,
      lane: card.lane,
      message: s.message,
      raw: `<14>Nov 22 03:37:09 ${host} ${s.message} {"x":"${'Nhật ký '.repeat(6)}","sdt":"PII~phone~00000000000000aa"}`,
      fields: s.fields,
      parser: 'evtx-json',
      parseStatus: i === 2 ? 'partial' : 'parsed',
      mappings: '7d43fb47bbf18c7e',
      parseReason: i === 2 ? 'phần thân không đúng JSON' : '',
    };
    return { event, matched: s.matched, rule: s.rule, alert: o.id };
  });
  return { alert, evidence };
}

export function cardOf(o: {
  readonly index: number;
  readonly situation: Situation;
  readonly state: IncidentState;
  readonly assignee: string;
  readonly openedMs: number;
  readonly drill: boolean;
  readonly alerts: number;
}): IncidentCard {
  const system = systemOf(o.situation.system);
  return {
    id: `inc-${String(o.index).padStart(4, '0')}`,
    code: `SC-2611-${(0x4a00 + o.index * 37).toString(36).toUpperCase()}`,
    title: o.situation.title,
    titleVi: o.situation.titleVi,
    severity: o.situation.severity,
    state: o.state,
    version: o.state === 'new' && o.assignee === '' ? 0 : 2,
    assignee: o.assignee,
    reason:
      o.state === 'resolved'
        ? 'Tấn công thật: đã cô lập máy và thu hồi tài khoản.'
        : o.state === 'false_positive'
          ? 'Cảnh báo nhầm: quét định kỳ đã báo trước.'
          : '',
    comments: o.index % 3,
    origin: o.drill ? 'drill' : 'production',
    drill: o.drill ? 'dt-2026-11' : '',
    lane: o.drill ? 'A' : '',
    org: system.org,
    orgName: system.orgName,
    system: system.id,
    systemName: system.name,
    systemLevel: system.level,
    family: 'intrusion',
    entity: o.situation.hosts[0] ?? '',
    hosts: o.situation.hosts,
    tags: o.situation.tags,
    alerts: o.alerts,
    events: o.alerts * 3,
    firstEventMs: o.openedMs - 60_000,
    lastEventMs: o.openedMs + 120_000,
    openedMs: o.openedMs,
    changedMs: o.openedMs + 180_000,
  };
}

/** `count` incidents of the running shift, worst and newest among them, with their alerts and evidence. */
export function makeWorld(count: number, nowMs: number, seed: number): World {
  const random = seeded(seed);
  const world: World = { cards: [], alerts: [], evidence: [] };
  for (let i = 0; i < count; i += 1) {
    const situation = situations[i % situations.length];
    if (situation === undefined) continue;
    const state = i === 0 ? 'new' : (states[Math.floor(random() * states.length)] ?? 'new');
    const assignee = state === 'new' ? '' : (people[Math.floor(random() * people.length)] ?? '');
    const openedMs = nowMs - (i === 0 ? 700_000 : 240_000) - Math.floor(random() * random() * 9 * 3_600_000);
    const drill = i % 7 === 2;
    const alerts = i === 0 ? 6 : 1 + Math.floor(random() * 4);
    const card = cardOf({ index: i, situation, state, assignee, openedMs, drill, alerts });
    world.cards.push(card);
    for (let a = 0; a < alerts; a += 1) {
      const of = i === 0 ? situations[[0, 11, 1, 4, 0, 9][a] ?? 0] : situation;
      if (of === undefined) continue;
      const lateMs = i % 9 === 5 && a === 0 ? 42 * 60_000 : 0;
      const made = alertOf({
        id: `${card.id}-a${a}`,
        card: i === 0 ? { ...card } : card,
        situation: i === 0 ? { ...of, hosts: situation.hosts } : of,
        atMs: Math.min(nowMs - 200_000, openedMs - 60_000 + a * 71_000 + (a > 2 ? 200_000 : 0)),
        times: 1 + Math.floor(random() * 18),
        lateMs,
      });
      world.alerts.push(made.alert);
      world.evidence.push(...made.evidence);
    }
  }
  return world;
}

function ruleSetHealth(nowMs: number) {
  const ruleSet = '4f1d2c7be09a3356';
  const workers = ['detect-1', 'detect-2'].map((worker) => ({ worker, ruleSet, atMs: nowMs - 900 }));
  return { ruleSet, rulesLoadedMs: nowMs - 3_600_000, rulesFailure: '', workers };
}

function correlationOf(host: string, times: number, atMs: number): AlertView['correlation'] {
  return {
    kind: 'event_count',
    groupBy: [{ field: 'Computer', value: host }],
    timespanMs: 300_000,
    condition: '≥ 10',
    value: times,
    atMs,
    holds: true,
    why: `${times} times within 5 minutes for Computer=${host} (threshold ≥ 10)`,
    whyVi: `${times} lần trong 5 phút cho Computer=${host} (ngưỡng ≥ 10)`,
  };
}

export function ruleSetOf(nowMs: number): RuleSetView {
  return {
    version: '4f1d2c7be09a3356',
    loadedMs: nowMs - 3_600_000,
    detections: 3210,
    correlations: 6,
    filters: 2,
    refused: [
      {
        file: 'rules/detections/thu/hong.yml',
        line: 12,
        column: 5,
        code: 'regex-lookaround',
        message: 'the regular expression looks ahead',
        advice: 'RE2 has no look-around: write two items instead',
      },
    ],
    refusedTotal: 2,
    failure: '',
    failedMs: 0,
  };
}

export function makeHealth(nowMs: number): Health {
  const names: readonly (readonly [string, string, number, number, number])[] = [
    ['fw', 'Tường lửa', 1, 110_400, 0],
    ['win', 'Windows', 2, 36_720, 0.01],
    ['dvc', 'Dịch vụ công', 1, 18_240, 0],
    ['qlvb', 'QLVB&ĐH', 3, 13_680, 0],
    ['his', 'HIS bệnh viện tỉnh', 26 * 60, 0, 0],
    ['mail', 'Thư công vụ', 4, 5_820.5, 0],
    ['lgsp', 'LGSP', 8, 4_100, 0.34],
    ['xa', 'Trang thông tin điện tử cấp xã'.normalize('NFD'), 40, 912, 0],
    ['ca', 'Chứng thư số', 12, 44, 0],
    ['tv', 'Camera giám sát giao thông', 20, 12, 0],
  ];
  return {
    status: 'degraded',
    atMs: nowMs,
    version: '0.1.0',
    collect: {
      lagMs: 420,
      waitingRows: 1840,
      droppedUdp: 0,
      spool: { lines: 2210, bytes: 1_400_000, bytesMax: 1_073_741_824, dropped: 0, failure: '' },
    },
    store: { up: true, lagMs: 180 },
    detect: {
      lagMs: 2100,
      waitingBatches: 0,
      lastBatch: 'lz8k3f20-w1-98431',
      rules: 3216,
      refusedRules: 2,
      ...ruleSetHealth(nowMs),
    },
    notify: { lagMs: 0, waiting: 0, failed: 1 },
    queue: { up: true },
    sources: names.map(([id, name, agoSeconds, perMinute, rawShare]) => ({
      id,
      name,
      lastReceivedMs: nowMs - agoSeconds * 1000,
      perMinute,
      rawShare,
      contract: 'none' as const,
    })),
  };
}

import type { AgentView } from '../../src/contract/agents.ts';
import type { AgentConfig, AgentReport } from '../../src/model/agent.ts';

const report: AgentReport = {
  version: '0.1.0',
  host: 'sv-web-01',
  startedMs: Date.UTC(2026, 10, 20, 1),
  configVersion: 2,
  files: 214,
  lagBytes: 1_204,
  spoolBytes: 0,
  spoolBatches: 0,
  sentBatches: 48_201,
  sentRawBytes: 9_412_000_000,
  sentWireBytes: 702_000_000,
  rejectedLines: 0,
  droppedLines: 0,
  bytesPerSecond: 412_000,
  inputs: [
    {
      paths: ['/var/log/nginx/*.log'],
      source: 'fw',
      files: 212,
      names: ['access.log', 'admin.log', 'api.log', 'error.log', 'motcua.log'].map((name) => `/var/log/nginx/${name}`),
      parser: 'nginx-error',
      parserFrom: 'agent',
    },
    {
      paths: ['/srv/qlvb/logs/**/catalina.out'],
      source: 'qlvb',
      files: 2,
      names: ['/srv/qlvb/logs/a/catalina.out', '/srv/qlvb/logs/b/catalina.out'],
      parser: 'java',
      parserFrom: 'source',
    },
    { paths: ['journald'], source: '', files: 0, names: [], parser: '', parserFrom: '' },
  ],
  problems: [],
};

const config: AgentConfig = {
  inputs: [{ paths: ['/var/log/nginx/*.log'], exclude: [], source: 'fw', parser: 'nginx-error', begin: 'end' }],
  spoolBytesMax: 268_435_456,
  whenFull: 'block',
};

/** Agents of every kind the page has to show: well, behind a dead link, silent, losing lines, never heard of. */
export function makeAgents(nowMs: number): AgentView[] {
  const base: AgentView = {
    id: 'tok-web',
    name: 'Máy chủ web trung tâm',
    source: 'win',
    seenMs: nowMs - 20_000,
    peer: '10.20.1.14',
    report,
    version: 2,
    config,
  };
  const far: AgentReport = {
    ...report,
    host: 'PC-XA-MYTHANHDONG',
    configVersion: 0,
    files: 3,
    lagBytes: 84_000_000,
    spoolBytes: 268_000_000,
    spoolBatches: 1_204,
    bytesPerSecond: 15_800,
    inputs: [],
    problems: [
      'connect ECONNREFUSED 10.20.1.2:8080',
      'the spool is full (268435456 bytes): reading waits for the server',
      `/var/log/${'rất-dài-'.repeat(20)}.log: cannot be read: EACCES: permission denied`,
    ],
  };
  return [
    base,
    {
      ...base,
      id: 'tok-xa',
      name: 'Máy xã Mỹ Thạnh Đông'.normalize('NFD'),
      source: 'xa',
      report: far,
      version: 0,
      config: null,
    },
    { ...base, id: 'tok-his', name: 'HIS Bệnh viện', source: 'his', seenMs: nowMs - 26 * 3_600_000, version: 5 },
    { ...base, id: 'tok-db', name: 'Cơ sở dữ liệu', report: { ...report, configVersion: 1, droppedLines: 4_120 } },
    { ...base, id: 'tok-moi', name: 'Mới', source: 'moi', seenMs: 0, peer: '', report: null, version: 0, config: null },
  ];
}

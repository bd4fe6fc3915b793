import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { type ApiLimits, type ApiParts, buildApi, createAccount, createToken } from '../../src/api/index.ts';
import type { StoredEvent } from '../../src/api/ports.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import type { Role } from '../../src/model/account.ts';
import type { Alert } from '../../src/model/finding.ts';
import type { IncidentFacts } from '../../src/model/incident.ts';
import type { System } from '../../src/model/register.ts';
import { type MemoryApi, memoryApi } from './memory-api-ports.ts';

/** A small province: systems `qlvb` and `tthc`, one incident with evidence on each, one account and token a role. */
export interface World extends MemoryApi {
  readonly app: FastifyInstance;
  /** Bearer headers by role; the owner's token sees `qlvb` only. */
  readonly tokens: Readonly<Record<Role, string>>;
  as(role: Role | null, request: WorldRequest): Promise<LightMyRequestResponse>;
}

export interface WorldRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const password = 'mật khẩu rất dài 123';

export function systemNamed(id: string): System {
  const contact = { name: `Trực ${id}`, email: `truc@${id}.example.gov.vn`, phone: '0258' };
  return {
    id,
    name: `Hệ thống ${id}`,
    org: `so-${id}`,
    orgName: `Sở ${id}`,
    level: 3,
    hosts: [`${id}-web-01`],
    addresses: ['10.1.0.0/24'],
    owner: contact,
    duty: contact,
    notifyFrom: 'high',
    webhookUrl: '',
  };
}

const atMs = Date.UTC(2026, 10, 22, 2, 30, 0);

export function eventOf(id: string, system: string): StoredEvent {
  return {
    id,
    batch: id.slice(0, id.lastIndexOf('-')),
    eventTimeMs: atMs,
    receivedTimeMs: atMs + 500,
    committedTimeMs: atMs + 700,
    org: `so-${system}`,
    system,
    host: `${system}-web-01`,
    source: `${system}-nginx`,
    origin: 'production',
    drill: '',
    lane: '',
    level: 3,
    logsource: { product: 'nginx', categories: ['webserver'], services: [] },
    message: `GET /upload/shell.jsp on ${system}`,
    fields: { 'cs-uri-stem': '/upload/shell.jsp', c_ip: '203.0.113.9' },
    parser: 'nginx-access',
    parseStatus: 'parsed',
    mappings: 'm1',
    parseReason: '',
    raw: `203.0.113.9 - - "GET /upload/shell.jsp" ${system}`,
  };
}

export function alertOf(id: string, incident: string, system: string, event: string): Alert {
  return {
    id,
    rule: {
      id: 'rule-webshell',
      title: 'Web shell reached',
      titleVi: 'Truy cập web shell',
      severity: 'high',
      hash: 'h',
      tags: ['attack.t1505.003'],
      author: 'SOC',
      license: 'Apache-2.0',
      family: 'intrusion',
    },
    origin: 'production',
    drill: '',
    lane: '',
    org: `so-${system}`,
    system,
    host: `${system}-web-01`,
    entity: `${system}-web-01`,
    windowStartMs: atMs,
    firstEventMs: atMs,
    lastEventMs: atMs,
    firstReceivedMs: atMs + 500,
    events: 1,
    evidence: [{ event, day: '2026-11-22' }],
    entities: [{ kind: 'ip', value: '203.0.113.9' }],
    incident,
    createdMs: atMs + 1000,
  };
}

export function incidentOf(id: string, system: string): IncidentFacts {
  return {
    id,
    code: `SC-2611-${id.toUpperCase()}`,
    title: 'Web shell reached',
    titleVi: 'Truy cập web shell',
    family: 'intrusion',
    entity: `${system}-web-01`,
    severity: 'high',
    origin: 'production',
    drill: '',
    lane: '',
    org: `so-${system}`,
    system,
    hosts: [`${system}-web-01`],
    tags: ['attack.t1505.003'],
    alerts: 1,
    events: 1,
    firstEventMs: atMs,
    lastEventMs: atMs,
    openedMs: atMs + 1000,
  };
}

function fill({ memory }: MemoryApi): void {
  for (const system of ['qlvb', 'tthc']) {
    const event = `b${system}-0`;
    memory.batches.push({
      id: `b${system}`,
      day: '2026-11-22',
      rows: 1,
      receivedTimeMs: atMs,
      committedTimeMs: atMs,
      sources: [`${system}-nginx`],
      how: 'committed',
    });
    memory.events.push(eventOf(event, system));
    memory.incidents.push(incidentOf(`inc-${system}`, system));
    memory.alerts.push(alertOf(`alert-${system}`, `inc-${system}`, system, event));
    memory.findings.push({
      rule: 'rule-webshell',
      event,
      batch: `b${system}`,
      day: '2026-11-22',
      alert: `alert-${system}`,
      eventTimeMs: atMs,
      receivedTimeMs: atMs + 500,
      matched: [
        { field: 'cs-uri-stem', value: '/upload/shell.jsp', selection: 'selection', how: 'endswith', spans: [[8, 9]] },
      ],
    });
    memory.deliveries.push({
      notice: `n-${system}`,
      alert: `alert-${system}`,
      incident: `inc-${system}`,
      system,
      channel: 'email',
      recipient: `truc@${system}.example.gov.vn`,
      outcome: 'sent',
      attempt: 1,
      atMs,
      detail: '250 OK',
      document: '',
    });
  }
  memory.rules.push({
    id: 'rule-webshell',
    title: 'Web shell reached',
    titleVi: 'Truy cập web shell',
    severity: 'high',
    status: 'stable',
    description: '',
    author: 'SOC',
    license: 'Apache-2.0',
    references: [],
    tags: ['attack.t1505.003'],
    falsepositives: [],
    logsource: { category: 'webserver' },
    file: 'rules/detections/web/webshell.yml',
    text: 'title: Web shell reached\n',
    hash: 'h',
  });
  memory.drills.push({
    id: 'drill-1',
    scenario: 'qlvb',
    title: 'Document system',
    titleVi: 'Hệ thống văn bản',
    state: 'running',
    startedMs: atMs,
    simSeconds: 10,
    totalSeconds: 180,
  });
  memory.deadLetters.push({
    atMs,
    source: 'qlvb-nginx',
    transport: 'http',
    peer: '10.1.0.5',
    reason: 'not UTF-8',
    head: '\u00ff',
    bytes: 1,
  });
}

export async function openWorld(
  o: { readonly limits?: Partial<ApiLimits>; readonly parts?: Partial<ApiParts> } = {},
): Promise<World> {
  const api = memoryApi(o);
  const { accounts, parts } = api;
  fill(api);
  api.memory.mappings.push(...(await loadMappings()).all);
  for (const id of ['qlvb', 'tthc']) {
    await parts.ledger.append({
      kind: 'system',
      subject: id,
      actor: 'test',
      action: 'put',
      document: { ...systemNamed(id) },
    });
  }
  const token = async (role: Role): Promise<string> => {
    const systems = role === 'owner' ? ['qlvb'] : [];
    return (await createToken(accounts, { kind: 'api', name: `api ${role}`, role, systems }, 'test')).token;
  };
  const tokens: Record<Role, string> = {
    admin: await token('admin'),
    analyst: await token('analyst'),
    organizer: await token('organizer'),
    owner: await token('owner'),
    viewer: await token('viewer'),
  };
  const app = await buildApi(parts);
  return {
    ...api,
    app,
    tokens,
    as: (role, { method = 'GET', url, body, headers = {} }) =>
      app.inject({
        method,
        url: url.startsWith('/') && !url.startsWith('/api') ? `/api/v1${url}` : url,
        headers: { ...(role === null ? {} : { authorization: `Bearer ${tokens[role]}` }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      }),
  };
}

/** Adds an account with the test password; its id. */
export async function addAccount(world: World, name: string, role: Role, systems: readonly string[]): Promise<string> {
  return (await createAccount(world.accounts, { name, role, systems, password }, 'test')).account.id;
}

/** Signs in as a browser of the same origin would; the cookie to send from then on, or the refusal. */
export async function signIn(
  world: World,
  name: string,
  o: { readonly password?: string; readonly cookie?: string; readonly address?: string } = {},
): Promise<{ readonly response: LightMyRequestResponse; readonly cookie: string }> {
  const response = await world.app.inject({
    method: 'POST',
    url: '/api/v1/login',
    headers: { origin: 'http://localhost:80', ...(o.cookie === undefined ? {} : { cookie: o.cookie }) },
    remoteAddress: o.address ?? '192.0.2.1',
    payload: { name, password: o.password ?? password },
  });
  const set = response.headers['set-cookie'];
  const first = Array.isArray(set) ? set[0] : set;
  return { response, cookie: first?.split(';')[0] ?? '' };
}

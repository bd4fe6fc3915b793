import { type AgentDesk, createAgentCollector } from '../collect/http-agent.ts';
import type { LineIntake } from '../collect/ports.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { LedgerRow } from '../model/incident.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { parserIds } from '../parse/index.ts';
import type { AgentReports } from '../state/index.ts';
import { openAgentKey } from './agent-key.ts';
import type { HttpShare } from './collectors.ts';

export interface AgentsOptions {
  /** null: this process collects nothing. */
  readonly intake: LineIntake | null;
  readonly authenticate: (token: string) => Promise<Source | null>;
  /** The token's id by its hash, of tokens that hold. */
  readonly tokenByHash: (hash: string) => Promise<{ readonly id: string } | null>;
  readonly sourceById: (id: string) => Promise<Source | null>;
  readonly configOf: (token: string) => Promise<LedgerRow | null>;
  readonly reports: AgentReports;
  readonly hash: (token: string) => string;
  readonly http: HttpShare;
  /** Where the key is kept. */
  readonly dataDir: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What agents (`vonggac ship`) talk to, and what the API says of them. */
export interface Agents {
  readonly collectors: readonly ReturnType<typeof createAgentCollector>[];
  readonly fingerprint: string;
  /** What agents said last; of one whose token was taken back nothing is kept. */
  readonly said: AgentReports['all'];
}

export function openAgents(o: AgentsOptions): Agents {
  const { intake, hash } = o;
  const key = openAgentKey(o.dataDir);
  const parsers = new Set(parserIds);

  /** What an administrator told the agent with this token. */
  async function toldTo(token: string): Promise<{ readonly version: number; readonly config: AgentConfig } | null> {
    const found = await o.tokenByHash(hash(token));
    const row = found === null ? null : await o.configOf(found.id);
    return row === null ? null : { version: row.version, config: row.document.config as AgentConfig };
  }

  async function said(): ReturnType<AgentReports['all']> {
    const all = await o.reports.all();
    const holds = await Promise.all([...all.keys()].map(async (agent) => (await o.tokenByHash(agent)) !== null));
    await o.reports.forget([...all.keys()].filter((_, i) => holds[i] === false));
    return new Map([...all].filter((_, i) => holds[i] === true));
  }

  const desk: AgentDesk = {
    async sourcesOf(token) {
      const told = await toldTo(token);
      const ids = new Set(told?.config.inputs.map(({ source }) => source).filter((id) => id !== ''));
      const sources = await Promise.all([...ids].map((id) => o.sourceById(id)));
      return new Map(sources.flatMap((source) => (source === null ? [] : [[source.id, source]])));
    },
    async bundleOf(token) {
      const told = await toldTo(token);
      if (told === null) return null;
      return { version: told.version, signed: key.sign({ ...told, audience: hash(token), issuedMs: o.clock() }) };
    },
    said: (token, report, peer) => o.reports.put(hash(token), { atMs: o.clock(), peer, report }),
  };
  const log = o.log.child({ part: 'agent-collector' });
  return {
    collectors:
      intake === null
        ? []
        : [createAgentCollector({ ...o, intake, desk, isParser: (id) => parsers.has(id), ...o.http, log })],
    fingerprint: key.fingerprint,
    said,
  };
}

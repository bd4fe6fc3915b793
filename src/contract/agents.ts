/** Agents (`vonggac ship`) on the wire of `/api/v1/agents`. Times are ms since the epoch, UTC. */
import type { AgentConfig, AgentReport } from '../model/agent.ts';

export interface AgentView {
  /** Of its token. */
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** When it reported last; 0 when it has not. */
  readonly seenMs: number;
  readonly peer: string;
  readonly report: AgentReport | null;
  /** Of what it is told to do; 0 when it was told nothing. */
  readonly version: number;
  readonly config: AgentConfig | null;
}

export interface AgentsView {
  /** Fingerprint of the key that signs configurations, to be pinned at the agent as `server_key`. */
  readonly key: string;
  readonly items: readonly AgentView[];
}

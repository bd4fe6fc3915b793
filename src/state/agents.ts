import type { Redis } from 'ioredis';
import type { AgentReport } from '../model/agent.ts';
import { answered } from './away.ts';

/** What an agent said last, and when. */
export interface AgentSaid {
  readonly atMs: number;
  readonly peer: string;
  readonly report: AgentReport;
}

/** The last report of each agent, by the SHA-256 of its token. May vanish: agents report once a minute. Throws StateAway. */
export interface AgentReports {
  put(agent: string, said: AgentSaid): Promise<void>;
  all(): Promise<ReadonlyMap<string, AgentSaid>>;
  forget(agents: readonly string[]): Promise<void>;
}

export function createAgentReports(o: { readonly redis: Redis; readonly prefix: string }): AgentReports {
  const key = `${o.prefix}:agents`;
  return {
    put: async (agent, said) => void (await answered(() => o.redis.hset(key, agent, JSON.stringify(said)))),
    all: async () => {
      const rows = await answered(() => o.redis.hgetall(key));
      return new Map(Object.entries(rows).map(([agent, text]) => [agent, JSON.parse(text) as AgentSaid]));
    },
    forget: async (agents) => {
      if (agents.length > 0) await answered(() => o.redis.hdel(key, ...agents));
    },
  };
}

import { createAgentCollector } from '../collect/http-agent.ts';
import type { LineIntake } from '../collect/ports.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { parserIds } from '../parse/index.ts';
import type { HttpShare } from './collectors.ts';

export interface AgentsOptions {
  readonly intake: LineIntake;
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly http: HttpShare;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What agents (`vonggac ship`) talk to. */
export function openAgents(o: AgentsOptions): { readonly collector: ReturnType<typeof createAgentCollector> } {
  const parsers = new Set(parserIds);
  return {
    collector: createAgentCollector({
      ...o,
      sourcesOf: async () => new Map(),
      isParser: (id) => parsers.has(id),
      ...o.http,
      log: o.log.child({ part: 'agent-collector' }),
    }),
  };
}

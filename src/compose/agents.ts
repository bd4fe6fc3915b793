import { createAgentCollector } from '../collect/http-agent.ts';
import type { LineIntake } from '../collect/ports.ts';
import type { Config } from '../config.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { parserIds } from '../parse/index.ts';

export interface AgentsOptions {
  readonly intake: LineIntake;
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly config: Config;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What agents (`vonggac ship`) talk to. */
export function openAgents(o: AgentsOptions): { readonly collector: ReturnType<typeof createAgentCollector> } {
  const { config } = o;
  const parsers = new Set(parserIds);
  return {
    collector: createAgentCollector({
      ...o,
      sourcesOf: async () => new Map(),
      isParser: (id) => parsers.has(id),
      limits: {
        bodyBytesMax: config.ingestBodyBytesMax,
        inflatedBytesMax: 2 * config.ingestBodyBytesMax,
        lineBytesMax: config.ingestLineBytesMax,
      },
      log: o.log.child({ part: 'agent-collector' }),
    }),
  };
}

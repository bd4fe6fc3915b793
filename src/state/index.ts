import type { Logger } from '../observe/log.ts';
import { type AgentReports, createAgentReports } from './agents.ts';
import { answered } from './away.ts';
import { type Bus, createBus } from './bus.ts';
import { openConnection, type RedisAddress } from './connection.ts';
import { createRedisCorrelationState } from './correlation-redis.ts';
import type { CorrelationState, CorrelationStateLimits } from './correlation-state.ts';
import { defaultStateLimits, type StateLimits } from './limits.ts';
import { createLock, type Lock } from './lock.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createSessions, type Sessions } from './sessions.ts';

export type { AgentReports } from './agents.ts';
export type { BusNews } from './bus.ts';
export { createMemoryCorrelationState } from './correlation-memory.ts';
export type { CorrelationState } from './correlation-state.ts';
export type { StateLimits } from './limits.ts';

export interface State {
  readonly lock: Lock;
  readonly bus: Bus;
  readonly sessions: Sessions;
  readonly rateLimit: RateLimit;
  /** What agents said last. */
  readonly agents: AgentReports;
  /** Recent members of correlations, shared by all workers. */
  readonly correlations: CorrelationState;
  /** Whether Redis answers now. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * All shared state in Redis that is not a queue. Everything in it may vanish at any moment and is rebuilt.
 * `prefix` parts test runs that share a Redis.
 */
export function createState(o: {
  readonly connection: RedisAddress;
  readonly prefix?: string;
  readonly limits?: Partial<StateLimits>;
  readonly correlations?: Partial<CorrelationStateLimits>;
  readonly clock?: () => number;
  readonly log: Logger;
}): State {
  const limits: StateLimits = { ...defaultStateLimits, ...o.limits };
  const prefix = o.prefix ?? 'vg';
  const clock = o.clock ?? Date.now;
  const log = o.log.child({ part: 'state' });
  const redis = openConnection(o.connection, log, limits.commandTimeoutMs);
  const bus = createBus({
    redis,
    openReader: () => openConnection(o.connection, log, null),
    prefix,
    limits,
    clock,
    log,
  });
  return {
    lock: createLock({ redis, prefix, limits, log }),
    bus,
    sessions: createSessions({ redis, prefix, limits, clock }),
    rateLimit: createRateLimit({ redis, prefix }),
    agents: createAgentReports({ redis, prefix }),
    correlations: createRedisCorrelationState({
      redis,
      prefix,
      clock,
      ...(o.correlations === undefined ? {} : { limits: o.correlations }),
    }),
    ping: () =>
      answered(() => redis.ping()).then(
        () => true,
        () => false,
      ),
    close: async () => {
      await bus.close();
      redis.disconnect();
    },
  };
}

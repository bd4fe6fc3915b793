export type { ClickHouseBacking } from './clickhouse.ts';
export { openEmbeddedClickHouse } from './clickhouse-embedded.ts';
export { openRemoteClickHouse } from './clickhouse-remote.ts';
export { lockDataDir } from './lock-data-dir.ts';
export type { RedisBacking } from './redis.ts';
export { openRemoteRedis } from './redis-remote.ts';
export { openSpawnedRedis } from './redis-spawned.ts';

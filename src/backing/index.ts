export type { ClickHouseBacking } from './clickhouse.ts';
export { openEmbeddedClickHouse } from './clickhouse-embedded.ts';

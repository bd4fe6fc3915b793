import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import {
  jsonTable,
  type RuleForSql,
  type RuleSqlOptions,
  type SqlParams,
  type SqlSchema,
  sqlOfRules,
  withLines,
} from '../../src/sigma/index.ts';

/** A query's parameters as the client takes them. */
export function clientParams(params: SqlParams): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
}

/** A client that takes parameters of any size and statements of many rules. */
export function sigmaSqlClient({ url, username, password, database }: ClickHouseBacking): ClickHouseClient {
  return createClient({
    url,
    username,
    password,
    database,
    use_multipart_params: true,
    request_timeout: 300_000,
    log: { level: ClickHouseLogLevel.ERROR },
    clickhouse_settings: {
      max_query_size: '20000000',
      // Planning many rules at once takes a while on a busy machine.
      max_execution_time: 600,
      max_ast_elements: '1000000',
      max_expanded_ast_elements: '5000000',
    },
  });
}

export interface HeldAgainst {
  readonly schema: SqlSchema;
  readonly options?: RuleSqlOptions;
  /** Table expression with the events, and the parameters in it; one row an event. */
  readonly from: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly orderBy: string;
  readonly rulesPerQuery: number;
}

/** Indexes of the rules that each event meets by SQL, events in the order asked for; rules are columns of a scan. */
export async function sqlVerdicts(
  client: ClickHouseClient,
  rules: readonly RuleForSql[],
  o: HeldAgainst,
): Promise<number[][]> {
  const found: number[][] = [];
  for (let first = 0; first < rules.length; first += o.rulesPerQuery) {
    const some = rules.slice(first, first + o.rulesPerQuery);
    const { conditions, definitions, params } = sqlOfRules(some, o.schema, o.options);
    const query = [
      ...withLines(definitions),
      `SELECT arrayFilter((i, met) -> met, range(${some.length}), [${conditions.join(',\n')}])`,
      `FROM ${o.from}`,
      `ORDER BY ${o.orderBy}`,
    ].join('\n');
    const query_params = { ...clientParams(params), ...o.params };
    const answer = await client.query({ query, query_params, format: 'JSONCompactEachRow' });
    for (const [row, [met]] of (await answer.json<[readonly number[]]>()).entries()) {
      let ofRow = found[row];
      if (ofRow === undefined) found[row] = ofRow = [];
      for (const i of met) ofRow.push(first + i);
    }
  }
  return found;
}

/** 1e999 is read as Infinity, which JSON cannot say; its canonical text can. */
function finite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export interface SqlEngine {
  /** Indexes of the rules that each event, nested or not, meets by the SQL generated for them, without routing. */
  verdicts(rules: readonly RuleForSql[], events: readonly Readonly<Record<string, unknown>>[]): Promise<number[][]>;
  close(): Promise<void>;
}

/** Rules held against events inside ClickHouse; the events travel with the query, as JSON text. */
export function createSqlEngine(backing: ClickHouseBacking, rulesPerQuery = 50): SqlEngine {
  const client = sigmaSqlClient(backing);
  const schema = jsonTable({
    table: 'events',
    column: 'fields',
    id: 'toString(n)',
    timeMs: 'n',
    logsource: { product: "''", categories: '[]', services: '[]' },
  });
  return {
    verdicts: (rules, events) =>
      sqlVerdicts(client, rules, {
        schema,
        options: { routing: false },
        from: '(SELECT number AS n, {events:Array(String)}[n + 1] AS fields FROM numbers({count:UInt32}))',
        params: { events: events.map((event) => JSON.stringify(event, finite)), count: events.length },
        orderBy: 'n',
        rulesPerQuery,
      }),
    close: () => client.close(),
  };
}

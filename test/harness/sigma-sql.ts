import { createClient } from '@clickhouse/client';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { jsonTable, type RuleForSql, type SqlParams, sqlOfRules, withLines } from '../../src/sigma/sql/index.ts';

/** A query's parameters as the client takes them. */
export function clientParams(params: SqlParams): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
}

/** 1e999 is read as Infinity, which JSON cannot say; its canonical text can. */
function finite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export interface SqlEngine {
  /** Indexes of the rules that each event meets by the SQL generated for them, without routing. */
  verdicts(rules: readonly RuleForSql[], events: readonly Readonly<Record<string, unknown>>[]): Promise<number[][]>;
  close(): Promise<void>;
}

/** Rules held against events inside ClickHouse: events travel as JSON text, rules as columns of one query a chunk. */
export function createSqlEngine(backing: ClickHouseBacking, rulesPerQuery = 50): SqlEngine {
  const client = createClient({
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
    use_multipart_params: true,
    clickhouse_settings: {
      max_query_size: '20000000',
      max_ast_elements: '1000000',
      max_expanded_ast_elements: '5000000',
    },
  });
  const schema = jsonTable({
    table: 'events',
    column: 'fields',
    id: 'toString(n)',
    timeMs: 'n',
    logsource: { product: "''", categories: '[]', services: '[]' },
  });

  async function chunk(rules: readonly RuleForSql[], texts: readonly string[]): Promise<number[][]> {
    const { conditions, definitions, params } = sqlOfRules(rules, schema, { routing: false });
    const query = [
      ...withLines(definitions),
      `SELECT [${conditions.join(',\n')}] AS met`,
      'FROM (SELECT number AS n, {events:Array(String)}[number + 1] AS fields FROM numbers({count:UInt32}))',
      'ORDER BY n',
    ].join('\n');
    const answer = await client.query({
      query,
      query_params: { ...clientParams(params), events: texts, count: texts.length },
      format: 'JSONCompactEachRow',
    });
    const rows = await answer.json<[readonly number[]]>();
    return rows.map(([met]) => met.flatMap((truth, i) => (truth === 0 ? [] : [i])));
  }

  return {
    async verdicts(rules, events) {
      const texts = events.map((event) => JSON.stringify(event, finite));
      const found: number[][] = events.map(() => []);
      for (let from = 0; from < rules.length; from += rulesPerQuery) {
        const met = await chunk(rules.slice(from, from + rulesPerQuery), texts);
        for (const [e, list] of met.entries()) for (const i of list) found[e]?.push(from + i);
      }
      return found;
    },
    close: () => client.close(),
  };
}

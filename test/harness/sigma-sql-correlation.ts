import type { ClickHouseBacking } from '../../src/backing/index.ts';
import {
  type Correlation,
  jsonTable,
  type MatchedEvent,
  type RuleForSql,
  sqlOfCorrelation,
} from '../../src/sigma/index.ts';
import { clientParams, sigmaSqlClient } from './sigma-sql.ts';

export interface CorrelationSet {
  readonly rules: readonly (RuleForSql & { readonly id: string })[];
  readonly correlations: readonly Correlation[];
}

/** Where a correlation turns: its index, the group, the time and the completing event. */
export interface Turn {
  readonly correlation: number;
  readonly group: readonly string[];
  readonly timeMs: number;
  readonly order: string;
}

export interface CorrelationSqlEngine {
  /** Where each correlation turns over the events, which match the rules anew inside ClickHouse. */
  turns(set: CorrelationSet, events: readonly MatchedEvent[]): Promise<Turn[]>;
  close(): Promise<void>;
}

/** Correlations as statements over a table of the events, without routing. Throws when one cannot be put into SQL. */
export function createCorrelationSqlEngine(backing: ClickHouseBacking): CorrelationSqlEngine {
  const client = sigmaSqlClient(backing);
  const schema = jsonTable({
    table: 'correlation_cases',
    column: 'fields',
    id: 'event_order',
    timeMs: 'at_ms',
    logsource: { product: "''", categories: '[]', services: '[]' },
  });
  return {
    async turns({ rules, correlations }, events) {
      await client.command({
        query: `CREATE OR REPLACE TABLE ${schema.table} (fields String, at_ms Int64, event_order String) ENGINE = Memory`,
      });
      const values = events.map(({ fields, timeMs, order }) => ({
        fields: JSON.stringify(fields),
        at_ms: timeMs,
        event_order: order,
      }));
      await client.insert({ table: schema.table, values, format: 'JSONEachRow' });
      const parts = {
        rules: new Map(rules.map((rule) => [rule.id, rule])),
        correlations: new Map(correlations.map((correlation) => [correlation.id, correlation])),
      };
      const turns: Turn[] = [];
      for (const [index, correlation] of correlations.entries()) {
        const made = sqlOfCorrelation(correlation, parts, schema, { routing: false });
        if (made.kind === 'refused') throw new Error(`${made.reason}\n${correlation.source}`);
        const answer = await client.query({
          query: made.sql,
          query_params: clientParams(made.params),
          format: 'JSONEachRow',
        });
        const rows = await answer.json<{ group_key: readonly string[]; time_ms: string; completing: string }>();
        for (const { group_key, time_ms, completing } of rows) {
          turns.push({ correlation: index, group: group_key, timeMs: Number(time_ms), order: completing });
        }
      }
      return turns;
    },
    close: () => client.close(),
  };
}

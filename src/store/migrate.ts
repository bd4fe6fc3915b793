import type { Logger } from '../observe/log.ts';
import { type EngineClause, engineClause } from './engine-clause.ts';
import { SchemaNewer } from './errors.ts';
import { timeText } from './event-columns.ts';
import { base } from './migrations/001-base.ts';
import { correlations } from './migrations/002-correlations.ts';
import { mappings } from './migrations/003-mappings.ts';
import { sourceWatch } from './migrations/004-source-watch.ts';
import { maskedValueTable } from './migrations/005-masked-values.ts';
import { indicatorTables } from './migrations/006-indicators.ts';
import { fewerMerges } from './migrations/007-fewer-merges.ts';
import { verticalMerges } from './migrations/008-vertical-merges.ts';
import type { Sql } from './sql.ts';

/**
 * One numbered step of the schema. Each statement must be harmless when run again (IF NOT EXISTS and the like): a start
 * may die between a statement and its note, and two processes may start at once.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  statements(e: EngineClause): readonly string[];
}

/** All steps, ascending. A released step is never edited; a change is a new step. */
export const migrations: readonly Migration[] = [
  base,
  correlations,
  mappings,
  sourceWatch,
  maskedValueTable,
  indicatorTables,
  fewerMerges,
  verticalMerges,
];

/** The statements of every step as they would be sent, for docs and for the check of the cluster's text. */
export function schemaText(replicated: boolean): readonly string[] {
  const clause = engineClause(replicated);
  return [notesTable(clause), ...migrations.flatMap((m) => m.statements(clause))];
}

function notesTable(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS migrations${e.onCluster} (
  version UInt32,
  name String,
  applied_time DateTime64(3, 'UTC')
)
ENGINE = ${e.engine('ReplacingMergeTree', 'migrations')}
ORDER BY version
SETTINGS ${e.dedup(100)}`;
}

/**
 * Brings the database to the newest known version and returns it.
 * @throws SchemaNewer when the database is ahead of this program.
 */
export async function migrate(sql: Sql, o: { replicated: boolean; log: Logger; clock: () => number }): Promise<number> {
  const clause = engineClause(o.replicated);
  await sql.command(notesTable(clause));
  const notes = await sql.rows<{ version: number }>('SELECT DISTINCT version FROM migrations ORDER BY version');
  const done = new Set(notes.map((n) => Number(n.version)));
  const known = migrations.at(-1)?.version ?? 0;
  const found = Math.max(0, ...done);
  if (found > known) throw new SchemaNewer(found, known);
  for (const step of migrations) {
    if (done.has(step.version)) continue;
    for (const statement of step.statements(clause)) await sql.command(statement);
    const note = JSON.stringify([step.version, step.name, timeText(o.clock())]);
    await sql.insert('migrations', ['version', 'name', 'applied_time'], [note], `migration-${step.version}`);
    o.log.info({ version: step.version, name: step.name }, 'store: schema step applied');
  }
  return known;
}

/** What differs between one machine and a cluster: two clauses of the DDL, filled in here and nowhere else. */
export interface EngineClause {
  /** After the table's name: '' or ` ON CLUSTER …`. */
  readonly onCluster: string;
  /** `engine('ReplacingMergeTree', 'revision')` as the mode spells it. `table` names the Keeper path. */
  engine(kind: 'MergeTree' | 'ReplacingMergeTree', table: string, version?: string): string;
  /** The setting that makes a repeated insert of one block count once, for the last `blocks` blocks. */
  dedup(blocks: number): string;
}

/** @param replicated the cluster's DDL uses the server's macros {cluster}, {shard} and {replica}. */
export function engineClause(replicated: boolean): EngineClause {
  return {
    onCluster: replicated ? " ON CLUSTER '{cluster}'" : '',
    engine(kind, table, version) {
      if (!replicated) return `${kind}(${version ?? ''})`;
      const path = `'/clickhouse/tables/{shard}/{database}/${table}', '{replica}'`;
      return `Replicated${kind}(${path}${version === undefined ? '' : `, ${version}`})`;
    },
    dedup(blocks) {
      return replicated
        ? `replicated_deduplication_window = ${blocks}, replicated_deduplication_window_seconds = 604800`
        : `non_replicated_deduplication_window = ${blocks}`;
    },
  };
}

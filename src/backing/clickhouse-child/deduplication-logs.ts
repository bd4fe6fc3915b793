import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Takes away what a table's deduplication log claims of parts that never came to be; returns how many such claims there
 * were. To be called while nobody has the tables open.
 *
 * A MergeTree writes an insert's token into its log before it puts the insert's part in place (ClickHouse 26.7). Killed
 * between the two, it comes back knowing a token whose rows do not exist, and answers the sender's repeat of that insert
 * as done: an acknowledged batch that is nowhere. A claim stands when some part on disk covers the block it names;
 * merged parts cover those they were made of.
 */
export function dropClaimsWithoutParts(dataPath: string): number {
  return tableDirs(path.join(dataPath, 'store')).reduce((sum, dir) => sum + repairTable(dir), 0);
}

const logDir = 'deduplication_logs';

/** store/<first three digits>/<uuid of the table> */
function tableDirs(store: string): string[] {
  const below = (dir: string): string[] =>
    existsSync(dir) ? readdirSync(dir).map((name) => path.join(dir, name)) : [];
  return below(store)
    .flatMap(below)
    .filter((dir) => existsSync(path.join(dir, logDir)));
}

interface Blocks {
  readonly partition: string;
  readonly from: number;
  readonly to: number;
}

/** <partition>_<first block>_<last block>_<level>[_<mutation>]; null for what is no part (tmp_…, detached). */
function blocksOf(name: string): Blocks | null {
  const [, partition, from, to] = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/.exec(name) ?? [];
  return partition === undefined ? null : { partition, from: Number(from), to: Number(to) };
}

function repairTable(dir: string): number {
  const parts = readdirSync(dir).flatMap((name) => blocksOf(name) ?? []);
  const covered = (claim: Blocks): boolean =>
    parts.some(({ partition, from, to }) => partition === claim.partition && from <= claim.from && claim.to <= to);
  let dropped = 0;
  for (const name of readdirSync(path.join(dir, logDir))) {
    if (!/^deduplication_log_\d+\.txt$/.test(name)) continue;
    const file = path.join(dir, logDir, name);
    const lines = readFileSync(file, 'utf8').split('\n');
    // Operation (1: added, 2: dropped), part, block id.
    const kept = lines.filter((line) => {
      const [operation, part = ''] = line.split('\t');
      const claim = operation === '1' ? blocksOf(part) : null;
      return claim === null || covered(claim);
    });
    if (kept.length === lines.length) continue;
    dropped += lines.length - kept.length;
    writeFileSync(`${file}.repaired`, kept.join('\n'));
    renameSync(`${file}.repaired`, file);
  }
  return dropped;
}

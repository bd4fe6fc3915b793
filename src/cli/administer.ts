import { existsSync } from 'node:fs';
import path from 'node:path';
import { openRecords } from '../compose/records.ts';
import type { Config } from '../config.ts';
import { createLog } from '../observe/log.ts';
import type { AdminCommand, AdminResult } from './admin-command.ts';
import { askControl } from './control.ts';
import { reasonLine } from './reason-line.ts';

/**
 * Does one administrative command: through the running platform of the data directory when there is one, else on
 * stores opened for it. Prints the answer's lines on `out`.
 */
export async function administer(
  config: Config,
  command: AdminCommand,
  out: (line: string) => void,
  err: (line: string) => void,
): Promise<number> {
  try {
    const embedded = config.clickhouseUrl === '';
    if (embedded && !existsSync(path.join(config.dataDir, 'clickhouse'))) {
      throw new Error(
        `no platform keeps its data in ${config.dataDir}; name its directory with --data, or start it there once`,
      );
    }
    const result =
      (embedded ? await askControl(config.dataDir, command) : null) ?? (await withOwnStores(config, command));
    if (!result.ok) {
      err(`vonggac: ${result.message}`);
      return 1;
    }
    for (const line of result.lines) out(line);
    return 0;
  } catch (error) {
    err(`vonggac: ${reasonLine(error)}`);
    return 1;
  }
}

async function withOwnStores(config: Config, command: AdminCommand): Promise<AdminResult> {
  const records = await openRecords(config, { log: createLog('error') });
  try {
    return await records.administer(command);
  } finally {
    await records.close();
  }
}

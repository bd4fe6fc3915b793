import path from 'node:path';
import { lockDataDir } from '../backing/index.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../observe/log.ts';

export interface SpoolPlace {
  readonly dir: string;
  release(): Promise<void>;
}

/**
 * Where this process's datagrams wait; null when they wait in memory only. Two processes in one spool would store its
 * lines twice, so a second one over the same data directory goes without, and says so.
 */
export async function takeSpoolPlace(config: Config, log: Logger): Promise<SpoolPlace | null> {
  if (config.spoolBytesMax === 0) return null;
  const dir = path.join(config.dataDir, 'datagrams');
  try {
    const lock = await lockDataDir(dir);
    return { dir, release: lock.release };
  } catch (error) {
    log.error(
      { dir, reason: String(error) },
      'no spool: datagrams wait in memory only; give this process a VONGGAC_DATA_DIR',
    );
    return null;
  }
}

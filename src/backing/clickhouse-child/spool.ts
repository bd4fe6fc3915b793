import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { failure } from './failure.ts';

/**
 * Insert bodies on their way into the engine. `INSERT … FROM INFILE` reads such a file with the table's own
 * structure and defaults: the exact meaning of an HTTP insert, at three times the speed of data inlined in SQL.
 */
export interface Spool {
  /** Writes a body to a file of its own. Throws TOO_MANY_BYTES past the limit; the file is gone then. */
  take(body: Readable, suffix: '' | '.gz'): Promise<SpoolFile>;
  /**
   * A file that the parent has put into the directory itself. Throws QUERY_WAS_CANCELLED when it is not there (any more):
   * what it was for is to be tried again.
   */
  adopt(name: string): Promise<SpoolFile>;
}

export interface SpoolFile {
  path: string;
  bytes: number;
  remove(): Promise<void>;
}

export async function createSpool(directory: string, bytesMax: number): Promise<Spool> {
  // INFILE takes globs: a directory called `a*b` would silently match nothing, and lose the insert.
  if (!/^[\w./+-]+$/.test(directory)) throw new Error(`spool directory ${directory} has characters a glob could read`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  let count = 0;
  return {
    async adopt(name) {
      if (!/^[\w-]+$/.test(name)) throw failure('syntax', 'The name of a handed over file has other characters');
      const path = `${directory}/${name}`;
      const found = await stat(path).catch(() => null);
      if (found === null) throw failure('cancelled', 'The handed over file is gone');
      const remove = (): Promise<void> => rm(path, { force: true });
      if (found.size > bytesMax) {
        await remove();
        throw failure('tooManyBytes', `Insert body exceeds insertBytesMax (${bytesMax})`);
      }
      return { path, bytes: found.size, remove };
    },
    async take(body, suffix) {
      const path = `${directory}/${++count}${suffix}`;
      const remove = (): Promise<void> => rm(path, { force: true });
      const file = createWriteStream(path, { mode: 0o600 });
      // The pipeline may fail while the file is still being opened, and what is opened late would come back after its removal.
      const closed = new Promise<void>((resolve) => file.once('close', resolve));
      let bytes = 0;
      try {
        await pipeline(
          body,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              bytes += chunk.length;
              if (bytes > bytesMax) throw failure('tooManyBytes', `Insert body exceeds insertBytesMax (${bytesMax})`);
              yield chunk;
            }
          },
          file,
        );
      } catch (error) {
        await closed;
        await remove();
        throw error;
      }
      return { path, bytes, remove };
    },
  };
}

import { fingerprintOf, followRules, type RuleChangeLimits } from '../detect/rule-changes.ts';
import { createLineReader, type LineReader, type ReadLine } from '../ingest/read-line.ts';
import type { Mappings } from '../model/mapping.ts';
import type { Logger } from '../observe/log.ts';
import { loadMappings } from './mappings.ts';

/** The mappings a process lives by; they follow their folder. */
export interface MappingBook {
  /** Reads with the mappings in force at that moment. */
  readonly readLine: ReadLine;
  current(): Mappings;
  /** Reads the folder again. Wrong mappings leave those in force; why is in the log, and here. '' when all is well. */
  reload(): Promise<string>;
  /** Reads the folder again by itself whenever it changes, until closed. */
  follow(): void;
  close(): Promise<void>;
}

/** Throws MappingsRefused when the folder cannot be used at the start. */
export async function openMappingBook(o: {
  readonly dir: string;
  readonly log: Logger;
  readonly limits?: Partial<RuleChangeLimits>;
}): Promise<MappingBook> {
  const log = o.log.child({ part: 'mappings' });
  let print = await fingerprintOf([o.dir]);
  let mappings = await loadMappings(o.dir);
  let reader: LineReader = createLineReader(mappings);
  let follower: { close(): Promise<void> } | null = null;
  let working: Promise<unknown> = Promise.resolve();
  log.info({ version: mappings.version, mappings: mappings.all.length }, 'field mappings loaded');

  async function again(): Promise<string> {
    try {
      const before = await fingerprintOf([o.dir]);
      const next = await loadMappings(o.dir);
      print = before;
      // An equal set is not swapped: what the reader remembers of it stays.
      if (next.version === mappings.version) return '';
      mappings = next;
      reader = createLineReader(next);
      log.info({ version: next.version, mappings: next.all.length }, 'field mappings read again');
      return '';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ reason }, 'the field mappings cannot be used; those in force stay');
      return reason;
    }
  }

  const reload = (): Promise<string> => {
    const next = working.then(again);
    working = next;
    return next;
  };

  return {
    readLine: (...line) => reader.readLine(...line),
    current: () => mappings,
    reload,
    follow: () => {
      follower ??= followRules({
        places: [o.dir],
        known: print,
        changed: async () => ((await reload()) === '' ? print : null),
        log,
        ...(o.limits === undefined ? {} : { limits: o.limits }),
      });
    },
    close: async () => {
      await follower?.close();
      await working;
    },
  };
}

import type { NormalisedEvent } from '../model/event.ts';
import { createNormaliser, type FlatJson, type Mappings } from '../normalise/index.ts';
import { jsonShapeNames, parseLine } from '../parse/index.ts';

/**
 * One line to one event. Pure and never throws: what is not understood comes back as parser `raw` with the reason.
 * `parser` is a parser id or `auto`; `receivedTimeMs` gives year-less times their year.
 */
export type ReadLine = (text: string, parser: string, receivedTimeMs: number) => NormalisedEvent;

/** Reading lines by one version of the mappings. */
export interface LineReader {
  readonly readLine: ReadLine;
  /** Version of the mappings. */
  readonly version: string;
  /** Which JSON lines may go without `readLine` where only fields and logsource are wanted. */
  readonly flatJson: FlatJson;
}

/**
 * The only way from text to fields, used live and by `vonggac detect`, so that both agree to the bit when they have
 * the same mappings.
 */
export function createLineReader(mappings: Mappings): LineReader {
  const normaliser = createNormaliser(mappings);
  const { flatJson } = normaliser;
  return {
    version: mappings.version,
    flatJson: { ...flatJson, signs: [...jsonShapeNames, ...flatJson.signs] },
    readLine: (text, parser, receivedTimeMs) => {
      const { record, reason } = parseLine(text, parser, receivedTimeMs);
      return record === null ? normaliser.keepRaw(text, reason) : normaliser.normalise(record, text);
    },
  };
}

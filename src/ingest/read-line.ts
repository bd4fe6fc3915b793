import type { NormalisedEvent } from '../model/event.ts';
import { createNormaliser, type Normaliser } from '../normalise/index.ts';
import { parseLine } from '../parse/index.ts';

export type ReadLine = (text: string, parser: string, receivedTimeMs: number) => NormalisedEvent;

/** A reader over one normaliser: mappings that change while the process runs would be another. */
function createReadLine(normaliser: Normaliser): ReadLine {
  return (text, parser, receivedTimeMs) => {
    const parsed = parseLine(text, parser, receivedTimeMs);
    return parsed.record === null ? normaliser.keepRaw(text, parsed.reason) : normaliser.normalise(parsed.record, text);
  };
}

/**
 * One line to one event: the only way from text to fields, used live and by `vonggac detect`, so that both agree to
 * the bit. Pure and never throws: what is not understood comes back as parser `raw` with the reason.
 * `parser` is a parser id or `auto`; `receivedTimeMs` gives year-less times their year.
 */
export const readLine: ReadLine = createReadLine(createNormaliser());

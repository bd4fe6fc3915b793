import type { NormalisedEvent } from '../model/event.ts';
import { createNormaliser, type FlatJson, type Mappings } from '../normalise/index.ts';
import { envelopeObjectNames, jsonShapeNames, parseLimits, parseLine } from '../parse/index.ts';
import { mayHaveFlags, mayNeedRepair, repairText, textFlags } from '../parse/text/index.ts';

/**
 * One line to one event. Pure and never throws: what is not understood comes back as parser `raw` with the reason.
 * `parser` is a parser id or `auto`; `receivedTimeMs` gives year-less times their year; `header` is what names the
 * line's values, for formats that have one.
 */
export type ReadLine = (text: string, parser: string, receivedTimeMs: number, header?: string) => NormalisedEvent;

/** Reading lines by one version of the mappings. */
export interface LineReader {
  readonly readLine: ReadLine;
  /** Version of the mappings. */
  readonly version: string;
  /** Which JSON lines may go without `readLine` where only fields and logsource are wanted. */
  readonly flatJson: FlatLines;
}

/** How to tell, of a line that is read another way, that its fields are what src/parse/flatten.ts makes of it. */
export interface FlatLines extends FlatJson {
  /** Names at the top of objects of other shapes than plain JSON. */
  readonly otherShapes: readonly string[];
  /** The same, of those that matter only when they hold an object. */
  readonly otherShapeObjects: readonly string[];
  /** Most values in an object, longest name. */
  readonly valuesMax: number;
  readonly nameCharsMax: number;
  /** Whether a name or a text is one that reading leaves as it is and has nothing to say of. */
  isPlain(text: string): boolean;
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
    flatJson: {
      ...flatJson,
      otherShapes: jsonShapeNames,
      otherShapeObjects: envelopeObjectNames,
      valuesMax: parseLimits.keysMax,
      nameCharsMax: parseLimits.keyCharsMax,
      isPlain,
    },
    readLine: (text, parser, receivedTimeMs, header = '') => {
      const repaired = beyondAscii.test(text) ? repairText(text) : text;
      const { record, reason } = parseLine(header === '' ? repaired : `${header}\n${repaired}`, parser, receivedTimeMs);
      const event = record === null ? normaliser.keepRaw(repaired, reason) : normaliser.normalise(record, repaired);
      return withFlags(event, repaired !== text, repaired);
    },
  };
}

/** One look at the characters of a line spares most lines the others. */
const beyondAscii = /[\u0080-\uffff]/;

function isPlain(text: string): boolean {
  // U+FFFD stands for bytes that are no UTF-8, which may be an older encoding's.
  return text.normalize('NFC') === text && !mayHaveFlags(text) && !mayNeedRepair(text) && !text.includes('\ufffd');
}

/** What a text with look-alikes or unseen characters, or one that had to be repaired, says of itself. */
function withFlags(event: NormalisedEvent, isRepaired: boolean, line: string): NormalisedEvent {
  // An escape may spell such a character where the line itself has none.
  const may = (beyondAscii.test(line) && mayHaveFlags(line)) || line.includes('\\u');
  const found = may ? textFlags(event.fields) : [];
  const flags = isRepaired ? [...found, 'repaired-utf8'] : found;
  return flags.length === 0 ? event : { ...event, fields: { ...event.fields, 'vonggac.text_flags': flags } };
}

import { isFreeText } from '../free-text.ts';
import type { EngineImage } from '../image.ts';
import { byteScanLimits } from './byte-scan.ts';
import type { GramIndex } from './gram-index.ts';

/** What is done with the values of a field, or of all names that are no field of the image. */
export interface FieldWork {
  /** Number of the field; -1: names that are no field, in whose values keywords are looked for. */
  readonly field: number;
  readonly presence: number;
  readonly exists: number;
  /** Indexes that stand in for the automata over what values contain, the field's own and that of the keywords. */
  readonly grams: GramIndex | null;
  readonly gramsOfKeywords: GramIndex | null;
  /** Automata that are run themselves; 0: none. */
  readonly contains: number;
  readonly keywords: number;
  readonly forward: number;
  readonly backward: number;
  readonly hasAutomata: boolean;
  /** Whether values are looked through at all. */
  readonly isScanned: boolean;
  /** Values up to so many bytes are looked through sooner than they are found among those that are kept; free text always. */
  readonly quickBytes: number;
}

/** By windows, and by tries, which hardly ever go beyond a few characters. */
const quickBytes = { grams: 32, tries: 3 } as const;

/**
 * The work on a field of an image, by the name it goes by in lines; `gramsAt` makes the index of a set
 * (EngineImage.grams), or has it already.
 */
export function fieldWork(
  image: EngineImage,
  field: number,
  name: string,
  gramsAt: (at: number) => GramIndex,
): FieldWork {
  const own = image.fields[field] ?? null;
  const first = own ?? image.keywords;
  // Keywords beside the field's own, where those do not hold them.
  const beside = own === null || own.holdsKeywords ? { contains: 0, grams: 0 } : image.keywords;
  const grams = first.grams === 0 ? null : gramsAt(first.grams);
  const gramsOfKeywords = beside.grams === 0 ? null : gramsAt(beside.grams);
  const contains = grams === null ? first.contains : 0;
  const keywords = gramsOfKeywords === null ? beside.contains : 0;
  const forward = own?.forward ?? 0;
  const backward = own?.backward ?? 0;
  const hasAutomata = (contains | keywords | forward | backward) !== 0;
  return {
    field: own === null ? -1 : field,
    presence: own?.presence ?? -1,
    exists: own?.exists ?? -1,
    grams,
    gramsOfKeywords,
    contains,
    keywords,
    forward,
    backward,
    hasAutomata,
    isScanned: hasAutomata || grams !== null || gramsOfKeywords !== null,
    quickBytes: isFreeText(name)
      ? byteScanLimits.valueBytes
      : (contains | keywords) !== 0
        ? -1
        : hasAutomata
          ? quickBytes.tries
          : quickBytes.grams,
  };
}

/** Bounds of indicator lists. What goes over is refused with the reason, never cut in silence. */
export interface IndicatorLimits {
  /** Bytes of one upload or of one page of a feed. */
  readonly uploadBytesMax: number;
  readonly indicatorsPerListMax: number;
  /** In all lists together: some 300 bytes of memory each, in every process that detects. */
  readonly indicatorsMax: number;
  readonly listsMax: number;
  /** Characters of a value, and of what is said about it. */
  readonly valueCharsMax: number;
  readonly descriptionCharsMax: number;
  readonly tagsMax: number;
  readonly tagCharsMax: number;
  /** Entries that were not taken and are told one by one; the rest is counted. */
  readonly toldMax: number;
  /** Comparisons in one STIX pattern. */
  readonly patternComparisonsMax: number;
  readonly patternCharsMax: number;
}

export const defaultIndicatorLimits: IndicatorLimits = {
  uploadBytesMax: 32 * 2 ** 20,
  indicatorsPerListMax: 250_000,
  indicatorsMax: 500_000,
  listsMax: 200,
  valueCharsMax: 2_048,
  descriptionCharsMax: 500,
  tagsMax: 20,
  tagCharsMax: 100,
  toldMax: 100,
  patternComparisonsMax: 1_000,
  patternCharsMax: 100_000,
};

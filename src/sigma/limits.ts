/** Everything an author of rules can make grow, with the bound that a hostile file runs into. */
export interface SigmaLimits {
  /** UTF-16 units of one file. The largest SigmaHQ file has 295,078. */
  readonly fileChars: number;
  /** YAML tokens of one file: every scalar, indicator, blank and line end is one. */
  readonly tokens: number;
  /** YAML nodes of one file, aliases counted each time they are used. */
  readonly nodes: number;
  /** Nesting of maps and lists. */
  readonly depth: number;
  readonly conditionChars: number;
  /** Nesting of parentheses and `not` in a condition. */
  readonly conditionDepth: number;
  /** Selections that the patterns (`1 of x*`) of all conditions of a rule are held against, each pattern counted by itself. */
  readonly conditionNames: number;
  /** UTF-16 units of one value. */
  readonly valueChars: number;
  /** Modifiers behind one field name. */
  readonly modifiers: number;
  /** Wildcards inside one value. */
  readonly wildcards: number;
  /** Values one value may become through placeholders. */
  readonly variants: number;
  /** Size of a compiled regular expression, in RE2 instructions. */
  readonly regexProgram: number;
  /** Rules one correlation refers to. */
  readonly correlationRules: number;
  /** The same of temporal_ordered, and the alternatives its expression may stand for. */
  readonly orderedRules: number;
  readonly orderedAlternatives: number;
  /** Correlations built on correlations. */
  readonly correlationLevels: number;
  /** Filters that apply to one rule. */
  readonly filtersOfRule: number;
  /** Problems reported of one file; the last one says that more were left out. */
  readonly problems: number;
}

export const defaultSigmaLimits: SigmaLimits = {
  fileChars: 1_048_576,
  tokens: 60_000,
  nodes: 100_000,
  depth: 24,
  conditionChars: 65_536,
  conditionDepth: 64,
  conditionNames: 200_000,
  valueChars: 65_536,
  modifiers: 32,
  wildcards: 256,
  variants: 10_000,
  regexProgram: 20_000,
  correlationRules: 64,
  orderedRules: 10,
  orderedAlternatives: 64,
  correlationLevels: 8,
  filtersOfRule: 64,
  problems: 100,
};

/** Bounds of what an explanation shows of an event. */
export const explainLimits = { valueChars: 1_024, details: 64, spans: 16, values: 16 } as const;

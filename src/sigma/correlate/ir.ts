import type { RuleMetadata } from '../parse/metadata.ts';

/**
 * The form in which a correlation has its meaning: rules looked up, aliases resolved, times in milliseconds. The brute
 * force (evaluate.ts), the streaming engine and the SQL all start from here.
 */

export type CorrelationKind =
  | 'event_count'
  | 'value_count'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile'
  | 'value_median'
  | 'temporal'
  | 'temporal_ordered';

/** The kinds that ask which references were met. */
export function isTemporal(kind: CorrelationKind): boolean {
  return kind === 'temporal' || kind === 'temporal_ordered';
}

/** A rule or a correlation whose matches take part, by its id. */
export interface CorrelationReference {
  readonly kind: 'rule' | 'correlation';
  readonly id: string;
}

/** A field of `group-by` or of the condition: its name or alias, and what it is called in the events of each reference. */
export interface CorrelationField {
  readonly name: string;
  /** One a reference, in the order of `references`. */
  readonly fields: readonly string[];
}

export type CorrelationOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq';

export interface CorrelationComparison {
  readonly operator: CorrelationOperator;
  readonly number: number;
}

/** The extended condition of temporal kinds: which references have a member in the window. */
export type TemporalExpression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly TemporalExpression[] }
  | { readonly kind: 'not'; readonly of: TemporalExpression }
  | { readonly kind: 'reference'; readonly reference: number };

export interface CorrelationIr {
  readonly kind: CorrelationKind;
  /** In the order of `rules`; none twice. */
  readonly references: readonly CorrelationReference[];
  /** [] puts all events into one group. */
  readonly groupBy: readonly CorrelationField[];
  readonly timespanMs: number;
  /** All of them must hold; [] exactly when there is an expression. */
  readonly condition: readonly CorrelationComparison[];
  /** Only of temporal and temporal_ordered. */
  readonly expression: TemporalExpression | null;
  /** What value_… kinds look at: several only for value_count, whose values are then tuples; [] for all other kinds. */
  readonly fields: readonly CorrelationField[];
  /** Between 0 and 100; 50 for value_median, null for all kinds but the two. */
  readonly percentile: number | null;
  /**
   * What correlations built on this one read from its hits besides the group. A hit carries it over from its completing
   * event, because a hit is an event of the correlation above.
   */
  readonly carries: readonly CorrelationField[];
  /** True lets the referenced rules raise alerts of their own as well. */
  readonly generate: boolean;
}

/** A correlation that was read, understood and linked with its rules. Plain data. */
export interface Correlation extends RuleMetadata {
  readonly file: string;
  /** Line of the document in its file, from 1. */
  readonly line: number;
  /** SHA-256 over the document's text and the hashes of all it refers to: says which text of the rules matched. */
  readonly hash: string;
  /** The document as written, for people to read. */
  readonly source: string;
  readonly ir: CorrelationIr;
}

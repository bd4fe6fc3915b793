import type { AnsweredCondition, AnsweredDetection, AnsweredItem, AnsweredSelection } from './answered.ts';

/**
 * Why an event meets a rule or does not: the rule's condition with the answer at every step. Plain data.
 * `met` of an item counts its `neq`; of a pattern it does not.
 */
export interface ExplainedRule {
  readonly met: boolean;
  readonly condition: ExplainedCondition;
}

export type ExplainedCondition = AnsweredCondition<ExplainedItem>;

export type ExplainedSelection = AnsweredSelection<ExplainedItem>;

export type ExplainedDetection = AnsweredDetection<ExplainedItem>;

export interface ExplainedItem extends AnsweredItem {
  /** null: any value of the event (keywords). */
  readonly field: string | null;
  readonly link: 'any' | 'all';
  /** `neq`. */
  readonly negated: boolean;
  /** Line and column of the item in its file, from 1. */
  readonly line: number;
  readonly column: number;
  /** Whether the event has the key, and whether it holds something. Keywords: whether there is any value. */
  readonly exists: boolean;
  readonly present: boolean;
  /** What the event holds there, the first few values, long ones cut. */
  readonly values: readonly string[];
  /** Values there are in all. */
  readonly valueCount: number;
  /** What was looked for. One group a value as written: its variants are alternatives, also under `all`. */
  readonly wanted: readonly (readonly ExplainedPattern[])[];
}

export interface ExplainedPattern {
  readonly met: boolean;
  /** equals, contains, startswith, endswith, wildcard, re, cidr, lt … gte, fieldref, exists, null. */
  readonly how: string;
  /** What was looked for, as a person reads it. */
  readonly text: string;
  readonly cased: boolean;
  /** `windash`: every dash that begins a flag stands for any of them. */
  readonly dashes: boolean;
  /** `fieldref`: what the event holds in the other field, the first few values; else null. */
  readonly other: readonly string[] | null;
  /** The value that met it, cut to a window around the match; null when none did or none was needed. */
  readonly by: ExplainedValue | null;
}

export interface ExplainedValue {
  readonly value: string;
  /** [start, length] inside `value`, in UTF-16 units; [] when the match has no place. */
  readonly spans: readonly (readonly [number, number])[];
}

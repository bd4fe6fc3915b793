import type { TextPart } from '../parse/text-parts.ts';
import type { Position } from '../problem.ts';

/**
 * The form in which a rule has its meaning: modifiers resolved, names looked up, nothing yet arranged for speed.
 * Every engine (reference, fast, SQL) starts from here, and this alone decides what a rule means.
 */

export type FieldComparison = 'equals' | 'contains' | 'startswith' | 'endswith';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** A test of one value of a field. */
export type Pattern =
  /** Whole text against parts; without `cased` both sides are folded (fold.ts). */
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly cased: boolean }
  /** RE2, unanchored, on the text as it is. `flags` holds i, m, s in this order. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  /** Address in a network; `bytes` is the masked address, 4 or 16 of them. */
  | { readonly kind: 'cidr'; readonly network: string; readonly bytes: readonly number[]; readonly prefix: number }
  /** Number, numeric text, or a part of a date (UTC), against a number. */
  | {
      readonly kind: 'compare';
      readonly operator: 'eq' | 'lt' | 'lte' | 'gt' | 'gte';
      readonly number: number;
      readonly part: TimePart | null;
    }
  /** Against another field of the same event. */
  | { readonly kind: 'field'; readonly name: string; readonly how: FieldComparison; readonly cased: boolean }
  /** Field missing, or holding nothing but null. */
  | { readonly kind: 'null' }
  /** The key is there, whatever it holds. */
  | { readonly kind: 'exists'; readonly expected: boolean };

/** One value as written: its variants (base64 offsets, placeholder values) are alternatives, also under `all`. */
export type Value = readonly Pattern[];

export interface Item {
  /** null: any value of the event (keywords). */
  readonly field: string | null;
  readonly link: 'any' | 'all';
  /** `neq`: NOT of the whole item. */
  readonly negated: boolean;
  readonly values: readonly Value[];
  readonly at: Position;
}

export type Detection =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Detection[] };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Selections by name; `any` or `all` of them. A single name is `all` of one. */
  | { readonly kind: 'selections'; readonly link: 'any' | 'all'; readonly names: readonly string[] };

export interface RuleIr {
  readonly selections: ReadonlyMap<string, Detection>;
  readonly condition: Condition;
}

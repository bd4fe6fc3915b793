/** A selector: what of a record a rule of a mapping looks at. Field names are looked up as they stand. */
export type Selector = 'program' | 'channel' | 'provider' | 'eventId' | `field:${string}`;

/**
 * One line of a mapping: records whose selectors all have one of the values get the tags and the extra fields.
 * Comparison ignores case. All rules that apply add up; the first to name a product sets it.
 */
export interface MappingRule {
  readonly when: Readonly<Partial<Record<Selector, string | readonly string[]>>>;
  readonly product?: string;
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
  /** New field ← existing field; made only when the source is there and the target is not. */
  readonly copy?: Readonly<Record<string, string>>;
  /** New field ← `{A}\{B}` filled with existing fields; made only when all are there and none is '-' or ''. */
  readonly join?: Readonly<Record<string, string>>;
}

/**
 * Mappings are data: how records of some parsers get their Sigma logsource and Sigma's field names. Several may speak
 * of one record.
 */
export interface Mapping {
  readonly id: string;
  /** Parser ids (the last part of a wrapped one) it speaks of. */
  readonly parsers: readonly string[];
  /** Blanks in field names are dropped (`Threat Name` → `ThreatName`): Sigma's names have none. */
  readonly dropBlanks?: boolean;
  /** The record may state its own `product`, `category` and `service`. */
  readonly ownLogsource?: boolean;
  /** Fields that tell most about an event, for the one human line when the record has no message. */
  readonly telling?: readonly string[];
  readonly rules: readonly MappingRule[];
}

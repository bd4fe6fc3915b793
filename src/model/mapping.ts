/**
 * A selector: what of a record a rule of a mapping looks at. Field names are looked up as they stand; `has:` is `true`
 * or `false`; a field that is a list answers with each of its members.
 */
export type Selector = 'parser' | 'program' | 'channel' | 'provider' | 'event_id' | `field:${string}` | `has:${string}`;

/** Selectors that all have to have one of their values, compared without case; '' is an empty or missing one. */
export type When = Readonly<Partial<Record<Selector, readonly string[]>>>;

/** A new field made out of an existing one by looking its text up. */
export interface ValueMap {
  readonly from: string;
  /** Text → text, compared without case; a text that is not here makes no field unless `prefixes` knows its beginning. */
  readonly values?: Readonly<Record<string, string>>;
  /** Beginning → what stands there instead, compared without case; the first that fits. */
  readonly prefixes?: Readonly<Record<string, string>>;
}

/**
 * One line of a mapping: records that meet one of `when` ([] = all) get the tags and the extra fields. All rules that
 * apply add up, in the mapping's order; the first to name a product sets it. No field is ever overwritten or removed.
 */
export interface MappingRule {
  readonly when: readonly When[];
  readonly product?: string;
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
  /** Fields whose names begin so are there under the rest of the name too. Done before the others. */
  readonly strip?: readonly string[];
  /** New field ← the first of these fields that is there. */
  readonly copy?: Readonly<Record<string, readonly string[]>>;
  /** New field ← `{A}\{B}` filled with existing fields; made only when all are there and none is '-' or ''. The first of several. */
  readonly join?: Readonly<Record<string, readonly string[]>>;
  readonly map?: Readonly<Record<string, ValueMap>>;
}

export const identityKeys = ['channel', 'provider', 'event_id', 'program', 'host', 'time'] as const;

/** What a record is, of whom and when, where its parser could not know: the first of these fields that has a text. */
export type Identity = Readonly<Partial<Record<(typeof identityKeys)[number], readonly string[]>>>;

/**
 * Mappings are data (docs/mappings.md): how records of one family get their Sigma logsource and Sigma's field names.
 * Several may speak of one record.
 */
export interface Mapping {
  readonly id: string;
  readonly about: string;
  /** Parser ids (the last part of a wrapped one) it speaks of. */
  readonly parsers: readonly string[];
  /** It speaks only of records that have all fields of one of these lists; [] = of all. */
  readonly needs?: readonly (readonly string[])[];
  /** Blanks in field names are dropped (`Threat Name` → `ThreatName`): Sigma's names have none. */
  readonly dropBlanks?: boolean;
  /** The record may state its own `product`, `category` and `service`. */
  readonly ownLogsource?: boolean;
  readonly identity?: Identity;
  /** Fields that tell most about an event, for the one human line when the record has no message. */
  readonly telling?: readonly string[];
  readonly rules: readonly MappingRule[];
}

/** Mappings as a process lives by them, in the order they are applied. */
export interface Mappings {
  /** Names the content: equal mappings have equal versions. */
  readonly version: string;
  readonly all: readonly Mapping[];
}

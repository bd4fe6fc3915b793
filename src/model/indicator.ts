import type { Severity } from './severity.ts';

/**
 * `ip` one address · `cidr` a network · `domain` a name with all below it · `url` one address on one host · `hash` of a
 * file (MD5, SHA-1, SHA-256, SHA-512; its length tells which).
 */
export const indicatorTypes = ['ip', 'cidr', 'domain', 'url', 'hash'] as const;
export type IndicatorType = (typeof indicatorTypes)[number];

/** A sign of an attack that somebody warned of. `type` and `value` are its identity within a list. */
export interface Indicator {
  readonly type: IndicatorType;
  /** As it is compared: lower case, no defanging, IPv6 in its canonical form, names in ASCII (IDNA). */
  readonly value: string;
  /** What was published with it. Says since when it was known, not since when it was used: it never hides an event. */
  readonly validFromMs: number;
  /** Events at or after this moment do not match; 0: for ever. */
  readonly validUntilMs: number;
  readonly description: string;
  readonly tags: readonly string[];
  /** Its id where it came from: of a STIX object or a MISP attribute; '' when it has none. */
  readonly sourceId: string;
}

/** Where a list is polled from (TAXII 2.1). */
export interface TaxiiFeed {
  /** API root, e.g. `https://taxii.example.vn/api1/`. */
  readonly root: string;
  readonly collection: string;
  /** '' with a token: it goes as a bearer. */
  readonly user: string;
  /** Password or token, sealed with the platform's key; '' for none. Never read out again. */
  readonly sealed: string;
  readonly everyMinutes: number;
}

/** A list of indicators: what people agreed about it. What lies in it is kept apart. */
export interface IndicatorList {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Who publishes it, in words. */
  readonly source: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  /** Days of stored events that new indicators are searched in; 0: none. */
  readonly historyDays: number;
  readonly feed: TaxiiFeed | null;
  /** A retired list matches nothing and stays for the audit trail. */
  readonly retired: boolean;
  /** Of its content: rises with every change of it; 0 while it is empty. */
  readonly revision: number;
  /** Indicators in it. */
  readonly count: number;
}

/** A rule's id under which findings and alerts of a list stand. */
export function ruleOfList(list: string): string {
  return `indicator:${list}`;
}

/** The list behind such an id; null for every other rule. */
export function listOfRule(rule: string): string | null {
  return rule.startsWith('indicator:') ? rule.slice('indicator:'.length) : null;
}

export function sameIndicator(a: Indicator, b: Indicator): boolean {
  return (
    a.validFromMs === b.validFromMs &&
    a.validUntilMs === b.validUntilMs &&
    a.description === b.description &&
    a.sourceId === b.sourceId &&
    a.tags.join('\n') === b.tags.join('\n')
  );
}

import type { Indicator, IndicatorType } from '../model/indicator.ts';
import type { IndicatorLimits } from './limits.ts';
import { type Refusal, readIndicatorValue } from './normalise.ts';

/** An entry that was not taken, and where it stands: a line of a CSV, an object's id. */
export interface NotTaken {
  readonly where: string;
  readonly value: string;
  /** A refusal of the value, or what of the entry was not understood. */
  readonly reason: Refusal | 'pattern' | 'type' | 'over-the-limit' | 'bad-time';
}

/** What came of reading a document. */
export interface Reading {
  readonly format: string;
  readonly indicators: readonly Indicator[];
  /** Values that a document of changes takes back (STIX `revoked`), as `type value`. */
  readonly revoked: readonly Pick<Indicator, 'type' | 'value'>[];
  /** The first of those that were not taken; `notTakenTotal` counts all. */
  readonly notTaken: readonly NotTaken[];
  readonly notTakenTotal: number;
  /** Objects that are no indicators (reports, identities, sightings), and attributes not meant for detection. */
  readonly passedOver: number;
}

/** The document as a whole cannot be read. */
export class DocumentRefused extends Error {
  readonly code = 'indicators-refused';
  readonly messageVi: string;
  constructor(message: string, messageVi: string) {
    super(message);
    this.name = 'DocumentRefused';
    this.messageVi = messageVi;
  }
}

/** What is known of an entry beside its value. */
export interface About {
  readonly where: string;
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly sourceId?: string;
}

/** Collects what a document yields; a value met twice is kept once, with the longest validity. */
export interface Collector {
  take(text: string, type: IndicatorType | null, about: About): void;
  revoke(text: string, type: IndicatorType | null): void;
  refuse(refusal: NotTaken): void;
  passOver(): void;
  finish(format: string): Reading;
}

export function createCollector(limits: IndicatorLimits): Collector {
  const taken = new Map<string, Indicator>();
  const revoked = new Map<string, Pick<Indicator, 'type' | 'value'>>();
  const notTaken: NotTaken[] = [];
  let notTakenTotal = 0;
  let passedOver = 0;

  function refuse(refusal: NotTaken): void {
    notTakenTotal += 1;
    if (notTaken.length < limits.toldMax)
      notTaken.push({ ...refusal, where: bounded(refusal.where, 200), value: bounded(refusal.value, 200) });
  }

  return {
    refuse,
    passOver: () => {
      passedOver += 1;
    },
    take(text, type, about) {
      const read = readIndicatorValue(text, type, limits.valueCharsMax);
      if (!read.ok) {
        refuse({ where: about.where, value: text, reason: read.reason });
        return;
      }
      const key = `${read.type} ${read.value}`;
      const before = taken.get(key);
      if (before === undefined && taken.size >= limits.indicatorsPerListMax) {
        refuse({ where: about.where, value: text, reason: 'over-the-limit' });
        return;
      }
      const tags = (about.tags ?? []).slice(0, limits.tagsMax).map((tag) => bounded(tag, limits.tagCharsMax));
      const validUntilMs = about.validUntilMs ?? 0;
      taken.set(key, {
        type: read.type,
        value: read.value,
        validFromMs: before?.validFromMs ?? about.validFromMs ?? 0,
        validUntilMs: before === undefined ? validUntilMs : later(before.validUntilMs, validUntilMs),
        description: before?.description || bounded(about.description ?? '', limits.descriptionCharsMax),
        tags: before === undefined ? tags : [...new Set([...before.tags, ...tags])].slice(0, limits.tagsMax),
        sourceId: before?.sourceId || bounded(about.sourceId ?? '', 200),
      });
    },
    revoke(text, type) {
      const read = readIndicatorValue(text, type, limits.valueCharsMax);
      if (read.ok && revoked.size < limits.indicatorsPerListMax)
        revoked.set(`${read.type} ${read.value}`, { type: read.type, value: read.value });
    },
    finish: (format) => {
      // What one object of a document still states stands, even when another takes it back.
      for (const key of taken.keys()) revoked.delete(key);
      const indicators = [...taken.values()];
      return { format, indicators, revoked: [...revoked.values()], notTaken, notTakenTotal, passedOver };
    },
  };
}

/** The later end; 0 stands for never. */
function later(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

/** Text for people: no control characters, bounded, not cut inside a character. */
function bounded(text: string, charsMax: number): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length <= charsMax ? clean : `${clean.slice(0, charsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** RFC 3339, or a date alone; null for anything else, 0 for none. */
export function timeOf(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return 0;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return null;
  const ms = Date.parse(/[zZ]|[+-]\d\d:?\d\d$|^\d{4}-\d\d-\d\d$/.test(value) ? value : `${value}Z`);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

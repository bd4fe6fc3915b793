import type { Batch, BatchRef } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { PersonalKind } from '../model/personal.ts';
import type { Source } from '../model/source.ts';

/** What is known of a batch before its lines are read. */
export interface BatchHead {
  readonly id: string;
  readonly day: string;
  readonly receivedTimeMs: number;
  readonly key: string;
}

/** Batches in the making, to be stored together: it takes the events as they are read, and keeps of them what it needs. */
export interface OpenBlock {
  /** Events added from now on are of this batch. */
  begin(batch: BatchHead): void;
  add(rows: readonly SecurityEvent[]): Promise<void>;
  /** All of it and the ledger rows into the store; idempotent by batch ids. Throws when the outcome is not certain. */
  write(): Promise<unknown>;
  /** Called once, after the last write. */
  close(): void;
}

/** The batch of an id from the ledger, or null. */
export type LookupBatch = (id: string) => Promise<Batch | null>;

/** Whose system an event belongs to, by the source, the host the line names, its time and the address it came from. */
export type Locate = (
  source: Source,
  host: string,
  eventTimeMs: number,
  ...addresses: readonly string[]
) => { readonly org: string; readonly system: string; readonly level: number };

/** Takes personal data out of a line; what it took is kept by whoever gave this, before the batch is written. */
export interface MaskLine {
  text(text: string): { readonly text: string; readonly kinds: readonly PersonalKind[] };
  /** What stands for the bytes of a line that has some. */
  bytes(base64: string): string;
}

/** Wake detection for a committed batch. May fail: the sweeper finds what was never offered. */
export type OfferBatch = (ref: BatchRef) => Promise<void>;

/** What could not be taken as a line, kept by its head so that somebody can see why. */
export interface DeadLetterRow {
  readonly atMs: number;
  readonly source: string;
  readonly transport: string;
  readonly peer: string;
  readonly reason: string;
  readonly head: string;
  readonly bytes: number;
}

export type WriteDeadLetters = (rows: readonly DeadLetterRow[]) => Promise<void>;

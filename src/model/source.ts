import type { Origin } from './event.ts';
import type { SourceContract, TimeCorrection } from './source-contract.ts';

/** Encodings of text a source may be pinned to; UTF-8 is always understood. */
export type TextEncoding = 'utf-8' | 'windows-1258' | 'tcvn3' | 'viscii' | 'vni';

/** A log source: who may send, for which system, read by which parser. */
export interface Source {
  readonly id: string;
  readonly name: string;
  readonly org: string;
  /** System the lines belong to unless the register knows the host better; '' when unknown. */
  readonly system: string;
  /** Parser id pinned for this source, or 'auto'. */
  readonly parser: string;
  /** What its text beyond ASCII is written in; absent: UTF-8, or what the bytes look like. */
  readonly encoding?: TextEncoding;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  /** What it owes; absent: nothing was agreed. */
  readonly contract?: SourceContract;
  /** How its times are put right from now on; absent: they are taken as they come. */
  readonly timeCorrection?: TimeCorrection;
  /** Sender addresses (IP or CIDR) by which network collectors without tokens recognise it. */
  readonly addresses: readonly string[];
  /**
   * Client certificates by which TLS collectors recognise it: the subject's common name, a name in the subject's
   * alternatives, or the SHA-256 fingerprint in hexadecimal. A source with any is not recognised there by its address.
   */
  readonly certificates?: readonly string[];
}

/** One line as a collector received it. */
export interface RawLine {
  readonly text: string;
  /** Position in what the client sent, from 1; used in rejections. */
  readonly line: number;
  /** The bytes, in base64, when they are no UTF-8: `text` has U+FFFD in their place. */
  readonly base64?: string;
  /** What the transport found wrong with it; absent when nothing. */
  readonly flaw?: LineFlaw;
  /** The header in force where the line stood, which names its values (W3C, Zeek, CSV); it is no part of the line. */
  readonly header?: string;
  /** Where it stood, for senders that know: the file, and the machine for lines that name none. */
  readonly place?: { readonly file: string; readonly host: string };
  /** When it came and from whom, where its submission holds lines of several times and senders; of the same UTC day. */
  readonly arrival?: { readonly receivedTimeMs: number; readonly peer: string };
}

/** A line that did not come through whole: `fatal` ones become dead letters, others are stored and flagged. */
export interface LineFlaw {
  /** `too-long` | `not-utf8` | `cut` (the connection ended inside the line). */
  readonly reason: string;
  readonly fatal: boolean;
  /** Bytes on the wire, which may be far more than `text` holds. */
  readonly bytes: number;
}

/** What a collector hands over in one go. */
export interface Submission {
  readonly source: Source;
  readonly receivedTimeMs: number;
  readonly lines: readonly RawLine[];
  /** The client's idempotency key; '' when it gave none. With one, a repeat is answered from the ledger. */
  readonly key: string;
  /** Transport facts worth keeping (`syslog-udp`, `http`), and the peer's address. */
  readonly transport: string;
  readonly peer: string;
}

export interface Rejection {
  readonly line: number;
  readonly reason: string;
}

/** Given only once the rows and their ledger row are in the store. */
export interface Receipt {
  readonly batch: string;
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
}

/** A submission that could not be taken now. `busy`: queue bound reached · `store-away`: ClickHouse does not answer. */
export class IntakeRefused extends Error {
  readonly code: 'busy' | 'store-away';
  readonly retryAfterSeconds: number;
  constructor(code: 'busy' | 'store-away', retryAfterSeconds: number, message: string) {
    super(message);
    this.name = 'IntakeRefused';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The platform stopped before the store answered: the lines may be stored or not. */
export class IntakeUncertain extends Error {
  readonly code = 'outcome-unknown';
  constructor() {
    super('Closed before the store answered; the outcome is not known');
    this.name = 'IntakeUncertain';
  }
}

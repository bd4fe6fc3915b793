import type { RawLine } from '../model/source.ts';

/** What one transport over connections adds: how lines stand in its bytes, and what it answers. */
export interface StreamProtocol {
  /**
   * The sender keeps what was not answered and sends it again: then nothing is taken from a connection that broke, and
   * a connection closes only after its answers. Otherwise what was read is all there is, and is kept.
   */
  readonly isAnswered: boolean;
  open(connection: StreamAnswers): StreamReader;
}

/** What a protocol may do with its connection. */
export interface StreamAnswers {
  write(text: string): void;
  /** Ends the connection after what was written, or at once with the reason when it is the peer's fault. */
  end(fault?: string): void;
}

/** Reads one connection. */
export interface StreamReader {
  /** The lines that are complete with these bytes; null for one that holds nothing. */
  push(chunk: Buffer): readonly (RawLine | null)[];
  /** What is left when the peer is gone. */
  end(): readonly (RawLine | null)[];
  /** So many more lines are in the store, in the order they came; only for protocols that answer. */
  stored?(lines: number): void;
  /** We are about to close. */
  bye?(): void;
  /** Bytes held for what is unfinished or unanswered. */
  readonly heldBytes: number;
}

import { isUtf8 } from 'node:buffer';
import { lineText } from '../ingest/line-text.ts';
import type { LineReader } from '../ingest/read-line.ts';
import type { NormalisedEvent } from '../model/event.ts';
import type { EngineRule, RuleSet } from '../sigma/index.ts';
import { FlatLineTags } from './detect-tags.ts';

/** Rules against one line after the other. */
export interface LineMatcher {
  /** Indexes of the rules that the line [from, to) meets; null for a blank line. */
  match(bytes: Buffer, from: number, to: number): readonly number[] | null;
  /** Why the last line was not understood; '' when it was. */
  readonly reason: string;
  /** The event in a line, for those who need more of it than what it meets. */
  eventOf(bytes: Buffer, from: number, to: number): NormalisedEvent;
}

export interface LineMatcherOptions {
  readonly set: RuleSet<EngineRule>;
  readonly reader: LineReader;
  readonly routing: boolean;
  /** false reads every line in full, which is slower and gives the same answers. Default true. */
  readonly byBytes?: boolean;
}

/**
 * Lines are read in one of two ways with the same answers: those that parsing and mapping would leave as they are go to
 * the engine as bytes; all others go through `readLine`.
 */
export function createLineMatcher({ set, reader, routing, byBytes = true }: LineMatcherOptions): LineMatcher {
  const receivedTimeMs = Date.now();
  const tags = new FlatLineTags(reader.flatJson);
  const bytesOptions = { routing, logsource: tags.of, flattened: true };
  let reason = '';

  return {
    get reason() {
      return reason;
    },
    eventOf,
    match(bytes, from, to) {
      reason = '';
      if (byBytes) {
        const met = set.matchLine(bytes, from, to, bytesOptions);
        if (met !== null) return met;
      }
      const text = bytes.toString('utf8', from, to);
      if (text.trim() === '') return null;
      const event = read(text, bytes, from, to);
      if (event.parseStatus === 'raw') reason = event.parseReason;
      return set.match(event, { routing });
    },
  };

  function eventOf(bytes: Buffer, from: number, to: number): NormalisedEvent {
    return read(bytes.toString('utf8', from, to), bytes, from, to);
  }

  /** The event as ingest makes it, bytes of older encodings among them (src/ingest/rows.ts). */
  function read(text: string, bytes: Buffer, from: number, to: number): NormalisedEvent {
    if (!text.includes('\ufffd') || isUtf8(bytes.subarray(from, to)))
      return reader.readLine(text, 'auto', receivedTimeMs);
    const base64 = bytes.toString('base64', from, to);
    const said = lineText({ text, line: 0, base64 }, undefined);
    const event = reader.readLine(said.text, 'auto', receivedTimeMs);
    return { ...event, fields: { ...event.fields, ...said.fields } };
  }
}

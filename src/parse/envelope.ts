import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord } from '../model/record.ts';
import { openElastic } from './envelope-elastic.ts';
import { gelfSign, openGelf } from './envelope-gelf.ts';
import { openHec } from './envelope-hec.ts';
import { journaldSign, openJournald } from './envelope-journald.ts';
import { openLoki } from './envelope-loki.ts';
import { type JsonObject, parseJsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { openOtlp } from './otlp-json.ts';
import { setField } from './record.ts';

/**
 * What a shipper sent: its own record, and the line it carries, which is a record of its own when some parser knows it.
 * The collectors (src/collect) keep one event of each protocol as one line in the protocol's own JSON.
 */
export interface Opened {
  readonly record: ParsedRecord;
  /** '' when there is nothing in it to be read once more. */
  readonly line: string;
  /**
   * It is a program's message, as in syslog: first its program tells how it is read, and the envelope's time, written
   * down as it was said, is better than one that it names.
   */
  readonly isMessage?: true;
}

/** Opens a record of one protocol; null when the object is not of its shape, a text when it cannot be read. */
type Open = (object: JsonObject, limits: ParseLimits) => Opened | string | null;

/** A GELF message and an entry of the journal may begin with any of their names. */
const signs: readonly (readonly [name: string, open: Open])[] = [
  [`"${gelfSign}"`, openGelf],
  [`"${journaldSign}"`, openJournald],
];

/** By how the line begins; the collectors write it so, and so do Elastic's, Loki's and the OTel collector's exports. */
const envelopes: readonly (readonly [beginning: string, open: Open])[] = [
  ['{"_index":', openElastic],
  ['{"stream":{', openLoki],
  ['{"sourcetype":', openHec],
  ['{"resourceLogs":[', openOtlp],
];

/** Names without which, each holding an object, an object is no document of Elastic's and no entry of Loki's. */
export const envelopeObjectNames: readonly string[] = ['_source', 'stream'];

/** Ids of records that came in an envelope. `otlp-json` is a format of lines, too. */
export const envelopeIds: readonly string[] = ['elastic', 'loki', 'hec'];

/** The envelope around a line; null when it has none, a text when it is a broken one. */
export function openEnvelope(text: string, limits: ParseLimits): Opened | string | null {
  if (text.charCodeAt(0) !== 123) return null;
  const open =
    envelopes.find(([beginning]) => text.startsWith(beginning))?.[1] ??
    signs.find(([name]) => text.includes(name))?.[1];
  if (open === undefined) return null;
  const parsed = parseJsonObject(text, limits.depthMax);
  return parsed.object === null ? parsed.reason : open(parsed.object, limits);
}

/** The line's own record with what the envelope says beside it and never over it: `loki+nginx-access`. */
export function inEnvelope({ record: envelope, isMessage }: Opened, inner: ParsedRecord): ParsedRecord {
  const fields: Record<string, FieldValue> = inner.fields;
  for (const name in envelope.fields) {
    const value = envelope.fields[name];
    if (value !== undefined && !Object.hasOwn(fields, name)) setField(fields, name, value);
  }
  return {
    ...inner,
    parser: `${envelope.parser}+${inner.parser}`,
    timeMs: isMessage === true ? envelope.timeMs : (inner.timeMs ?? envelope.timeMs),
    host: inner.host || envelope.host,
    program: inner.program || envelope.program,
    fields,
  };
}

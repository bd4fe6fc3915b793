import type { FieldValue, LogsourceTags, NormalisedEvent } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { Identity, Mapping, Mappings } from '../model/mapping.ts';
import type { ParsedRecord } from '../model/record.ts';
import { addFields, dropBlanks } from './fields.ts';
import { firstLine, tell } from './message.ts';
import { mayNeedNfc, nfcFields } from './nfc.ts';
import { createProgram, type Plan, type Program } from './program.ts';
import { ownField } from './selector.ts';
import { createTagger } from './tags.ts';

export type { Mapping, Mappings } from '../model/mapping.ts';

/** Builds events from records and, for lines no parser understood, from the bare text. Pure; no clock. */
export interface Normaliser {
  /** Version of the mappings. */
  readonly version: string;
  /** `line` is the text the record was read from. The record's fields belong to the event afterwards. */
  normalise(record: ParsedRecord, line: string): NormalisedEvent;
  /** An event for a line that was not understood: one field, `message`, and no logsource. */
  keepRaw(line: string, reason: string): NormalisedEvent;
  readonly flatJson: FlatJson;
}

/**
 * What a reader of flat JSON lines has to know to do without `normalise`: an object with none of the `signs` among its
 * names (rare ones: the first of each list a mapping needs), and no text that NFC changes, keeps its fields as they are, and its tags depend on `tagFields` alone.
 */
export interface FlatJson {
  readonly signs: readonly string[];
  readonly tagFields: readonly string[];
  /** Tags by the values of `tagFields`, in their order, undefined where there is none; null: only `normalise` knows. */
  tagsOf(values: readonly (FieldValue | undefined)[]): LogsourceTags | null;
}

/** Longest human line, in UTF-16 units. */
const messageCharsMax = 500;

/** Parser part that decides the mapping: the inner one of a wrapped line. */
function innerParser(parser: string): string {
  const plus = parser.lastIndexOf('+');
  return plus < 0 ? parser : parser.slice(plus + 1);
}

/** What the parser could not know of the record, out of its fields. */
function identified(record: ParsedRecord, identities: readonly Identity[]): ParsedRecord {
  let { channel, provider, eventId, program, host, timeMs } = record;
  const first = (known: string, names: readonly string[] | undefined): string => {
    if (known !== '' || names === undefined) return known;
    for (const name of names) {
      const value = ownField(record.fields, name);
      if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
    }
    return known;
  };
  for (const identity of identities) {
    channel = first(channel, identity.channel);
    provider = first(provider, identity.provider);
    eventId = first(eventId, identity.event_id);
    program = first(program, identity.program);
    host = first(host, identity.host);
    timeMs ??= parseTimeText(first('', identity.time), localZoneMinutes);
  }
  return { ...record, channel, provider, eventId, program, host, timeMs };
}

/** Fields of a generic JSON record by which src/parse settles what a selector asks for. */
const jsonSources: Readonly<Record<string, string>> = {
  channel: 'Channel',
  provider: 'Provider_Name',
  event_id: 'EventID',
};

export function createNormaliser({ version, all }: Mappings): Normaliser {
  const tagger = createTagger();
  let meanings = 0;
  const nextId = (): number => ++meanings;
  const byParser = new Map<string, Mapping[]>();
  for (const mapping of all) {
    for (const parser of mapping.parsers) byParser.set(parser, [...(byParser.get(parser) ?? []), mapping]);
  }
  const programs = new Map<string, Program>();
  for (const [parser, mappings] of byParser) programs.set(parser, createProgram(mappings, nextId));
  const nothing = createProgram([], nextId);

  function tagsAndFields(record: ParsedRecord, parser: string, plan: Plan, fields: boolean): LogsourceTags {
    let tagged = plan.ownLogsource ? tagger.own(record.fields) : tagger.untagged;
    // All is looked at before any field is added, so that no rule depends on another one's fields.
    const meanings = plan.groups.map((group) => group.meaningOf(record, parser));
    for (const meaning of meanings) {
      tagged = tagger.with(tagged, meaning);
      if (fields) for (const rule of meaning.makers) addFields(record.fields, rule);
    }
    return tagged.tags;
  }

  function normalise(parsed: ParsedRecord, line: string): NormalisedEvent {
    const nfc = mayNeedNfc(line);
    let fields = nfc ? nfcFields(parsed.fields) : parsed.fields;
    const parser = innerParser(parsed.parser);
    const program = programs.get(parser) ?? nothing;
    let record: ParsedRecord = fields === parsed.fields ? parsed : { ...parsed, fields };
    const plan = program.planOf(record);
    if (plan.dropBlanks) {
      fields = dropBlanks(fields);
      if (fields !== record.fields) record = { ...record, fields };
    }
    if (plan.identities.length > 0) record = identified(record, plan.identities);
    const logsource = tagsAndFields(record, parser, plan, true);
    const told = tell(record, plan.telling, messageCharsMax);
    return {
      eventTimeMs: record.timeMs,
      host: nfc ? record.host.normalize('NFC') : record.host,
      logsource,
      message: firstLine(nfc ? told.normalize('NFC') : told, messageCharsMax),
      fields,
      parser: record.parser,
      mappings: version,
      parseStatus: record.status,
      parseReason: record.reason,
    };
  }

  function keepRaw(line: string, reason: string): NormalisedEvent {
    const text = mayNeedNfc(line) ? line.normalize('NFC') : line;
    return {
      eventTimeMs: null,
      host: '',
      logsource: tagger.untagged.tags,
      message: firstLine(text, messageCharsMax),
      fields: { message: text },
      parser: 'raw',
      mappings: version,
      parseStatus: 'raw',
      parseReason: reason,
    };
  }

  return { version, normalise, keepRaw, flatJson: flatJsonOf(programs.get('json') ?? nothing) };

  function flatJsonOf({ signs, always }: Program): FlatJson {
    const selectors = [...new Set(always.groups.flatMap((group) => group.selectors))];
    const read = selectors.map((selector) =>
      selector.startsWith('field:') || selector.startsWith('has:')
        ? selector.slice(selector.indexOf(':') + 1)
        : (jsonSources[selector] ?? ''),
    );
    const known = selectors.every((selector, i) => selector === 'parser' || read[i] !== '');
    const plain = known && !always.dropBlanks && always.identities.length === 0;
    const own = always.ownLogsource ? ['product', 'category', 'service'] : [];
    const tagFields = [...new Set([...own, ...read.filter((name) => name !== '')])];
    return { signs: [...signs], tagFields, tagsOf };

    function tagsOf(values: readonly (FieldValue | undefined)[]): LogsourceTags | null {
      if (!plain) return null;
      const fields: Record<string, FieldValue> = {};
      for (const [i, name] of tagFields.entries()) {
        const value = values[i];
        if (value !== undefined) fields[name] = value;
      }
      const text = (name: string): string => {
        const value = ownField(fields, name);
        return typeof value === 'object' || value === undefined ? '' : String(value);
      };
      const record: ParsedRecord = {
        parser: 'json',
        timeMs: null,
        host: '',
        program: '',
        channel: text('Channel'),
        provider: text('Provider_Name'),
        eventId: text('EventID'),
        message: '',
        fields,
        status: 'parsed',
        reason: '',
      };
      const makes = always.groups.some((group) => group.meaningOf(record, 'json').makers.length > 0);
      return makes ? null : tagsAndFields(record, 'json', always, false);
    }
  }
}

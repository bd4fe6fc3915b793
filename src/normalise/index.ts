import type { FieldValue, LogsourceTags, NormalisedEvent } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { Identity, Mapping, Mappings, Selector } from '../model/mapping.ts';
import type { ParsedRecord } from '../model/record.ts';
import type { Group } from './compile.ts';
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
 * What a reader of JSON lines has to know to do without `normalise`: a generic record with no text that NFC changes keeps
 * its fields as they are when `planOf` and the plan's `tagsOf` say so.
 */
export interface FlatJson {
  /** Fields that matter by being there. */
  readonly signs: readonly string[];
  /** Fields whose values matter to some plan. */
  readonly tagFields: readonly string[];
  /** What is known of records that have these of the signs and no others; null: only `normalise` knows. */
  planOf(signs: readonly string[]): FlatPlan | null;
}

/** What records with the same signs have in common. */
export interface FlatPlan {
  /** Fields whose values their tags depend on. */
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

  function flatJsonOf(json: Program): FlatJson {
    const has = json.groups.flatMap((group) => group.selectors.filter(isPresence).flatMap(fieldsOf));
    return {
      signs: [...new Set([...json.needed, ...has])],
      tagFields: tagFieldsOf(json.groups, true),
      planOf: (signs) => flatPlanOf(json, signs),
    };
  }

  function flatPlanOf(json: Program, signs: readonly string[]): FlatPlan | null {
    const there = signs.map((name): [string, FieldValue] => [name, null]);
    const plan = json.planOf(genericJson(Object.fromEntries(there)));
    const isKnown = plan.groups.every((group) => group.selectors.every(isFound));
    if (!isKnown || plan.dropBlanks || plan.identities.length > 0) return null;
    const tagFields = tagFieldsOf(plan.groups, plan.ownLogsource);
    return {
      tagFields,
      tagsOf(values) {
        const said = tagFields.flatMap((name, i): [string, FieldValue][] => {
          const value = values[i];
          return value === undefined ? [] : [[name, value]];
        });
        const record = genericJson(Object.fromEntries([...there, ...said]));
        const makes = plan.groups.some((group) => group.meaningOf(record, 'json').makers.length > 0);
        return makes ? null : tagsAndFields(record, 'json', plan, false);
      },
    };
  }
}

function isPresence(selector: Selector): boolean {
  return selector.startsWith('has:');
}

/** The field of a generic JSON record that a selector looks at; [] when it looks at something else. */
function fieldsOf(selector: Selector): string[] {
  const colon = selector.indexOf(':');
  const name = colon < 0 ? jsonSources[selector] : selector.slice(colon + 1);
  return name === undefined ? [] : [name];
}

function isFound(selector: Selector): boolean {
  return selector === 'parser' || fieldsOf(selector).length > 0;
}

function tagFieldsOf(groups: readonly Group[], own: boolean): readonly string[] {
  const selectors = groups.flatMap((group) => group.selectors).filter((selector) => !isPresence(selector));
  return [...new Set([...(own ? ['product', 'category', 'service'] : []), ...selectors.flatMap(fieldsOf)])];
}

/** A record as src/parse makes it of plain JSON, as far as mappings look at it. */
function genericJson(fields: Record<string, FieldValue>): ParsedRecord {
  const text = (name: string): string => {
    const value = ownField(fields, name);
    return typeof value === 'object' || value === undefined ? '' : String(value);
  };
  return {
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
}

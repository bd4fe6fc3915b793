import type { FieldValue, LogsourceTags, NormalisedEvent } from '../model/event.ts';
import type { ParsedRecord } from '../model/record.ts';
import { type CompiledMapping, compileMapping, eachRule } from './compile.ts';
import type { Mapping, MappingRule } from './mapping.ts';
import { mappings } from './mappings/index.ts';
import { firstLine, tell } from './message.ts';
import { mayNeedNfc, nfcFields } from './nfc.ts';

export type { Mapping } from './mapping.ts';

type Fields = Record<string, FieldValue>;

/** Builds events from records and, for lines no parser understood, from the bare text. Pure; no clock. */
export interface Normaliser {
  /** `line` is the text the record was read from. The record's fields belong to the event afterwards. */
  normalise(record: ParsedRecord, line: string): NormalisedEvent;
  /** An event for a line that was not understood: one field, `message`, and no logsource. */
  keepRaw(line: string, reason: string): NormalisedEvent;
}

/** Longest human line, in UTF-16 units. */
const messageCharsMax = 500;

function ownText(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

function addMissing(into: string[], values: readonly string[] | undefined): void {
  if (values !== undefined) for (const value of values) if (!into.includes(value)) into.push(value);
}

function addFields(fields: Fields, rule: MappingRule): void {
  for (const target in rule.copy) {
    const source = rule.copy[target] ?? '';
    const value = Object.hasOwn(fields, source) ? fields[source] : undefined;
    if (value !== undefined && !Object.hasOwn(fields, target)) fields[target] = value;
  }
  for (const target in rule.join) {
    if (Object.hasOwn(fields, target)) continue;
    let complete = true;
    const text = (rule.join[target] ?? '').replace(/\{([^}]+)\}/g, (_, name: string) => {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (typeof value !== 'string' || value === '' || value === '-') complete = false;
      return String(value);
    });
    if (complete) fields[target] = text;
  }
}

function dropBlanks(fields: Fields): Fields {
  let found = false;
  for (const name in fields) {
    if (name.includes(' ')) {
      found = true;
      break;
    }
  }
  if (!found) return fields;
  const out: Fields = {};
  for (const name in fields) {
    const short = name.replaceAll(' ', '');
    if (short === name || !Object.hasOwn(fields, short)) {
      Object.defineProperty(out, short, { value: fields[name], writable: true, enumerable: true, configurable: true });
    }
  }
  return out;
}

/** Parser part that decides the mapping: the inner one of a wrapped line. */
function innerParser(parser: string): string {
  const plus = parser.indexOf('+');
  return plus < 0 ? parser : parser.slice(plus + 1);
}

const noTags: LogsourceTags = { product: null, categories: [], services: [] };

export function createNormaliser(data: readonly Mapping[] = mappings): Normaliser {
  const byParser = new Map<string, CompiledMapping[]>();
  for (const mapping of data) {
    const compiled = compileMapping(mapping);
    for (const parser of mapping.parsers) {
      const list = byParser.get(parser);
      if (list === undefined) byParser.set(parser, [compiled]);
      else list.push(compiled);
    }
  }

  function normalise(parsed: ParsedRecord, line: string): NormalisedEvent {
    const nfc = mayNeedNfc(line);
    let fields = nfc ? nfcFields(parsed.fields) : parsed.fields;
    const found = byParser.get(innerParser(parsed.parser)) ?? [];
    let product: string | null = null;
    const categories: string[] = [];
    const services: string[] = [];
    let telling: readonly string[] = [];
    for (const { mapping } of found) {
      if (mapping.dropBlanks === true) fields = dropBlanks(fields);
      if (mapping.telling !== undefined) telling = mapping.telling;
      if (mapping.ownLogsource === true) {
        product ??= ownText(fields, 'product') || null;
        addMissing(
          categories,
          [ownText(fields, 'category')].filter((tag) => tag !== ''),
        );
        addMissing(
          services,
          [ownText(fields, 'service')].filter((tag) => tag !== ''),
        );
      }
    }
    const record: ParsedRecord = fields === parsed.fields ? parsed : { ...parsed, fields };
    for (const compiled of found) {
      eachRule(compiled, record, (rule) => {
        product ??= rule.product ?? null;
        addMissing(categories, rule.categories);
        addMissing(services, rule.services);
        addFields(fields, rule);
      });
    }
    const told = tell(record, telling, messageCharsMax);
    return {
      eventTimeMs: record.timeMs,
      host: nfc ? record.host.normalize('NFC') : record.host,
      logsource: { product, categories, services },
      message: firstLine(nfc ? told.normalize('NFC') : told, messageCharsMax),
      fields,
      parser: record.parser,
      parseStatus: record.status,
      parseReason: record.reason,
    };
  }

  function keepRaw(line: string, reason: string): NormalisedEvent {
    const text = mayNeedNfc(line) ? line.normalize('NFC') : line;
    return {
      eventTimeMs: null,
      host: '',
      logsource: noTags,
      message: firstLine(text, messageCharsMax),
      fields: { message: text },
      parser: 'raw',
      parseStatus: 'raw',
      parseReason: reason,
    };
  }

  return { normalise, keepRaw };
}

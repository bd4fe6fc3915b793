import type { LineTrial, LineTrialWanted, TriedLine } from '../contract/api.ts';
import type { LiveRules } from '../detect/index.ts';
import { createLineReader, type LineReader } from '../ingest/read-line.ts';
import type { NormalisedEvent } from '../model/event.ts';
import type { Mappings } from '../model/mapping.ts';
import { ecsOf } from '../normalise/ecs.ts';
import { type MappingProblem, parseMapping } from '../normalise/parse-mapping.ts';
import { parserIds, recordParserIds } from '../parse/index.ts';
import { createRecordCutter } from '../parse/record-cutter.ts';

export interface LineTrialParts {
  readonly mappings: () => Mappings;
  readonly rules: () => LiveRules;
  readonly clock: () => number;
}

/** Records and rules shown of a trial; the rest is counted. */
const recordsMax = 50;
const rulesMax = 50;

/**
 * Pasted lines read as the platform would read them from a source pinned to a parser: its mappings, its rules, and a
 * mapping that is still being written. Nothing is kept.
 */
export function createLineTrial({
  mappings,
  rules,
  clock,
}: LineTrialParts): (wanted: LineTrialWanted) => Promise<LineTrial> {
  const readBare = createLineReader({ version: '', all: [] }).readLine;
  let standing: { readonly of: Mappings; readonly reader: LineReader } | null = null;

  function inForce(): LineReader {
    const now = mappings();
    if (standing?.of !== now) standing = { of: now, reader: createLineReader(now) };
    return standing.reader;
  }

  /** The mappings in force with the one being written among them, in its own place when it has one. */
  function withDraft(text: string): { readonly reader: LineReader; readonly problems: readonly MappingProblem[] } {
    if (text.trim() === '') return { reader: inForce(), problems: [] };
    const { mapping, problems } = parseMapping(text, 'mapping.yml', recordParserIds);
    if (mapping === null) return { reader: inForce(), problems };
    const { all } = mappings();
    const others = all.filter(({ id }) => id !== mapping.id);
    return { reader: createLineReader({ version: 'draft', all: [...others, mapping] }), problems };
  }

  return async ({ text, parser, mapping }) => {
    const nowMs = clock();
    const pinned = parserIds.includes(parser) ? parser : 'auto';
    const { reader, problems } = withDraft(mapping);
    const live = rules();
    const cutter = createRecordCutter(pinned);
    const cut = text
      .split(/\r?\n/)
      .flatMap((line) => cutter.push(line, nowMs))
      .concat(cutter.end())
      .filter((record) => record.text.trim() !== '');
    const read = cut.slice(0, recordsMax).map(({ text: raw, header }) => ({
      raw,
      event: reader.readLine(raw, pinned, nowMs, header),
      bare: readBare(raw, pinned, nowMs, header),
    }));
    // Kinds of lines the rules were not compiled for yet are compiled aside, not on the loop that serves everybody.
    await live.prepare(read.map(({ event }) => event.logsource));
    return {
      problems: problems.map(({ line, column, message }) => ({ line, column, message })),
      lines: read.map(({ raw, event, bare }) => tried(event, bare, raw, live)),
      more: Math.max(0, cut.length - recordsMax),
      parsers: parserIds,
    };
  };
}

function tried(event: NormalisedEvent, bare: NormalisedEvent, raw: string, live: LiveRules): TriedLine {
  const met = live.match(event);
  return {
    raw,
    parser: event.parser,
    parseStatus: event.parseStatus,
    parseReason: event.parseReason,
    eventTimeMs: event.eventTimeMs,
    host: event.host,
    logsource: event.logsource,
    message: event.message,
    fields: event.fields,
    mapped: Object.keys(event.fields).filter((name) => !Object.hasOwn(bare.fields, name)),
    ecs: ecsOf(event),
    rules: met.slice(0, rulesMax).flatMap((number) => {
      const facts = live.facts[number];
      if (facts === undefined) return [];
      return [{ id: facts.id, title: facts.title, titleVi: facts.titleVi, severity: facts.severity }];
    }),
    rulesTotal: met.length,
  };
}

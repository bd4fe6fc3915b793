import { type AgentSection, agentBodyLimits } from '../model/agent.ts';
import type { RawLine, Source } from '../model/source.ts';
import { HttpProblem } from './http-problem.ts';
import { createLineRecords } from './line-records.ts';
import { createLineSplitter } from './line-splitter.ts';

/** A section of an agent's batch with the bytes of its lines. */
export interface SectionBytes {
  readonly section: AgentSection;
  readonly bytes: Buffer;
}

const lineFeed = 10;

/** Takes a batch apart. Throws `bad-body` when it is not one; the protocol stands in docs/agent.md. */
export function readSections(body: Buffer): readonly SectionBytes[] {
  const sections: SectionBytes[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(lineFeed, at);
    if (end < 0 || end - at > agentBodyLimits.headBytesMax || sections.length >= agentBodyLimits.sectionsMax)
      throw new HttpProblem('bad-body');
    const section = sectionOf(body.toString('utf8', at, end));
    const to = end + 1 + section.bytes;
    if (to >= body.length || body[to] !== lineFeed) throw new HttpProblem('bad-body');
    sections.push({ section, bytes: body.subarray(end + 1, to) });
    at = to + 1;
  }
  return sections;
}

function sectionOf(text: string): AgentSection {
  const read = objectOf(text);
  const { file, host, source, parser, header, tooLong, bytes } = read;
  const isText = [file, host, source, parser, header].every((each) => typeof each === 'string');
  const isLong = Array.isArray(tooLong) && tooLong.every((pair) => Array.isArray(pair) && pair.every(Number.isInteger));
  if (!isText || !isLong || !Number.isInteger(bytes) || Number(bytes) < 0) throw new HttpProblem('bad-body');
  return read as unknown as AgentSection;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) return read as Record<string, unknown>;
  } catch {
    // Not JSON.
  }
  throw new HttpProblem('bad-body');
}

/** The lines of a section as the source's parser wants them, numbered behind those before. */
export function linesOf({ section, bytes }: SectionBytes, source: Source, o: Numbering): RawLine[] {
  const splitter = createLineSplitter({ lineBytesMax: o.lineBytesMax });
  const heads = new Map(section.tooLong);
  // Of an unknown format the header is told by what it looks like, so it goes before the lines.
  const headers = { of: () => section.header, keep: () => undefined };
  const records = createLineRecords(source, headers, true);
  if (source.parser === 'auto' && section.header !== '')
    for (const text of section.header.split('\n')) records.push({ text, line: 0 }, 0);
  const place = { file: section.file, host: section.host };
  const out: RawLine[] = [];
  const give = (line: RawLine | null): void => {
    if (line !== null && line.line > 0) out.push({ ...line, line: o.linesBefore + line.line, place });
  };
  for (const line of [...splitter.push(bytes), ...splitter.end(false)]) {
    const long = heads.get(line.line);
    const flaw = long === undefined ? {} : { flaw: { reason: 'too-long', fatal: true, bytes: long } };
    for (const record of records.push({ ...line, ...flaw }, 0)) give(record.line);
  }
  for (const record of records.flush()) give(record.line);
  o.counted(splitter.lines);
  return out;
}

export interface Numbering {
  readonly lineBytesMax: number;
  readonly linesBefore: number;
  /** How many lines there were, blank ones too. */
  counted(lines: number): void;
}

import type { RawLine } from '../model/source.ts';
import { HecProblem } from './hec-answers.ts';
import { cutObjects, type Members } from './hec-objects.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { around } from './http-lines.ts';
import { toRawLine } from './line-text.ts';

/** In this order, so that a line is known by its beginning; members HEC does not know come last. */
const order: readonly string[] = ['sourcetype', 'source', 'host', 'index', 'time', 'event', 'fields'];
const defaultSourcetype = Buffer.from('"httpevent"');

function check(members: Members, number: number): void {
  const event = members.get('event')?.toString('latin1') ?? 'null';
  if (event === 'null') throw new HecProblem('eventMissing', number);
  if (event === '""') throw new HecProblem('eventBlank', number);
  const fields = members.get('fields')?.toString('latin1') ?? '{}';
  if (!fields.startsWith('{')) throw new HecProblem('fields', number);
}

/** One event as a line: the values as they were sent, with a sourcetype, and without the breaks between them. */
function lineOf(members: Members, number: number, limits: HttpCollectorLimits): RawLine {
  check(members, number);
  const all = new Map([['sourcetype', members.get('sourcetype') ?? defaultSourcetype], ...members]);
  const names = [...order.filter((name) => all.has(name)), ...[...all.keys()].filter((name) => !order.includes(name))];
  const text = names.map((name) => `${latin(name)}:${all.get(name)?.toString('latin1')}`).join(',');
  const bytes = Buffer.from(`{${text.replace(/[\r\n]+/g, ' ')}}`, 'latin1');
  const line = toRawLine(bytes, number + 1, limits);
  if (line === null || !isJson(bytes)) throw new HecProblem('format', number);
  return line;
}

function latin(name: string): string {
  return Buffer.from(JSON.stringify(name)).toString('latin1');
}

export function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The events of a body. Throws HecProblem, BrokenObject. */
export function eventLines(body: Buffer, limits: HttpCollectorLimits): readonly RawLine[] {
  const objects = cutObjects(body, limits.linesMax);
  if (objects.length === 0) throw new HecProblem('noData');
  return objects.map((members, number) => lineOf(members, number, limits));
}

export type Query = Readonly<Record<string, unknown>>;

/** What the query says of raw lines, as the beginning of an event; '' when it says nothing and lines stay bare. */
function metadataOf(query: Query): string {
  const said = ['source', 'host', 'index', 'time']
    .filter((name) => typeof query[name] === 'string' && query[name] !== '')
    .map((name) => `,${JSON.stringify(name)}:${JSON.stringify(query[name])}`);
  const { sourcetype } = query;
  if (said.length === 0 && typeof sourcetype !== 'string') return '';
  return `{"sourcetype":${JSON.stringify(typeof sourcetype === 'string' ? sourcetype : 'httpevent')}${said.join('')},"event":`;
}

/** The lines of a body of `/raw`. Throws HecProblem. */
export function rawLines(lines: readonly RawLine[], query: Query): readonly RawLine[] {
  if (lines.length === 0) throw new HecProblem('noData');
  const before = metadataOf(query);
  return before === '' ? lines : lines.map((line) => around(line, before, JSON.stringify, '}'));
}

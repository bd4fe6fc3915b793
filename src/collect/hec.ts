import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { RawLine } from '../model/source.ts';
import { createHecAcks } from './hec-acks.ts';
import { BrokenObject, cutObjects, type Members } from './hec-objects.ts';
import { readLines, readWhole } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, header, type Taking } from './http-door.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { around } from './http-lines.ts';
import { HttpProblem, type HttpProblemCode } from './http-problem.ts';
import { toRawLine } from './line-text.ts';

/** HEC's own statuses, codes and texts (Splunk, "Troubleshoot HTTP Event Collector"). */
type HecAnswer = readonly [status: number, code: number, text: string];

const answers = {
  tokenMissing: [401, 2, 'Token is required'],
  authorization: [401, 3, 'Invalid authorization'],
  token: [403, 4, 'Invalid token'],
  noData: [400, 5, 'No data'],
  format: [400, 6, 'Invalid data format'],
  internal: [500, 8, 'Internal server error'],
  busy: [503, 9, 'Server is busy'],
  channelMissing: [400, 10, 'Data channel is missing'],
  channel: [400, 11, 'Invalid data channel'],
  eventMissing: [400, 12, 'Event field is required'],
  eventBlank: [400, 13, 'Event field cannot be blank'],
  fields: [400, 15, 'Error in handling indexed fields'],
  tooLarge: [413, 27, 'Request entity too large'],
} as const satisfies Record<string, HecAnswer>;

const byProblem: Partial<Readonly<Record<HttpProblemCode, HecAnswer>>> = {
  busy: answers.busy,
  'store-away': answers.busy,
  'outcome-unknown': answers.busy,
  internal: answers.internal,
  'body-too-large': answers.tooLarge,
  'too-many-lines': answers.tooLarge,
};

/** A refusal that HEC has a word for, and the number of the event it is about. */
class HecProblem extends HttpProblem {
  readonly answer: HecAnswer;
  readonly event: number | null;
  constructor(answer: HecAnswer, event: number | null = null) {
    super('bad-body');
    this.answer = answer;
    this.event = event;
  }
}

function answerOf(problem: HttpProblem, request: FastifyRequest): HecAnswer {
  if (problem instanceof HecProblem) return problem.answer;
  if (problem.code !== 'unauthorized') return byProblem[problem.code] ?? answers.format;
  const authorization = header(request, 'authorization');
  if (authorization === '') return answers.tokenMissing;
  return /^(Splunk|Basic|Bearer) /i.test(authorization) ? answers.token : answers.authorization;
}

function answerProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  const [status, code, text] = answerOf(problem, request);
  const number =
    problem instanceof HecProblem ? problem.event : problem instanceof BrokenObject ? problem.number : null;
  reply.code(status).send({ text, code, ...(number === null ? {} : { 'invalid-event-number': number }) });
}

/** In this order, so that a line is known by its beginning; members HEC does not know come last. */
const order: readonly string[] = ['sourcetype', 'source', 'host', 'index', 'time', 'event', 'fields'];
const defaultSourcetype = Buffer.from('"httpevent"');

function check(members: Members, number: number): void {
  const event = members.get('event')?.toString('latin1') ?? 'null';
  if (event === 'null') throw new HecProblem(answers.eventMissing, number);
  if (event === '""') throw new HecProblem(answers.eventBlank, number);
  const fields = members.get('fields')?.toString('latin1') ?? '{}';
  if (!fields.startsWith('{')) throw new HecProblem(answers.fields, number);
}

/** One event as a line: the values as they were sent, with a sourcetype, and without the breaks between them. */
function lineOf(members: Members, number: number, limits: HttpCollectorLimits): RawLine {
  check(members, number);
  const all = new Map([['sourcetype', members.get('sourcetype') ?? defaultSourcetype], ...members]);
  const names = [...order.filter((name) => all.has(name)), ...[...all.keys()].filter((name) => !order.includes(name))];
  const text = names.map((name) => `${latin(name)}:${all.get(name)?.toString('latin1')}`).join(',');
  const bytes = Buffer.from(`{${text.replace(/[\r\n]+/g, ' ')}}`, 'latin1');
  const line = toRawLine(bytes, number + 1, limits);
  if (line === null || !isJson(bytes)) throw new HecProblem(answers.format, number);
  return line;
}

function latin(name: string): string {
  return Buffer.from(JSON.stringify(name)).toString('latin1');
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function eventLines(body: Buffer, limits: HttpCollectorLimits): readonly RawLine[] {
  const objects = cutObjects(body, limits.linesMax);
  if (objects.length === 0) throw new HecProblem(answers.noData);
  return objects.map((members, number) => lineOf(members, number, limits));
}

type Query = Readonly<Record<string, unknown>>;

/** What the query says of raw lines, as the beginning of an event; '' when it says nothing and lines stay bare. */
function metadataOf(query: Query): string {
  const said = ['source', 'host', 'index', 'time']
    .filter((name) => typeof query[name] === 'string' && query[name] !== '')
    .map((name) => `,${JSON.stringify(name)}:${JSON.stringify(query[name])}`);
  const { sourcetype } = query;
  if (said.length === 0 && typeof sourcetype !== 'string') return '';
  return `{"sourcetype":${JSON.stringify(typeof sourcetype === 'string' ? sourcetype : 'httpevent')}${said.join('')},"event":`;
}

function rawLines(lines: readonly RawLine[], query: Query): readonly RawLine[] {
  if (lines.length === 0) throw new HecProblem(answers.noData);
  const before = metadataOf(query);
  return before === '' ? lines : lines.map((line) => around(line, before, JSON.stringify, '}'));
}

const channelPattern = /^[\w-]{1,64}$/;

/** '' when none was named. */
function channelOf(request: FastifyRequest): string {
  const { channel } = request.query as Query;
  const named = header(request, 'x-splunk-request-channel') || (typeof channel === 'string' ? channel : '');
  if (named !== '' && !channelPattern.test(named)) throw new HecProblem(answers.channel);
  return named;
}

/** The ids an ack request asks for. */
function acksAsked(body: Buffer): readonly number[] {
  const value: unknown = isJson(body) ? JSON.parse(body.toString('utf8')) : null;
  const acks = typeof value === 'object' && value !== null && 'acks' in value ? value.acks : null;
  if (!Array.isArray(acks) || !acks.every((id): id is number => Number.isSafeInteger(id)))
    throw new HecProblem(answers.format);
  return acks;
}

/** Splunk's HTTP Event Collector under `/services/collector`, with acknowledgement for whoever names a channel. */
export function createHecCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'hec',
    schemes: ['splunk', 'basic', 'bearer'],
    challenge: 'Splunk',
    types: null,
    answer: answerProblem,
  });
  const acks = createHecAcks();

  async function store<T>(request: FastifyRequest, reply: FastifyReply, parts: Taking<T>): Promise<FastifyReply> {
    const channel = channelOf(request);
    const { rejected } = await door.take(request, reply, parts);
    const [first] = rejected;
    // The others are stored: a client that hears 400 does not send them again.
    if (first !== undefined) throw new HecProblem(answers.format, first.line - 1);
    door.answered(200);
    const ackId = channel === '' ? {} : { ackId: acks.give(door.sourceOf(request).id, channel) };
    return reply.send({ text: 'Success', code: 0, ...ackId });
  }

  return async (app) => {
    door.install(app);
    const guarded = { onRequest: door.admit };
    const { limits } = door;
    for (const path of ['', '/event', '/event/1.0'])
      app.post(`/services/collector${path}`, guarded, (request, reply) =>
        store(request, reply, { gather: readWhole, lines: (body) => eventLines(body, limits) }),
      );
    for (const path of ['', '/1.0']) {
      app.post(`/services/collector/raw${path}`, guarded, (request, reply) =>
        store(request, reply, {
          gather: (chunks) => readLines(chunks, limits),
          lines: (lines) => rawLines(lines, request.query as Query),
        }),
      );
      app.get(`/services/collector/health${path}`, guarded, async (_request, reply) => {
        door.answered(200);
        return reply.send({ text: 'HEC is healthy', code: 17 });
      });
    }
    app.post('/services/collector/ack', guarded, async (request, reply) => {
      const channel = channelOf(request);
      if (channel === '') throw new HecProblem(answers.channelMissing);
      const asked = acksAsked(await door.read(request));
      door.answered(200);
      return reply.send({ acks: acks.ask(door.sourceOf(request).id, channel, asked) });
    });
  };
}

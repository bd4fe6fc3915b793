import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { createHecAcks } from './hec-acks.ts';
import { answerHecProblem, HecProblem } from './hec-answers.ts';
import { eventLines, isJson, type Query, rawLines } from './hec-lines.ts';
import { readLines, readWhole } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, header, type Taking } from './http-door.ts';
import { recordsOfLines } from './line-records.ts';

const channelPattern = /^[\w-]{1,64}$/;

/** '' when none was named. */
function channelOf(request: FastifyRequest): string {
  const { channel } = request.query as Query;
  const named = header(request, 'x-splunk-request-channel') || (typeof channel === 'string' ? channel : '');
  if (named !== '' && !channelPattern.test(named)) throw new HecProblem('channel');
  return named;
}

/** The ids an ack request asks for. */
function acksAsked(body: Buffer): readonly number[] {
  const value: unknown = isJson(body) ? JSON.parse(body.toString('utf8')) : null;
  const acks = typeof value === 'object' && value !== null && 'acks' in value ? value.acks : null;
  if (!Array.isArray(acks) || !acks.every((id): id is number => Number.isSafeInteger(id)))
    throw new HecProblem('format');
  return acks;
}

/** Splunk's HTTP Event Collector under `/services/collector`, with acknowledgement for whoever names a channel. */
export function createHecCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'hec',
    schemes: ['splunk', 'basic', 'bearer'],
    challenge: 'Splunk',
    types: null,
    answer: answerHecProblem,
  });
  const acks = createHecAcks();

  async function store<T>(request: FastifyRequest, reply: FastifyReply, parts: Taking<T>): Promise<FastifyReply> {
    const channel = channelOf(request);
    const { rejected } = await door.take(request, reply, parts);
    const [first] = rejected;
    // The others are stored: a client that hears 400 does not send them again.
    if (first !== undefined) throw new HecProblem('format', first.line - 1);
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
          lines: (lines) => rawLines(recordsOfLines(lines, door.sourceOf(request)), request.query as Query),
        }),
      );
      app.get(`/services/collector/health${path}`, guarded, async (_request, reply) => {
        door.answered(200);
        return reply.send({ text: 'HEC is healthy', code: 17 });
      });
    }
    app.post('/services/collector/ack', guarded, async (request, reply) => {
      const channel = channelOf(request);
      if (channel === '') throw new HecProblem('channelMissing');
      const asked = acksAsked(await door.read(request));
      door.answered(200);
      return reply.send({ acks: acks.ask(door.sourceOf(request).id, channel, asked) });
    });
  };
}

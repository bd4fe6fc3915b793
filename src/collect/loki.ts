import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { RawLine } from '../model/source.ts';
import { type EntryShape, joinEntries } from './entry-records.ts';
import { readWhole } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, mediaType } from './http-door.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { createLineMaker, isObject, jsonText, objectsOf, readJson } from './http-lines.ts';
import { HttpProblem } from './http-problem.ts';
import { readPushRequest } from './loki-protobuf.ts';
import { unpackSnappy } from './snappy.ts';

const protobuf = 'application/x-protobuf';

/** `[time, line, metadata?]` */
type Entry = readonly [time: unknown, line: string, ...metadata: unknown[]];

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && typeof value[1] === 'string';
}

const entryShape: EntryShape<Entry> = {
  textOf: ([, line]) => line,
  isAlike: ([, , ...a], [, , ...b]) => jsonText(a) === jsonText(b),
  withText: ([time, , ...metadata], text) => [time, text, ...metadata],
};

/**
 * Each entry as a stream of its own, which is the line the parser `loki` reads; lines of one record that are entries of
 * one stream behind each other are one.
 */
function linesOf(
  body: Buffer,
  request: FastifyRequest,
  o: { readonly parser: string; readonly limits: HttpCollectorLimits },
): readonly RawLine[] {
  const { limits } = o;
  const { value, kind } =
    mediaType(request) === protobuf
      ? { value: readPushRequest(unpackSnappy(body, limits.inflatedBytesMax)), kind: 'bytes' as const }
      : readJson(body);
  if (!isObject(value) || !Array.isArray(value.streams)) throw new HttpProblem('bad-body', 0, 'no streams');
  const maker = createLineMaker(kind, limits);
  for (const { stream, values } of objectsOf(value.streams)) {
    const before = `{"stream":${jsonText(isObject(stream) ? stream : {})},"values":[`;
    const entries: readonly unknown[] = Array.isArray(values) ? values : [];
    if (!entries.every(isEntry)) throw new HttpProblem('bad-body', 0, 'values');
    for (const { entry, entries: count } of joinEntries(entries, o.parser, entryShape))
      maker.add(`${before}${jsonText(entry)}]}`, count);
  }
  return maker.lines;
}

/** Loki's push API (grafana.com/docs/loki, HTTP API): `POST /loki/api/v1/push`, JSON, and protobuf packed by Snappy. */
export function createLokiCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'loki',
    schemes: ['basic', 'bearer'],
    challenge: 'Basic realm="loki"',
    types: new Set(['application/json', protobuf]),
    answer: (problem, _request, reply) => void reply.type('text/plain; charset=utf-8').send(`${problem.message}\n`),
  });
  return async (app) => {
    door.install(app);
    app.post('/loki/api/v1/push', { onRequest: door.admit }, async (request, reply) => {
      const { parser } = door.sourceOf(request);
      const lines = (body: Buffer): readonly RawLine[] => linesOf(body, request, { parser, limits: door.limits });
      const { accepted, rejected } = await door.take(request, reply, { gather: readWhole, lines });
      // As Loki does: what it would not have is said, what it has stays.
      const status = rejected.length === 0 ? 204 : 400;
      door.answered(status);
      if (status === 204) return reply.code(204).send();
      const [first] = rejected;
      const said = `${accepted} entries stored, ${rejected.length} refused, the first of them number ${first?.line}: ${first?.reason}\n`;
      return reply.code(400).type('text/plain; charset=utf-8').send(said);
    });
  };
}

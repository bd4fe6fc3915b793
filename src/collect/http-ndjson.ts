import type { FastifyPluginAsync } from 'fastify';
import type { RawLine } from '../model/source.ts';
import { readLines } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, header, mediaType } from './http-door.ts';
import { HttpProblem } from './http-problem.ts';
import { createLineHeaders, type LineHeaders } from './line-headers.ts';
import { recordsOfFile } from './line-records.ts';

const types: ReadonlySet<string> = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json',
  'text/plain',
]);

/**
 * `POST /ingest/v1/ndjson`: one line, one event; lines of `text/plain` are a file's, so that those of a format with
 * headers or with records of several lines are put together. `GET /ingest/v1/source` says as whom and how they are read.
 * Answers 200 `{accepted, rejected:[{line, reason}], batch}` only once
 * the rows are in the store; every other answer is `{code, message, messageVi}`.
 */
export function createHttpCollector(o: HttpCollectorOptions & { readonly headers?: LineHeaders }): FastifyPluginAsync {
  const headers = o.headers ?? createLineHeaders();
  const door = createHttpDoor(o, {
    name: 'http',
    schemes: ['bearer'],
    challenge: 'Bearer',
    types,
    answer: ({ code, message, messageVi }, _request, reply) => void reply.send({ code, message, messageVi }),
  });
  return async (app) => {
    door.install(app);
    app.get('/ingest/v1/source', { onRequest: door.admit }, async (request, reply) => {
      const { id, parser } = door.sourceOf(request);
      door.answered(200);
      return reply.send({ id, parser });
    });
    app.post('/ingest/v1/ndjson', { onRequest: door.admit }, async (request, reply) => {
      const key = header(request, 'idempotency-key');
      if (key.length > door.limits.keyCharsMax) throw new HttpProblem('bad-idempotency-key');
      const gather = (chunks: AsyncIterable<Buffer>) => readLines(chunks, door.limits);
      const isFile = mediaType(request) === 'text/plain';
      const lines = (read: readonly RawLine[]) =>
        isFile ? recordsOfFile(read, door.sourceOf(request), headers) : read;
      const receipt = await door.take(request, reply, { gather, lines, key });
      door.answered(200);
      return reply.send(receipt);
    });
  };
}

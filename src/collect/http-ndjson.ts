import type { FastifyPluginAsync } from 'fastify';
import { readLines } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, header } from './http-door.ts';
import { HttpProblem } from './http-problem.ts';

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
 * `POST /ingest/v1/ndjson`: one line, one event. Answers 200 `{accepted, rejected:[{line, reason}], batch}` only once
 * the rows are in the store; every other answer is `{code, message, messageVi}`.
 */
export function createHttpCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'http',
    schemes: ['bearer'],
    challenge: 'Bearer',
    types,
    // Senders of this protocol have a key for it.
    tellsAgain: false,
    answer: ({ code, message, messageVi }, _request, reply) => void reply.send({ code, message, messageVi }),
  });
  return async (app) => {
    door.install(app);
    app.post('/ingest/v1/ndjson', { onRequest: door.admit }, async (request, reply) => {
      const key = header(request, 'idempotency-key');
      if (key.length > door.limits.keyCharsMax) throw new HttpProblem('bad-idempotency-key');
      const gather = (chunks: AsyncIterable<Buffer>) => readLines(chunks, door.limits);
      const receipt = await door.take(request, reply, { gather, lines: (lines) => lines, key });
      door.answered(200);
      return reply.send(receipt);
    });
  };
}

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { RawLine, Rejection } from '../model/source.ts';
import { type EntryShape, joinEntries } from './entry-records.ts';
import { readWhole } from './http-body.ts';
import { createHttpDoor, type HttpCollectorOptions, mediaType } from './http-door.ts';
import type { HttpCollectorLimits } from './http-limits.ts';
import { createLineMaker, isObject, jsonText, objectsOf, readJson } from './http-lines.ts';
import { HttpProblem } from './http-problem.ts';
import { readExportLogs } from './otlp-protobuf.ts';
import { writeMessage } from './protobuf.ts';

const protobuf = 'application/x-protobuf';

/** google.rpc.Code of the statuses there are. */
const rpcCodes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 413: 8, 415: 3, 429: 8, 500: 13, 503: 14 };

function isProtobuf(request: FastifyRequest): boolean {
  return mediaType(request) === protobuf;
}

/** In the encoding of the request, as the specification of OTLP/HTTP asks. */
function send(request: FastifyRequest, reply: FastifyReply, json: object, message: Buffer): FastifyReply {
  return isProtobuf(request) ? reply.type(protobuf).send(message) : reply.type('application/json').send(json);
}

/** `ExportLogsServiceResponse`: empty, or with the number of records that were not taken. */
function answerSuccess(request: FastifyRequest, reply: FastifyReply, rejected: readonly Rejection[]): FastifyReply {
  if (rejected.length === 0) return send(request, reply, {}, Buffer.alloc(0));
  const errorMessage = [...new Set(rejected.map(({ reason }) => reason))].join(', ');
  const partial = writeMessage({ 1: rejected.length, 2: errorMessage });
  const json = { partialSuccess: { rejectedLogRecords: String(rejected.length), errorMessage } };
  return send(request, reply, json, writeMessage({ 1: partial }));
}

/** `google.rpc.Status`. */
function answerProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  const code = rpcCodes[problem.status] ?? 2;
  send(request, reply, { code, message: problem.message }, writeMessage({ 1: code, 2: problem.message }));
}

type LogRecord = Readonly<Record<string, unknown>>;

/** What a record says beside when it was and its text. */
function besides({ timeUnixNano: _, observedTimeUnixNano: __, body: ___, ...rest }: LogRecord): string {
  return jsonText(rest);
}

const recordShape: EntryShape<LogRecord> = {
  textOf: ({ body }) => (isObject(body) && typeof body.stringValue === 'string' ? body.stringValue : null),
  isAlike: (a, b) => besides(a) === besides(b),
  withText: (first, text) => ({ ...first, body: { stringValue: text } }),
};

/**
 * Each record as a request of its own, which is the line the parser `otlp-json` reads; lines of one record of a file that
 * are log records of one scope behind each other are one.
 */
function linesOf(
  body: Buffer,
  request: FastifyRequest,
  o: { readonly parser: string; readonly limits: HttpCollectorLimits },
): readonly RawLine[] {
  const { value, kind } = isProtobuf(request)
    ? { value: readExportLogs(body), kind: 'bytes' as const }
    : readJson(body);
  if (!isObject(value)) throw new HttpProblem('bad-body', 0, 'not an export request');
  const maker = createLineMaker(kind, o.limits);
  for (const { resource, scopeLogs } of objectsOf(value.resourceLogs)) {
    const ofResource = `{"resourceLogs":[{"resource":${jsonText(resource ?? {})},"scopeLogs":[{"scope":`;
    for (const { scope, logRecords } of objectsOf(scopeLogs)) {
      const before = `${ofResource}${jsonText(scope ?? {})},"logRecords":[`;
      for (const { entry, entries } of joinEntries(objectsOf(logRecords), o.parser, recordShape))
        maker.add(`${before}${jsonText(entry)}]}]}]}`, entries);
    }
  }
  return maker.lines;
}

/** OTLP/HTTP logs (opentelemetry.io/docs/specs/otlp), JSON and protobuf: `POST /v1/logs`. */
export function createOtlpCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const door = createHttpDoor(o, {
    name: 'otlp',
    schemes: ['bearer', 'basic', 'apikey'],
    challenge: 'Bearer',
    types: new Set(['application/json', protobuf]),
    answer: answerProblem,
  });
  return async (app) => {
    door.install(app);
    app.post('/v1/logs', { onRequest: door.admit }, async (request, reply) => {
      const { parser } = door.sourceOf(request);
      const lines = (body: Buffer): readonly RawLine[] => linesOf(body, request, { parser, limits: door.limits });
      const { rejected } = await door.take(request, reply, { gather: readWhole, lines });
      door.answered(200);
      return answerSuccess(request, reply, rejected);
    });
  };
}

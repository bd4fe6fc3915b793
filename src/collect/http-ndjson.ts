import type { IncomingMessage } from 'node:http';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { IntakeRefused, IntakeUncertain, type Receipt, type Source, type Submission } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { readLines } from './http-body.ts';
import { defaultHttpCollectorLimits, type HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';
import type { LineIntake } from './ports.ts';

export type { HttpCollectorLimits } from './http-limits.ts';

export interface HttpCollectorOptions {
  readonly intake: LineIntake;
  /** The source of a bearer token, or null when the token is not (or no longer) one. */
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly limits?: Partial<HttpCollectorLimits>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: () => number;
}

const types: ReadonlySet<string> = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json',
  'text/plain',
]);

const awayRetrySeconds = 3;
const handlerTimeout = 'FST_ERR_HANDLER_TIMEOUT';

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

function encodingOf(request: FastifyRequest): 'gzip' | 'identity' {
  const encoding = header(request, 'content-encoding').toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === '' || encoding === 'identity') return 'identity';
  throw new HttpProblem('unsupported-encoding');
}

/** Read away what is left of a body that was refused, within a bound, so that the client gets to read the answer. */
async function discard(body: IncomingMessage, bytesMax: number, waitMs: number): Promise<void> {
  if (body.complete || body.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, waitMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) done();
    });
    body.once('end', done).once('close', done).once('error', done);
    body.resume();
  });
}

/**
 * `POST /ingest/v1/ndjson`: one line, one event. Answers 200 `{accepted, rejected:[{line, reason}], batch}` only once
 * the rows are in the store; every other answer is `{code, message, messageVi}`.
 */
export function createHttpCollector(o: HttpCollectorOptions): FastifyPluginAsync {
  const limits: HttpCollectorLimits = { ...defaultHttpCollectorLimits, ...o.limits };
  const clock = o.clock ?? Date.now;
  const answers = o.metrics.counter('collect_http_requests_total', 'Requests to the HTTP collector', ['status']);
  const sources = new WeakMap<FastifyRequest, Source>();
  let requests = 0;

  async function admit(request: FastifyRequest): Promise<void> {
    const token = /^Bearer +(\S+)$/i.exec(header(request, 'authorization'))?.[1];
    const source = token === undefined ? null : await o.authenticate(token);
    if (source === null) throw new HttpProblem('unauthorized');
    sources.set(request, source);
  }

  async function readBody(request: FastifyRequest): Promise<Submission['lines']> {
    const type = header(request, 'content-type').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!types.has(type)) throw new HttpProblem('unsupported-type');
    const isGzip = encodingOf(request) === 'gzip';
    if (Number(header(request, 'content-length') || 0) > limits.bodyBytesMax) throw new HttpProblem('body-too-large');
    // A body that trickles is cut off; there is nobody left to answer then.
    const timer = setTimeout(() => request.raw.destroy(new HttpProblem('body-too-slow')), limits.bodyWaitMs);
    try {
      return await readLines(request.raw, isGzip, limits);
    } catch (error) {
      throw error instanceof HttpProblem ? error : new HttpProblem('body-incomplete');
    } finally {
      clearTimeout(timer);
    }
  }

  /** The receipt, or `outcome-unknown` when the client has waited long enough; the belt goes on with the batch. */
  async function submit(submission: Submission): Promise<Receipt> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new HttpProblem('outcome-unknown', awayRetrySeconds)), limits.answerWaitMs);
    });
    try {
      return await Promise.race([o.intake.submit(submission), patience]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function take(request: FastifyRequest): Promise<Receipt> {
    const source = sources.get(request);
    if (source === undefined) throw new HttpProblem('unauthorized');
    const key = header(request, 'idempotency-key');
    if (key.length > limits.keyCharsMax) throw new HttpProblem('bad-idempotency-key');
    if (requests >= limits.requestsMax) throw new HttpProblem('busy', 1);
    requests += 1;
    try {
      const lines = await readBody(request);
      return await submit({ source, receivedTimeMs: clock(), lines, key, transport: 'http', peer: request.ip });
    } finally {
      requests -= 1;
    }
  }

  function problemOf(error: unknown, isAdmitted: boolean): HttpProblem {
    if (error instanceof HttpProblem) return error;
    // The server's own limit came first. Before the token was checked, nothing can have been stored.
    const isLate = typeof error === 'object' && error !== null && 'code' in error && error.code === handlerTimeout;
    if (isLate) return new HttpProblem(isAdmitted ? 'outcome-unknown' : 'store-away', awayRetrySeconds);
    if (error instanceof IntakeRefused) return new HttpProblem(error.code, error.retryAfterSeconds);
    if (error instanceof IntakeUncertain) return new HttpProblem(error.code, awayRetrySeconds);
    const isAway = typeof error === 'object' && error !== null && 'code' in error && error.code === 'store-away';
    if (isAway) return new HttpProblem('store-away', awayRetrySeconds);
    o.log.error(
      { reason: error instanceof Error ? error.message : String(error) },
      'the HTTP collector failed by a fault of ours',
    );
    return new HttpProblem('internal');
  }

  async function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = problemOf(error, sources.has(request));
    answers.inc({ status: String(problem.status) });
    o.log.debug({ code: problem.code, peer: request.ip }, 'collector request refused');
    if (problem.retryAfterSeconds > 0) reply.header('retry-after', String(problem.retryAfterSeconds));
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    if (!request.raw.complete) {
      await discard(request.raw, limits.bodyBytesMax, 2_000);
      reply.header('connection', 'close');
    }
    reply.code(problem.status).send({ code: problem.code, message: problem.message, messageVi: problem.messageVi });
  }

  return async (app) => {
    // The body is read here, line by line, and not by the framework.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.setErrorHandler(answerProblem);
    app.post('/ingest/v1/ndjson', { onRequest: admit }, async (request, reply) => {
      const receipt = await take(request);
      answers.inc({ status: '200' });
      return reply.send(receipt);
    });
  };
}

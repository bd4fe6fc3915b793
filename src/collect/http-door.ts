import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  IntakeRefused,
  IntakeUncertain,
  type RawLine,
  type Receipt,
  type Source,
  type Submission,
} from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { type AuthScheme, tokenOf } from './http-auth.ts';
import { packingOf, plainChunks, readWhole } from './http-body.ts';
import { discard } from './http-discard.ts';
import { defaultHttpCollectorLimits, type HttpCollectorLimits } from './http-limits.ts';
import { HttpProblem } from './http-problem.ts';
import { createHttpRoom, type HttpRoom, type Place } from './http-room.ts';
import { createUntold, printOf } from './http-untold.ts';
import type { LineIntake } from './ports.ts';

export interface HttpCollectorOptions {
  readonly intake: LineIntake;
  /** The source of a collector's token, or null when the token is not (or no longer) one. */
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly limits?: Partial<HttpCollectorLimits>;
  /** Shared with the other HTTP collectors of the process; one of its own when not given. */
  readonly room?: HttpRoom;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: () => number;
}

/** What makes one HTTP protocol differ from another, apart from the framing of its bodies. */
export interface HttpProtocol {
  /** In metrics, in the log and as the transport of what is submitted. */
  readonly name: string;
  readonly schemes: readonly AuthScheme[];
  /** For WWW-Authenticate. */
  readonly challenge: string;
  /** Media types a body may have, '' for none said; null: any. */
  readonly types: ReadonlySet<string> | null;
  /** Sends the problem in the protocol's own words; status and Retry-After are set already and may be set anew. */
  answer(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void;
}

/** The way into the belt that every HTTP collector shares: who sends, how much at once, how long, and what went wrong. */
export interface HttpDoor {
  readonly limits: HttpCollectorLimits;
  /** To be called on the plugin's own instance before its routes. */
  install(app: FastifyInstance): void;
  /** `onRequest` of every route: there is no anonymous access, to no answer. */
  admit(request: FastifyRequest): Promise<void>;
  sourceOf(request: FastifyRequest): Source;
  /** Reads the body, takes it apart and hands the lines to the belt; resolves when they are stored. */
  take<T>(request: FastifyRequest, reply: FastifyReply, parts: Taking<T>): Promise<Receipt>;
  /** As `take`, for a body whose lines are several submissions, each with a key; the receipt is of all together. */
  takeParted<T>(request: FastifyRequest, parts: PartedTaking<T>): Promise<Receipt>;
  /** A body that holds no lines, within the same bounds. */
  read(request: FastifyRequest): Promise<Buffer>;
  /** To be called with every answer that `answer` did not give. */
  answered(status: number): void;
}

/** A submission's own part of a body. */
export type BodyPart = Pick<Submission, 'source' | 'lines' | 'key'>;

export interface PartedTaking<T> {
  readonly gather: (chunks: AsyncIterable<Buffer>) => Promise<T>;
  readonly parts: (body: T) => readonly BodyPart[];
}

export interface Taking<T> {
  readonly gather: (chunks: AsyncIterable<Buffer>) => Promise<T>;
  readonly lines: (body: T) => readonly RawLine[];
  readonly key?: string;
}

function together(receipts: readonly Receipt[]): Receipt {
  return {
    batch: receipts.find(({ batch }) => batch !== '')?.batch ?? '',
    accepted: receipts.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: receipts.flatMap(({ rejected }) => rejected).sort((a, b) => a.line - b.line),
  };
}

const awayRetrySeconds = 3;
const handlerTimeout = 'FST_ERR_HANDLER_TIMEOUT';
const discardWaitMs = 2_000;

export function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

export function mediaType(request: FastifyRequest): string {
  return header(request, 'content-type').split(';')[0]?.trim().toLowerCase() ?? '';
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}

export function createHttpDoor(o: HttpCollectorOptions, protocol: HttpProtocol): HttpDoor {
  const limits: HttpCollectorLimits = { ...defaultHttpCollectorLimits, ...o.limits };
  const clock = o.clock ?? Date.now;
  const room = o.room ?? createHttpRoom(o.metrics, limits);
  const untold = createUntold({ max: limits.untoldMax, ms: limits.untoldMs, clock });
  const sources = new WeakMap<FastifyRequest, Source>();

  async function admit(request: FastifyRequest): Promise<void> {
    const token = tokenOf(header(request, 'authorization'), protocol.schemes);
    const source = token === null ? null : await o.authenticate(token);
    if (source === null) throw new HttpProblem('unauthorized');
    sources.set(request, source);
  }

  function sourceOf(request: FastifyRequest): Source {
    const source = sources.get(request);
    if (source === undefined) throw new HttpProblem('unauthorized');
    return source;
  }

  async function* held(chunks: AsyncIterable<Buffer>, place: Place): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      place.hold(chunk.length);
      yield chunk;
    }
  }

  async function readBody<T>(request: FastifyRequest, place: Place, gather: Taking<T>['gather']): Promise<T> {
    if (protocol.types !== null && !protocol.types.has(mediaType(request)))
      throw new HttpProblem('unsupported-type', 0, [...protocol.types].filter((type) => type !== '').join(', '));
    const packing = packingOf(header(request, 'content-encoding'));
    if (Number(header(request, 'content-length') || 0) > limits.bodyBytesMax) throw new HttpProblem('body-too-large');
    // A body that trickles is cut off; there is nobody left to answer then.
    const timer = setTimeout(() => request.raw.destroy(new HttpProblem('body-too-slow')), limits.bodyWaitMs);
    try {
      return await gather(held(plainChunks(request.raw, packing, limits), place));
    } catch (error) {
      throw error instanceof HttpProblem ? error : new HttpProblem('body-incomplete');
    } finally {
      clearTimeout(timer);
    }
  }

  /** The outcome, or `outcome-unknown` when the client has waited long enough; the belt goes on with the batch. */
  async function patiently(outcome: Promise<Receipt>): Promise<Receipt> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new HttpProblem('outcome-unknown', awayRetrySeconds)), limits.answerWaitMs);
    });
    try {
      return await Promise.race([outcome, patience]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** As `patiently`, for clients that give up earlier than the store and know no idempotency key. */
  async function rememberingly(reply: FastifyReply, print: string, submit: () => Promise<Receipt>): Promise<Receipt> {
    const earlier = untold.claim(print);
    if (earlier !== null) room.toldAgain(protocol.name);
    const outcome = earlier ?? submit();
    let isKnown = false;
    reply.raw.once('close', () => {
      if (!isKnown || !reply.raw.writableFinished) untold.keep(print, outcome);
    });
    outcome
      .catch(() => undefined)
      .finally(() => {
        // From here on the answer says what came of it, as long as somebody is there to hear it.
        isKnown = !reply.raw.headersSent;
      });
    return patiently(outcome);
  }

  async function take<T>(request: FastifyRequest, reply: FastifyReply, parts: Taking<T>): Promise<Receipt> {
    const source = sourceOf(request);
    const place = room.enter();
    try {
      const lines = parts.lines(await readBody(request, place, parts.gather));
      const submission = {
        source,
        receivedTimeMs: clock(),
        lines,
        key: parts.key ?? '',
        transport: protocol.name,
        peer: request.ip,
      };
      // With a key the belt itself knows what it has.
      if (submission.key !== '') return await patiently(o.intake.submit(submission));
      return await rememberingly(reply, printOf(submission), () => o.intake.submit(submission));
    } finally {
      place.leave();
    }
  }

  async function takeParted<T>(request: FastifyRequest, { gather, parts }: PartedTaking<T>): Promise<Receipt> {
    const place = room.enter();
    try {
      const body = await readBody(request, place, gather);
      const rest = { receivedTimeMs: clock(), transport: protocol.name, peer: request.ip };
      const receipts = parts(body).map((part) => o.intake.submit({ ...part, ...rest }));
      return await patiently(Promise.all(receipts).then(together));
    } finally {
      place.leave();
    }
  }

  async function read(request: FastifyRequest): Promise<Buffer> {
    const place = room.enter();
    try {
      return await readBody(request, place, readWhole);
    } finally {
      place.leave();
    }
  }

  function problemOf(error: unknown, isAdmitted: boolean): HttpProblem {
    if (error instanceof HttpProblem) return error;
    // The server's own limit came first. Before the token was checked, nothing can have been stored.
    if (codeOf(error) === handlerTimeout)
      return new HttpProblem(isAdmitted ? 'outcome-unknown' : 'store-away', awayRetrySeconds);
    if (error instanceof IntakeRefused) return new HttpProblem(error.code, error.retryAfterSeconds);
    if (error instanceof IntakeUncertain) return new HttpProblem(error.code, awayRetrySeconds);
    if (codeOf(error) === 'store-away') return new HttpProblem('store-away', awayRetrySeconds);
    const reason = error instanceof Error ? error.message : String(error);
    o.log.error({ protocol: protocol.name, reason }, 'the HTTP collector failed by a fault of ours');
    return new HttpProblem('internal');
  }

  async function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = problemOf(error, sources.has(request));
    o.log.debug({ protocol: protocol.name, code: problem.code, peer: request.ip }, 'collector request refused');
    if (problem.retryAfterSeconds > 0) reply.header('retry-after', String(problem.retryAfterSeconds));
    if (problem.status === 401) reply.header('www-authenticate', protocol.challenge);
    if (!request.raw.complete) {
      await discard(request.raw, limits.bodyBytesMax, discardWaitMs);
      reply.header('connection', 'close');
    }
    reply.code(problem.status);
    protocol.answer(problem, request, reply);
    room.answered(protocol.name, reply.statusCode);
  }

  return {
    limits,
    admit,
    sourceOf,
    take,
    read,
    takeParted,
    answered: (status) => room.answered(protocol.name, status),
    install(app) {
      // Bodies are read here, within our bounds, and not by the framework.
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', (_request, _payload, done) => done(null));
      app.setErrorHandler(answerProblem);
    },
  };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { BrokenObject } from './hec-objects.ts';
import { header } from './http-door.ts';
import { HttpProblem, type HttpProblemCode } from './http-problem.ts';

/** HEC's own statuses, codes and texts (Splunk, "Troubleshoot HTTP Event Collector"). */
type HecAnswer = readonly [status: number, code: number, text: string];

type HecAnswerName =
  | 'tokenMissing'
  | 'authorization'
  | 'token'
  | 'noData'
  | 'format'
  | 'internal'
  | 'busy'
  | 'channelMissing'
  | 'channel'
  | 'eventMissing'
  | 'eventBlank'
  | 'fields'
  | 'tooLarge';

const answers: Readonly<Record<HecAnswerName, HecAnswer>> = {
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
};

const byProblem: Partial<Readonly<Record<HttpProblemCode, HecAnswerName>>> = {
  busy: 'busy',
  'store-away': 'busy',
  'outcome-unknown': 'busy',
  internal: 'internal',
  'body-too-large': 'tooLarge',
  'too-many-lines': 'tooLarge',
};

/** A refusal that HEC has a word for, and the number of the event it is about. */
export class HecProblem extends HttpProblem {
  readonly answer: HecAnswerName;
  readonly event: number | null;
  constructor(answer: HecAnswerName, event: number | null = null) {
    super('bad-body');
    this.answer = answer;
    this.event = event;
  }
}

function answerOf(problem: HttpProblem, request: FastifyRequest): HecAnswerName {
  if (problem instanceof HecProblem) return problem.answer;
  if (problem.code !== 'unauthorized') return byProblem[problem.code] ?? 'format';
  const authorization = header(request, 'authorization');
  if (authorization === '') return 'tokenMissing';
  return /^(Splunk|Basic|Bearer) /i.test(authorization) ? 'token' : 'authorization';
}

/** Sends the answer HEC has for a problem. */
export function answerHecProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  const [status, code, text] = answers[answerOf(problem, request)];
  const number =
    problem instanceof HecProblem ? problem.event : problem instanceof BrokenObject ? problem.number : null;
  reply.code(status).send({ text, code, ...(number === null ? {} : { 'invalid-event-number': number }) });
}

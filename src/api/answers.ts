import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from '../observe/log.ts';
import { ApiProblem, errorTable, problemBody, problemOf } from './errors.ts';

/** Turns whatever was thrown into one of the table's answers; only what is our own fault is logged as an error. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const problem = hasZodFastifySchemaValidationErrors(error) ? malformed(error.validation) : problemOf(error);
    const { status } = errorTable[problem.code];
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    if (status === 500) log.error({ err: error, route }, 'request failed');
    else if (status === 503)
      log.warn({ code: problem.code, route, reason: error.message }, 'request could not be served');
    return answer(problem, reply);
  });
}

/** For what fastify refuses before there is a route, such as an address that cannot be decoded. */
export function answerUnroutable(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  answer(problemOf(error), reply.header('x-content-type-options', 'nosniff'));
}

function answer(problem: ApiProblem, reply: FastifyReply): FastifyReply {
  const { retryAfterSeconds } = problem.details;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (problem.code === 'not-signed-in') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(errorTable[problem.code].status)
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send(problemBody(problem));
}

/** Says where each mistake is, not what stood there: a body may hold a password. */
function malformed(issues: readonly { readonly instancePath: string; readonly message?: string }[]): ApiProblem {
  const listed = issues.slice(0, 10).map(({ instancePath, message = '' }) => ({ path: instancePath, message }));
  return new ApiProblem('bad-request', { members: { issues: listed } });
}

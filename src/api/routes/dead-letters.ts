import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiLimits } from '../limits.ts';
import type { EventsPort } from '../ports.ts';
import * as query from '../schemas/query.ts';

export interface DeadLetterParts {
  readonly events: Pick<EventsPort, 'deadLetters'>;
  readonly limits: ApiLimits;
}

const deadLetterView = z
  .object({
    atMs: z.number(),
    source: z.string(),
    transport: z.string(),
    peer: z.string(),
    reason: z.string(),
    head: z.string(),
    bytes: z.number(),
  })
  .meta({ id: 'DeadLetterView' });

/** What collectors could not take in at all. Lines of any system may be among them, so whoever manages sources reads it. */
export function deadLetterRoutes({ events, limits }: DeadLetterParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/dead-letters',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'Newest dead letters',
        tags: ['health'],
        querystring: z.strictObject({ limit: query.limit(limits) }),
        response: { 200: z.object({ items: z.array(deadLetterView) }) },
      },
      handler: async (request) => ({ items: [...(await events.deadLetters(request.query.limit))] }),
    });
  };
}

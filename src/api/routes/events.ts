import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sees } from '../../model/account.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import type { ApiLimits } from '../limits.ts';
import type { EventsPort, FindEvent } from '../ports.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import { eventView } from '../views.ts';

export interface EventParts {
  readonly events: Pick<EventsPort, 'search'>;
  readonly findEvent: FindEvent;
  /** Masks personal data in what is searched for, as it was masked in what is searched. */
  readonly mask: (text: string) => string;
  readonly limits: ApiLimits;
  readonly clock: () => number;
}

const dayMs = 86_400_000;

export function eventRoutes({ events, findEvent, mask, limits, clock }: EventParts): FastifyPluginAsyncZod {
  const filter = z.strictObject({
    from: query.moment.optional().meta({ description: 'Start of event time; a day before `to` when left out.' }),
    to: query.moment.optional().meta({ description: 'End, not included; now when left out.' }),
    q: z.string().max(limits.queryLengthMax).default(''),
    limit: query.limit(limits),
    cursor: query.cursor.optional(),
  });

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/events',
      config: { access: { permission: 'event.search' } },
      schema: {
        summary: 'Search events: `field:value` terms with wildcards over a time range',
        tags: ['events'],
        querystring: filter,
        response: { 200: wire.eventSearch },
      },
      handler: async (request) => {
        const { q: text, from, to, ...page } = query.present(request.query);
        const toMs = to ?? clock();
        const fromMs = from ?? toMs - dayMs;
        if (fromMs >= toMs) throw new ApiProblem('bad-request', { message: '`from` must be before `to`.' });
        if (toMs - fromMs > limits.searchRangeMsMax) {
          const daysMax = Math.floor(limits.searchRangeMsMax / dayMs);
          throw new ApiProblem('bad-request', {
            message: `The range is longer than ${daysMax} days.`,
            messageVi: `Khoảng thời gian dài hơn ${daysMax} ngày.`,
          });
        }
        const { systems } = principalOf(request);
        const { items, ...found } = await events.search({ ...page, fromMs, toMs, text: mask(text), systems });
        return { ...found, items: items.map(eventView) };
      },
    });

    app.route({
      method: 'GET',
      url: '/events/:id',
      config: { access: { permission: 'event.search' } },
      schema: {
        summary: 'One event with all its fields and the line as it came',
        tags: ['events'],
        params: query.idParams,
        querystring: z.strictObject({
          day: z.iso.date().optional().meta({ description: 'UTC day of receipt; needed for old events only.' }),
        }),
        response: { 200: wire.eventView },
      },
      handler: async (request) => {
        const event = await findEvent(request.params.id, request.query.day);
        if (event === null || !sees(principalOf(request), event.system)) throw new ApiProblem('not-found');
        return eventView(event);
      },
    });
  };
}

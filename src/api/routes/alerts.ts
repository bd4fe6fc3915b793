import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sees } from '../../model/account.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import type { ApiLimits } from '../limits.ts';
import type { AlertsPort } from '../ports.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import type { Show } from '../show.ts';

export interface AlertParts {
  readonly alerts: AlertsPort;
  readonly show: Show;
  readonly limits: ApiLimits;
}

export function alertRoutes({ alerts, show, limits }: AlertParts): FastifyPluginAsyncZod {
  const filter = z.strictObject({
    limit: query.limit(limits),
    cursor: query.cursor.optional(),
    rule: query.anyId.optional(),
    system: query.anyId.optional(),
    since: query.moment.optional(),
    drill: query.anyId.optional(),
  });

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/alerts',
      config: { access: { permission: 'incident.read' } },
      schema: {
        summary: 'Alerts, newest first',
        tags: ['alerts'],
        querystring: filter,
        response: { 200: wire.page(wire.alertView) },
      },
      handler: async (request) => {
        const { systems } = principalOf(request);
        const page = await alerts.listAlerts({ ...query.present(request.query), systems });
        return { items: await show.alerts(page.items), cursor: page.cursor };
      },
    });

    app.route({
      method: 'GET',
      url: '/alerts/:id',
      config: { access: { permission: 'incident.read' } },
      schema: {
        summary: 'One alert',
        tags: ['alerts'],
        params: query.idParams,
        response: { 200: wire.alertView },
      },
      handler: async (request) => {
        const [alert] = await alerts.alerts([request.params.id]);
        if (alert === undefined || !sees(principalOf(request), alert.system)) throw new ApiProblem('not-found');
        const [view] = await show.alerts([alert]);
        if (view === undefined) throw new ApiProblem('not-found');
        return view;
      },
    });
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sees } from '../../model/account.ts';
import { principalOf } from '../guard.ts';
import type { DrillsPort } from '../ports.ts';
import * as wire from '../schemas/wire.ts';

/** What the board may show of running drills; never the ground truth. Owners see their systems only, so not this. */
export function drillRoutes({ drills }: { readonly drills: DrillsPort }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/drills/current',
      config: { access: { permission: 'incident.read' } },
      schema: {
        summary: 'Drills that are ready or running',
        tags: ['drills'],
        response: { 200: z.object({ items: z.array(wire.drillView) }) },
      },
      handler: async (request) => ({ items: sees(principalOf(request), '') ? [...(await drills.current())] : [] }),
    });
  };
}

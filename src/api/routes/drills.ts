import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { DrillsPort } from '../ports.ts';
import * as wire from '../schemas/wire.ts';

/** Running drills, for those who run them: the title alone would tell a trainee what to look for. Never the ground truth. */
export function drillRoutes({ drills }: { readonly drills: DrillsPort }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/drills/current',
      config: { access: { permission: 'drill.read' } },
      schema: {
        summary: 'Drills that are ready or running',
        tags: ['drills'],
        response: { 200: z.object({ items: z.array(wire.drillView) }) },
      },
      handler: async () => ({ items: [...(await drills.current())] }),
    });
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { HealthPort, MetricsPort } from '../ports.ts';
import * as wire from '../schemas/wire.ts';

export interface HealthParts {
  readonly health: HealthPort;
  readonly metrics: MetricsPort;
}

export function healthRoutes({ health, metrics }: HealthParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/live',
      config: { access: { public: 'process supervisors ask whether it answers; says nothing else' } },
      schema: {
        summary: 'The process answers',
        tags: ['health'],
        response: { 200: z.object({ live: z.literal(true) }) },
      },
      handler: async () => ({ live: true as const }),
    });

    app.route({
      method: 'GET',
      url: '/health',
      config: { access: { permission: 'health.read', stale: true } },
      schema: {
        summary: 'Lags of collect, store, detect and notify; 503 with the same body when the platform is down',
        tags: ['health'],
        response: { 200: wire.health, 503: z.union([wire.health, wire.apiError]) },
      },
      handler: async (_request, reply) => {
        const now = await health.health();
        return reply.code(now.status === 'down' ? 503 : 200).send(now);
      },
    });

    app.route({
      method: 'GET',
      url: '/metrics',
      config: { access: { permission: 'health.read', stale: true } },
      schema: { summary: 'Prometheus metrics, text format 0.0.4', tags: ['health'], response: { 200: z.string() } },
      handler: async (_request, reply) => {
        const text = await metrics.text();
        return reply
          .type('text/plain; version=0.0.4; charset=utf-8')
          .serializer((body: unknown) => String(body))
          .send(text);
      },
    });
  };
}

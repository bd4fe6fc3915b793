import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorTable } from './errors.ts';

/** Options of @fastify/swagger: the document is made of the same schemas that check requests and answers. */
export function openapiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Vọng Gác',
        version,
        description: `Times are milliseconds since the epoch, UTC. Errors carry one of: ${Object.keys(errorTable).join(', ')}.`,
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'API token, vga_…' },
          session: { type: 'apiKey', in: 'cookie', name: 'vonggac' },
        },
      },
    },
    transform: (input) => {
      const result = jsonSchemaTransform(input);
      const access = input.route.config?.access;
      const isOpen = access === undefined || 'public' in access || 'collector' in access;
      const permission = access !== undefined && 'permission' in access ? { 'x-permission': access.permission } : {};
      const security = isOpen ? [] : [{ bearer: [] }, { session: [] }];
      return { ...result, schema: { ...result.schema, security, ...permission } };
    },
    transformObject: jsonSchemaTransformObject,
  };
}

export function openapiRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/openapi.json',
      config: { access: { public: 'describes the API; holds no data' } },
      schema: {
        summary: 'This document',
        tags: ['meta'],
        response: { 200: z.record(z.string(), z.unknown()) },
      },
      handler: async () => ({ ...app.swagger() }),
    });
  };
}

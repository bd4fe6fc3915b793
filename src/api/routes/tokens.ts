import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Token } from '../../model/account.ts';
import type { Directory } from '../directory.ts';
import { principalOf } from '../guard.ts';
import type { LedgerPorts } from '../ledger-write.ts';
import type { ApiLimits } from '../limits.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';
import { createToken, revokeToken } from '../tokens-service.ts';

export interface TokenParts {
  readonly ledger: LedgerPorts;
  readonly directory: Directory;
  readonly limits: ApiLimits;
}

const tokenView = z
  .object({
    id: z.string(),
    kind: z.enum(['collector', 'api']),
    name: z.string(),
    source: z.string(),
    role: model.role.nullable(),
    systems: z.array(z.string()).nullable(),
    revoked: z.boolean(),
  })
  .meta({ id: 'TokenView' });

const newToken = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('collector'), name: model.line(200), source: model.plainId }),
  z.strictObject({
    kind: z.literal('api'),
    name: model.line(200),
    role: model.role,
    systems: model.systemIds.default([]),
  }),
]);

function viewOf(token: Token): z.infer<typeof tokenView> {
  const { hash: _, systems, ...view } = token;
  return { ...view, systems: systems === null ? null : [...systems] };
}

const manage = { access: { permission: 'token.manage' } } as const;

export function tokenRoutes({ ledger, directory, limits }: TokenParts): FastifyPluginAsyncZod {
  const ports = { ...ledger, subjectsMax: limits.directorySubjectsMax };

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/tokens',
      config: manage,
      schema: {
        summary: 'All tokens, without their secrets',
        tags: ['tokens'],
        response: { 200: z.object({ items: z.array(tokenView) }) },
      },
      handler: async () => ({ items: [...(await directory.tokens()).byId.values()].map(({ value }) => viewOf(value)) }),
    });

    app.route({
      method: 'POST',
      url: '/tokens',
      config: manage,
      schema: {
        summary: 'Create a token; the answer is the only place that ever shows it',
        tags: ['tokens'],
        body: newToken,
        response: { 201: tokenView.extend({ token: z.string() }).meta({ id: 'NewTokenView' }) },
      },
      handler: async (request, reply) => {
        const { token, record } = await createToken(ports, request.body, principalOf(request).id);
        return reply.code(201).send({ ...viewOf(record), token });
      },
    });

    app.route({
      method: 'DELETE',
      url: '/tokens/:id',
      config: manage,
      schema: {
        summary: 'Revoke a token, for every process within five seconds',
        tags: ['tokens'],
        params: query.idParams,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        await revokeToken(ports, request.params.id, principalOf(request).id);
        return reply.code(204).send(null);
      },
    });
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AccountPorts } from '../accounts-service.ts';
import type { ApiLimits } from '../limits.ts';
import { passwordLengthMax } from '../passwords.ts';
import type { RateLimitPort } from '../ports.ts';
import * as model from '../schemas/model.ts';
import * as wire from '../schemas/wire.ts';
import { limitCodes } from '../sessions-service.ts';
import { useSetupCode } from '../setup-service.ts';

export interface SetupParts extends RateLimitPort {
  readonly accounts: AccountPorts;
  readonly limits: ApiLimits;
}

export function setupRoutes({ accounts, limits, rateLimit }: SetupParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/setup',
      config: { access: { public: 'a one-time code is the key' } },
      schema: {
        summary: 'Use a one-time code: create the first administrator, or choose the password of a new account',
        tags: ['accounts'],
        body: z.strictObject({
          code: z.string().max(100),
          password: z.string().max(passwordLengthMax),
          name: model.accountName.optional(),
        }),
        response: { 200: wire.me },
      },
      handler: async (request) => {
        const { code, password, name } = request.body;
        await limitCodes(rateLimit, request.ip, limits);
        const account = await useSetupCode(accounts, { code, password, ...(name === undefined ? {} : { name }) });
        const systems = account.role === 'owner' ? account.systems : null;
        return { id: account.id, name: account.name, role: account.role, systems };
      },
    });
  };
}

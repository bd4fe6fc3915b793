import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sees } from '../../model/account.ts';
import { maskText, personalKinds } from '../../model/personal.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { change, type LedgerPorts } from '../ledger-write.ts';
import type { ApiLimits } from '../limits.ts';
import type { FindEvent, RateLimitPort, RevealPort } from '../ports.ts';
import * as query from '../schemas/query.ts';

export interface RevealParts {
  readonly findEvent: FindEvent;
  readonly reveal: RevealPort;
  readonly ledger: LedgerPorts;
  readonly rateLimit: RateLimitPort['rateLimit'];
  readonly limits: ApiLimits;
}

const body = z.strictObject({
  kind: z.enum([...personalKinds, 'bytes']),
  token: z.string().regex(/^[0-9a-f]{16}$/),
  reason: z.string().trim().min(10).max(500).meta({ description: 'Why it must be seen; kept in the audit ledger.' }),
  day: z.iso.date().optional().meta({ description: 'UTC day of receipt; needed for old events only.' }),
});

/**
 * What a masked value was. Asked for within an event the person may see and that holds it, so that a token copied from
 * elsewhere opens nothing; written to the ledger before it is answered.
 */
export function revealRoutes({ findEvent, reveal, ledger, rateLimit, limits }: RevealParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/events/:id/reveal',
      config: { access: { permission: 'personal.reveal' } },
      schema: {
        summary: 'The personal value behind a mask, for a reason that is kept',
        tags: ['events'],
        params: query.idParams,
        body,
        response: { 200: z.object({ value: z.string() }) },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const { kind, token, reason, day } = request.body;
        const event = await findEvent(request.params.id, day);
        if (event === null || !sees(principal, event.system)) throw new ApiProblem('not-found');
        const mask = maskText(kind, token);
        if (!event.raw.includes(mask) && !JSON.stringify(event.fields).includes(mask))
          throw new ApiProblem('not-found');
        const { allowed, retryAfterMs } = await rateLimit(
          `reveal:${principal.id}`,
          limits.revealsPerHourMax,
          3_600_000,
        );
        if (!allowed) throw new ApiProblem('too-many', { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) });
        const value = await reveal(kind, token);
        if (value === null) throw new ApiProblem('not-found');
        const document = { kind, token, reason, system: event.system };
        await change(ledger, { kind: 'reveal', subject: event.id, actor: principal.name, action: 'reveal', document });
        return { value };
      },
    });
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ApiProblem } from '../errors.ts';
import type { ApiLimits } from '../limits.ts';
import type { RulesPort } from '../ports.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import { ruleSummary } from '../views.ts';

export interface RuleParts {
  readonly rules: RulesPort;
  readonly limits: ApiLimits;
}

/** The rule set in force. Lists go by rule id; the cursor is the last id shown. */
export function ruleRoutes({ rules, limits }: RuleParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/rules',
      config: { access: { permission: 'rule.read' } },
      schema: {
        summary: 'Rules in force, without their text',
        tags: ['rules'],
        querystring: z.strictObject({ limit: query.limit(limits), cursor: query.anyId.optional() }),
        response: { 200: wire.page(wire.ruleSummary) },
      },
      handler: async (request) => {
        const { limit, cursor = '' } = request.query;
        const after = [...rules.list()].filter(({ id }) => id > cursor).sort((a, b) => (a.id < b.id ? -1 : 1));
        const items = after.slice(0, limit);
        const last = items.at(-1);
        return { items: items.map(ruleSummary), cursor: after.length > limit && last !== undefined ? last.id : null };
      },
    });

    app.route({
      method: 'GET',
      url: '/rules/:id',
      config: { access: { permission: 'rule.read' } },
      schema: {
        summary: 'A rule with its text as written',
        tags: ['rules'],
        params: query.idParams,
        response: { 200: wire.ruleView },
      },
      handler: async (request) => {
        const rule = rules.get(request.params.id);
        if (rule === null) throw new ApiProblem('not-found');
        return rule;
      },
    });
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import type { ApiLimits } from '../limits.ts';
import type { MappingsPort, RulesPort } from '../ports.ts';
import { mappingsView } from '../schemas/mapping.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import { ruleSummary } from '../views.ts';

export interface RuleParts {
  readonly rules: RulesPort;
  readonly mappings: MappingsPort;
  readonly limits: ApiLimits;
}

/** The rule set in force. Lists go by rule id; the cursor is the last id shown. */
export function ruleRoutes({ rules, mappings, limits }: RuleParts): FastifyPluginAsyncZod {
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
      url: '/rule-set',
      config: { access: { permission: 'rule.read' } },
      schema: {
        summary: 'The rule set in force: version, when it was loaded, what was refused',
        tags: ['rules'],
        response: { 200: wire.ruleSetView },
      },
      handler: async () => rules.set(),
    });

    app.route({
      method: 'GET',
      url: '/mappings',
      config: { access: { permission: 'rule.read' } },
      schema: {
        summary: 'The field mappings in force: how lines become events',
        tags: ['rules'],
        response: { 200: mappingsView },
      },
      handler: async () => mappings(),
    });

    app.route({
      method: 'POST',
      url: '/rules/reload',
      config: { access: { permission: 'rule.manage' } },
      schema: {
        summary: 'Read the rule folders and the field mappings again',
        tags: ['rules'],
        response: { 200: wire.ruleSetView },
      },
      handler: async (request) => {
        const outcome = await rules.reload(principalOf(request).id);
        if (outcome.kind === 'failed') throw new ApiProblem('rules-refused', { members: { reason: outcome.reason } });
        return rules.set();
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

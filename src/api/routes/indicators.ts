import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { indicatorTypes } from '../../model/indicator.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import type { ApiLimits } from '../limits.ts';
import type { IndicatorsOutcome, IndicatorsPort } from '../ports.ts';
import * as indicators from '../schemas/indicators.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';

export interface IndicatorParts {
  readonly indicators: IndicatorsPort;
  readonly limits: ApiLimits;
}

const tags = ['indicators'];
const idParams = z.object({ id: model.plainId });
const reason = z.string().trim().min(10).max(500).meta({ description: 'Kept in the audit ledger.' });
const listAnswer = z.object({ list: indicators.listView });

/** What the stage says as the caller reads it: the outcome, or the problem. */
function done<T>(outcome: IndicatorsOutcome<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  if (outcome.kind === 'conflict') throw new ApiProblem('conflict', { members: { version: outcome.version } });
  if (outcome.kind === 'refused') {
    const { message, messageVi } = outcome;
    throw new ApiProblem('indicators-refused', { message, messageVi });
  }
  throw new ApiProblem(outcome.kind);
}

/** Lists of addresses, domains, hashes and URLs that events are held against. */
export function indicatorRoutes({ indicators: desk, limits }: IndicatorParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/indicator-lists',
      config: { access: { permission: 'indicator.read' } },
      schema: {
        summary: 'All indicator lists with their polls, searches through stored events and hits',
        tags,
        response: { 200: z.object({ items: z.array(indicators.listView) }) },
      },
      handler: async () => ({ items: await desk.lists() }),
    });

    app.route({
      method: 'PUT',
      url: '/indicator-lists/:id',
      config: { access: { permission: 'indicator.manage' } },
      schema: {
        summary: 'Create a list or change what is agreed about it; its content stays',
        tags,
        params: idParams,
        body: z.strictObject({ list: indicators.listWanted, version: z.int().min(0) }),
        response: { 200: listAnswer },
      },
      handler: async (request) => {
        const { list, version } = request.body;
        return { list: done(await desk.put(request.params.id, list, version, principalOf(request).id)) };
      },
    });

    app.route({
      method: 'DELETE',
      url: '/indicator-lists/:id',
      config: { access: { permission: 'indicator.manage' } },
      schema: {
        summary: 'Retire a list: it matches nothing from now on and stays in the audit trail',
        tags,
        params: idParams,
        body: z.strictObject({ reason }),
        response: { 200: listAnswer },
      },
      handler: async (request) => ({
        list: done(await desk.retire(request.params.id, request.body.reason, principalOf(request).id)),
      }),
    });

    app.route({
      method: 'GET',
      url: '/indicator-lists/:id/indicators',
      config: { access: { permission: 'indicator.read' } },
      schema: {
        summary: 'What is in a list, by type and value',
        tags,
        params: idParams,
        querystring: z.strictObject({
          q: z.string().max(200).default(''),
          limit: query.limit(limits),
          cursor: z.string().min(1).max(4_000).optional(),
        }),
        response: { 200: indicators.indicatorPage },
      },
      handler: async (request) => desk.page(request.params.id, query.present(request.query)),
    });

    app.route({
      method: 'POST',
      url: '/indicator-lists/:id/indicators',
      config: { access: { permission: 'indicator.add' } },
      schema: {
        summary: 'Add one indicator, for a reason that is kept',
        tags,
        params: idParams,
        body: z.strictObject({
          value: z.string().trim().min(1).max(2_048),
          type: z.enum(indicatorTypes).exactOptional(),
          description: z.string().trim().max(500).default(''),
          validUntilMs: z.int().min(0).max(8_640_000_000_000_000).default(0),
          reason,
        }),
        response: { 200: indicators.taking },
      },
      handler: async (request) =>
        done(await desk.add(request.params.id, { ...request.body, actor: principalOf(request).id })),
    });

    app.route({
      method: 'DELETE',
      url: '/indicator-lists/:id/indicators',
      config: { access: { permission: 'indicator.add' } },
      schema: {
        summary: 'Take one indicator out, for a reason that is kept',
        tags,
        params: idParams,
        body: z.strictObject({ type: z.enum(indicatorTypes), value: z.string().min(1).max(2_048), reason }),
        response: { 200: indicators.taking },
      },
      handler: async (request) =>
        done(await desk.remove(request.params.id, { ...request.body, actor: principalOf(request).id })),
    });
  };
}

/** Content is taken as it is, whatever its media type says; hence a scope with a parser of its own. */
export function indicatorContentRoutes({ indicators: desk, limits }: IndicatorParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.indicatorBytesMax }, (_request, body, take) =>
      take(null, body),
    );
    app.route({
      method: 'PUT',
      url: '/indicator-lists/:id/content',
      bodyLimit: limits.indicatorBytesMax,
      config: { access: { permission: 'indicator.manage' } },
      schema: {
        summary: 'Upload a list: CSV, STIX 2.1 bundle or MISP export, told by what stands in it',
        tags,
        params: idParams,
        querystring: z.strictObject({
          format: z.enum(['auto', 'csv', 'stix', 'misp']).default('auto'),
          mode: z.enum(['replace', 'add']).default('replace').meta({
            description: '`replace`: what the document does not name goes. `add`: it stays.',
          }),
        }),
        response: { 200: indicators.taking },
      },
      handler: async (request) => {
        const { body } = request;
        if (!(body instanceof Uint8Array) || body.length === 0) throw new ApiProblem('bad-request');
        return done(await desk.take(request.params.id, body, { ...request.query, actor: principalOf(request).id }));
      },
    });
  };
}

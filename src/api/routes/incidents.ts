import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Principal, sees } from '../../model/account.ts';
import type { IncidentFacts } from '../../model/incident.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { type DetailParts, incidentDetail } from '../incident-detail.ts';
import type { HandlingPort, IncidentsPort } from '../ports.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';

export interface IncidentParts extends DetailParts {
  readonly incidents: IncidentsPort;
  readonly handling: HandlingPort;
}

/** The name people read in the history. A space cannot stand in an account's name, so no token passes for a person. */
function actorOf(principal: Principal): string {
  return principal.via === 'token' ? `token ${principal.name}` : principal.name;
}

export function incidentRoutes(parts: IncidentParts): FastifyPluginAsyncZod {
  const { incidents, handling, show, limits } = parts;
  const filter = z.strictObject({
    limit: query.limit(limits),
    cursor: query.cursor.optional(),
    state: query.states.optional(),
    drill: query.anyId.optional(),
  });

  /** Not there and not theirs look the same. */
  async function visible(principal: Principal, id: string): Promise<IncidentFacts> {
    const facts = await incidents.get(id);
    if (facts === null || !sees(principal, facts.system)) throw new ApiProblem('not-found');
    return facts;
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/incidents',
      config: { access: { permission: 'incident.read' } },
      schema: {
        summary: 'Incidents, newest first; `state` takes several by comma, or `open`',
        tags: ['incidents'],
        querystring: filter,
        response: { 200: wire.page(wire.incidentCard) },
      },
      handler: async (request) => {
        const { systems } = principalOf(request);
        const { state, ...rest } = query.present(request.query);
        const page = await incidents.list({ ...rest, ...(state === undefined ? {} : { states: state }), systems });
        return { items: await show.cards(page.items), cursor: page.cursor };
      },
    });

    app.route({
      method: 'GET',
      url: '/incidents/:id',
      config: { access: { permission: 'incident.read' } },
      schema: {
        summary: 'An incident with its alerts, evidence, history and deliveries',
        tags: ['incidents'],
        params: query.idParams,
        response: { 200: wire.incidentDetail },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        return incidentDetail(parts, principal, await visible(principal, request.params.id));
      },
    });

    app.route({
      method: 'POST',
      url: '/incidents/:id/actions',
      config: { access: { permission: 'incident.handle' } },
      schema: {
        summary: 'Change state, assign or comment; answers the new card, or 409 with `newest`',
        tags: ['incidents'],
        params: query.idParams,
        body: wire.incidentAction,
        response: { 200: wire.incidentCard },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const facts = await visible(principal, request.params.id);
        const outcome = await handling.act(facts.id, request.body, actorOf(principal));
        if (outcome.kind === 'refused') throw new ApiProblem('action-refused', outcome);
        const card = await show.card(facts);
        if (outcome.kind === 'conflict') throw new ApiProblem('conflict', { members: { newest: card } });
        return card;
      },
    });
  };
}

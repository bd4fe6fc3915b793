import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sees } from '../../model/account.ts';
import { type System, systemProblem } from '../../model/register.ts';
import type { Source } from '../../model/source.ts';
import type { Directory } from '../directory.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { change, documentOf, type LedgerPorts } from '../ledger-write.ts';
import type { ApiLimits } from '../limits.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import { systemView } from '../views.ts';

export interface RegisterParts {
  readonly ledger: LedgerPorts;
  readonly directory: Directory;
  readonly limits: ApiLimits;
}

const version = z.int().min(0);
const systemRecord = z.object({ version, system: model.system }).meta({ id: 'SystemRecord' });
const sourceRecord = z.object({ version, source: model.source }).meta({ id: 'SourceRecord' });
/** The version the person saw; left out, the newest is replaced. */
const expected = version.exactOptional();

/** The register: systems with their owners, and the sources that may send. */
export function registerRoutes({ ledger, directory, limits }: RegisterParts): FastifyPluginAsyncZod {
  async function put(kind: 'system' | 'source', value: System | Source, actor: string, seen?: number): Promise<number> {
    const known = kind === 'system' ? await directory.systems() : await directory.sources();
    if (!known.byId.has(value.id) && known.byId.size >= limits.directorySubjectsMax) throw new ApiProblem('full');
    const document = documentOf(value);
    const expectedVersion = seen === undefined ? {} : { expectedVersion: seen };
    const row = await change(ledger, { kind, subject: value.id, actor, action: 'put', document, ...expectedVersion });
    return row.version;
  }

  function checkId(inPath: string, inBody: string): void {
    if (inPath !== inBody) throw new ApiProblem('bad-request', { message: 'The ids in path and body differ.' });
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/systems',
      config: { access: { permission: 'register.read' } },
      schema: {
        summary: 'Systems one may see',
        tags: ['register'],
        response: { 200: z.object({ items: z.array(wire.systemView) }) },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const all = [...(await directory.systems()).byId.values()].map(({ value }) => value);
        return { items: all.filter(({ id }) => sees(principal, id)).map(systemView) };
      },
    });

    app.route({
      method: 'GET',
      url: '/systems/:id',
      config: { access: { permission: 'register.manage' } },
      schema: {
        summary: 'A system with contacts and version, to be edited',
        tags: ['register'],
        params: query.idParams,
        response: { 200: systemRecord },
      },
      handler: async (request) => {
        const found = (await directory.systems()).byId.get(request.params.id);
        if (found === undefined) throw new ApiProblem('not-found');
        return { version: found.version, system: found.value };
      },
    });

    app.route({
      method: 'PUT',
      url: '/systems/:id',
      config: { access: { permission: 'register.manage' } },
      schema: {
        summary: 'Create or replace a system',
        tags: ['register'],
        params: query.idParams,
        body: z.strictObject({ system: model.system, version: expected }),
        response: { 200: systemRecord },
      },
      handler: async (request) => {
        const { system, version: seen } = request.body;
        checkId(request.params.id, system.id);
        const problem = systemProblem(system);
        if (problem !== '') throw new ApiProblem('bad-request', { message: problem });
        return { version: await put('system', system, principalOf(request).id, seen), system };
      },
    });

    app.route({
      method: 'GET',
      url: '/sources',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'All sources',
        tags: ['register'],
        response: { 200: z.object({ items: z.array(sourceRecord) }) },
      },
      handler: async () => {
        const all = [...(await directory.sources()).byId.values()];
        return { items: all.map(({ value, version: newest }) => ({ version: newest, source: value })) };
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'Create or replace a source',
        tags: ['register'],
        params: query.idParams,
        body: z.strictObject({ source: model.source, version: expected }),
        response: { 200: sourceRecord },
      },
      handler: async (request) => {
        const { source, version: seen } = request.body;
        checkId(request.params.id, source.id);
        if (source.system !== '' && !(await directory.systems()).byId.has(source.system)) {
          throw new ApiProblem('unknown-reference', { message: `No system ${source.system} is registered.` });
        }
        return { version: await put('source', source, principalOf(request).id, seen), source };
      },
    });
  };
}

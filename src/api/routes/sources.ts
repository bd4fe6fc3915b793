import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SourceWatchView } from '../../contract/sources.ts';
import { certificateFault, certificateKey, certificateName } from '../../model/certificate-name.ts';
import type { Source } from '../../model/source.ts';
import type { Directory } from '../directory.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { appendLocked, documentOf, type LedgerPorts, withLock } from '../ledger-write.ts';
import type { SourcesPort } from '../ports.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';
import * as schemas from '../schemas/sources.ts';

export interface SourceParts {
  readonly ledger: LedgerPorts;
  readonly directory: Directory;
  readonly sources: SourcesPort;
  readonly clock: () => number;
}

/** The version the person saw; a newer one answers 409. */
const version = z.int().min(1);

/**
 * How sources fare, and what is agreed with them: contract, clock, parser, encoding. Each is a change of the source's
 * document under a name of its own, so that the audit trail says what was changed and not only that something was.
 */
export function sourceRoutes({ ledger, directory, sources, clock }: SourceParts): FastifyPluginAsyncZod {
  async function viewsOf(ids: readonly string[]): Promise<readonly SourceWatchView[]> {
    const [all, systems] = await Promise.all([directory.sources(), directory.systems()]);
    const wanted = ids.flatMap((id) => {
      const found = all.byId.get(id);
      if (found === undefined) return [];
      const systemName = systems.byId.get(found.value.system)?.value.name ?? found.value.system;
      return [{ source: found.value, version: found.version, systemName }];
    });
    return sources.views(wanted);
  }

  async function change(
    id: string,
    o: { readonly seen: number; readonly actor: string; readonly action: string },
    to: (source: Source) => Source,
  ): Promise<SourceWatchView> {
    await withLock(ledger, 'source', id, async () => {
      const row = await ledger.ledger.newest('source', id);
      const before = model.source.safeParse(row?.document);
      if (!before.success) throw new ApiProblem('not-found');
      const document = documentOf(to(before.data));
      const { actor, action } = o;
      await appendLocked(ledger, { kind: 'source', subject: id, actor, action, document, expectedVersion: o.seen });
    });
    const [view] = await viewsOf([id]);
    if (view === undefined) throw new ApiProblem('not-found');
    return view;
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/source-watch',
      config: { access: { permission: 'health.read' } },
      schema: {
        summary: 'How all sources fare: rates, clock, detected parser, contract and what is broken of it',
        tags: ['sources'],
        response: { 200: schemas.sourceWatch },
      },
      handler: async () => {
        const ids = [...(await directory.sources()).byId.keys()];
        return { atMs: clock(), items: [...(await viewsOf(ids))], parsers: [...sources.parsers] };
      },
    });

    app.route({
      method: 'GET',
      url: '/sources/:id/proposal',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'A contract as the source has kept it over the last weeks; null when less than a week is known',
        tags: ['sources'],
        params: query.idParams,
        response: { 200: z.object({ contract: model.sourceContract.nullable() }) },
      },
      handler: async (request) => {
        if (!(await directory.sources()).byId.has(request.params.id)) throw new ApiProblem('not-found');
        return { contract: await sources.propose(request.params.id) };
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id/contract',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'Agree on what a source owes; null ends it',
        tags: ['sources'],
        params: query.idParams,
        body: z.strictObject({ contract: model.sourceContract.nullable(), version }),
        response: { 200: schemas.sourceWatchView },
      },
      handler: async (request) => {
        const { contract, version: seen } = request.body;
        const action = contract === null ? 'contract-ended' : 'contract';
        return change(request.params.id, { seen, actor: principalOf(request).id, action }, (source) => {
          const { contract: before, ...rest } = source;
          // What was agreed first stays the day from which something is owed.
          return contract === null
            ? rest
            : { ...rest, contract: { ...contract, agreedMs: before?.agreedMs ?? clock() } };
        });
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id/clock',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: "Put a source's times right from now on; null takes them as they come again",
        tags: ['sources'],
        params: query.idParams,
        body: z.strictObject({ correction: model.timeCorrection.nullable(), version }),
        response: { 200: schemas.sourceWatchView },
      },
      handler: async (request) => {
        const { correction, version: seen } = request.body;
        const action = correction === null ? 'clock-as-is' : 'clock';
        return change(request.params.id, { seen, actor: principalOf(request).id, action }, (source) => {
          const { timeCorrection: _, ...rest } = source;
          return correction === null ? rest : { ...rest, timeCorrection: correction };
        });
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id/parser',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'Confirm the parser of a source; `auto` looks at every line anew',
        tags: ['sources'],
        params: query.idParams,
        body: z.strictObject({ parser: model.plainId, version }),
        response: { 200: schemas.sourceWatchView },
      },
      handler: async (request) => {
        const { parser, version: seen } = request.body;
        if (!sources.parsers.includes(parser))
          throw new ApiProblem('unknown-reference', { message: `There is no parser ${parser}.` });
        const action = parser === 'auto' ? 'parser-unpinned' : 'parser-pinned';
        return change(request.params.id, { seen, actor: principalOf(request).id, action }, (source) => {
          return { ...source, parser };
        });
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id/encoding',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: "What a source's text is written in; null: UTF-8, or what its bytes look like",
        tags: ['sources'],
        params: query.idParams,
        body: z.strictObject({ encoding: model.encoding.nullable(), version }),
        response: { 200: schemas.sourceWatchView },
      },
      handler: async (request) => {
        const { encoding, version: seen } = request.body;
        const o = { seen, actor: principalOf(request).id, action: 'encoding' };
        return change(request.params.id, o, (source) => {
          const { encoding: _, ...rest } = source;
          return encoding === null ? rest : { ...rest, encoding };
        });
      },
    });

    app.route({
      method: 'PUT',
      url: '/sources/:id/certificates',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'Client certificates a source is recognised by over TLS: names in them or SHA-256 fingerprints',
        tags: ['sources'],
        params: query.idParams,
        body: z.strictObject({ certificates: z.array(model.line(500)).max(1_000), version }),
        response: { 200: schemas.sourceWatchView },
      },
      handler: async (request) => {
        const { id } = request.params;
        const byKey = new Map(request.body.certificates.map((text) => [certificateKey(certificateName(text)), text]));
        const certificates = [...byKey.values()].map(certificateName);
        const wrong = request.body.certificates.find((text) => text.trim() === '' || certificateFault(text) !== null);
        if (wrong !== undefined)
          throw new ApiProblem('bad-request', {
            message: `${wrong.slice(0, 100)} is neither a name in a certificate nor its SHA-256 fingerprint.`,
            messageVi: `${wrong.slice(0, 100)} không phải tên trong chứng thư, cũng không phải vân tay SHA-256.`,
          });
        // Of two sources with one certificate only the first would ever get a line by it.
        const others = [...(await directory.sources()).byId.values()].filter(({ value }) => value.id !== id);
        for (const { value } of others) {
          const taken = (value.certificates ?? []).find((name) => byKey.has(certificateKey(name)));
          if (taken !== undefined)
            throw new ApiProblem('bad-request', {
              message: `${taken} is a certificate of the source ${value.id} already.`,
              messageVi: `${taken} đã là chứng thư của nguồn ${value.id}.`,
            });
        }
        const o = { seen: request.body.version, actor: principalOf(request).id, action: 'certificates' };
        return change(id, o, (source) => {
          const { certificates: _, ...rest } = source;
          return certificates.length === 0 ? rest : { ...rest, certificates };
        });
      },
    });
  };
}

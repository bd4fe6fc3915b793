import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AgentView } from '../../contract/agents.ts';
import type { Directory } from '../directory.ts';
import { ApiProblem, type ProblemDetails } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { change, documentOf, type LedgerPorts } from '../ledger-write.ts';
import type { AgentsPort } from '../ports.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';

const text = z.string().max(1000);
const agentConfig = z
  .strictObject({
    inputs: z
      .array(
        z.strictObject({
          paths: z.array(text.min(1)).min(1).max(100),
          exclude: z.array(text).max(100).default([]),
          source: z.union([z.literal(''), model.plainId]).default(''),
          parser: z.string().max(100).default(''),
          begin: z.enum(['start', 'end']).default('end'),
        }),
      )
      .max(100),
    spoolBytesMax: z
      .int()
      .min(1024 * 1024)
      .max(2 ** 40)
      .default(256 * 1024 * 1024),
    whenFull: z.enum(['block', 'drop-oldest']).default('block'),
  })
  .meta({ id: 'AgentConfig' });

const count = z.number().min(0);
const agentInputReport = z
  .object({
    paths: z.array(text).max(100),
    source: text,
    files: count,
    names: z.array(text).max(100),
    parser: text,
    parserFrom: z.enum(['agent', 'source', '']),
  })
  .meta({ id: 'AgentInputReport' });

const agentReport = z
  .object({
    version: text,
    host: text,
    startedMs: count,
    configVersion: count,
    files: count,
    lagBytes: count,
    spoolBytes: count,
    spoolBatches: count,
    sentBatches: count,
    sentRawBytes: count,
    sentWireBytes: count,
    rejectedLines: count,
    droppedLines: count,
    bytesPerSecond: count,
    // An agent that is older than this member says nothing of it.
    inputs: z.array(agentInputReport).max(100).default([]),
    problems: z.array(text).max(20),
  })
  .meta({ id: 'AgentReport' });

const agentView: z.ZodType<AgentView> = z
  .object({
    id: z.string(),
    name: z.string(),
    source: z.string(),
    seenMs: z.number(),
    peer: z.string(),
    report: agentReport.nullable(),
    version: z.number(),
    config: agentConfig.nullable(),
  })
  .meta({ id: 'AgentView' });

export interface AgentParts {
  readonly ledger: LedgerPorts;
  readonly directory: Directory;
  readonly agents: AgentsPort;
}

const manage = { access: { permission: 'source.manage' } } as const;
const tags = ['agents'];

/** Agents: collectors' tokens that `vonggac ship` runs with, what they say of themselves, and what they are told to do. */
export function agentRoutes({ ledger, directory, agents }: AgentParts): FastifyPluginAsyncZod {
  async function views(): Promise<AgentView[]> {
    const [said, rows, tokens] = await Promise.all([agents.said(), ledger.ledger.all('agent'), directory.tokens()]);
    const configs = new Map(rows.map((row) => [row.subject, row]));
    const views = [...tokens.byId.values()].flatMap(({ value }) => {
      const last = said.get(value.hash);
      const row = configs.get(value.id);
      if (value.kind !== 'collector' || value.revoked) return [];
      const report = agentReport.safeParse(last?.report);
      const config = agentConfig.safeParse(row?.document.config);
      return {
        id: value.id,
        name: value.name,
        source: value.source,
        seenMs: last?.atMs ?? 0,
        peer: last?.peer ?? '',
        report: report.success ? report.data : null,
        version: row?.version ?? 0,
        config: config.success ? config.data : null,
      };
    });
    return views;
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/agents',
      config: manage,
      schema: {
        summary: 'Collectors’ tokens with what their agents said last and what they are told to do',
        tags,
        response: { 200: z.object({ key: z.string(), items: z.array(agentView) }) },
      },
      handler: async () => ({ key: agents.fingerprint, items: await views() }),
    });

    app.route({
      method: 'PUT',
      url: '/agents/:id/config',
      config: manage,
      schema: {
        summary: 'What an agent is to do from now on; it is signed, and the agent takes it within two minutes',
        tags,
        params: query.idParams,
        body: z.strictObject({ version: z.int().min(0), config: agentConfig }),
        response: { 200: z.object({ version: z.number() }) },
      },
      // A person wrote it: what is wrong with it has to be said, and where.
      attachValidation: true,
      handler: async (request) => {
        const wrong = request.validationError?.validation?.[0];
        if (wrong !== undefined) throw new ApiProblem('bad-request', placeOf(wrong));
        const { id } = request.params;
        const { version, config } = request.body;
        const token = (await directory.tokens()).byId.get(id)?.value;
        if (token === undefined || token.kind !== 'collector' || token.revoked) throw new ApiProblem('not-found');
        const sources = (await directory.sources()).byId;
        const unknown = config.inputs.find(({ source }) => source !== '' && !sources.has(source));
        if (unknown !== undefined)
          throw new ApiProblem('unknown-reference', { message: `No source ${unknown.source} is registered.` });
        const row = await change(ledger, {
          kind: 'agent',
          subject: id,
          actor: principalOf(request).id,
          action: 'configure',
          document: documentOf({ config }),
          expectedVersion: version,
        });
        return { version: row.version };
      },
    });
  };
}

/** Where in what was sent something is wrong, as one would write it: `config.inputs[0].paths`. */
function placeOf(wrong: { readonly instancePath: string; readonly message?: string }): ProblemDetails {
  const place = wrong.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
  const what = wrong.message ?? '';
  return { message: `${place}: ${what}`, messageVi: `Sai ở ${place}: ${what}` };
}

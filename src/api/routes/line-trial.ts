import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LineTrial, LineTrialWanted, TriedLine } from '../../contract/api.ts';
import { severities } from '../../model/severity.ts';
import type { ApiLimits } from '../limits.ts';

export interface LineTrialParts {
  readonly tryLines: (wanted: LineTrialWanted) => Promise<LineTrial>;
  readonly limits: ApiLimits;
}

const texts = z.array(z.string());

const triedLine: z.ZodType<TriedLine> = z
  .object({
    raw: z.string(),
    parser: z.string(),
    parseStatus: z.enum(['parsed', 'partial', 'raw']),
    parseReason: z.string(),
    eventTimeMs: z.number().nullable(),
    host: z.string(),
    logsource: z.object({ product: z.string().nullable(), categories: texts, services: texts }),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()),
    mapped: texts,
    ecs: z.record(z.string(), z.unknown()),
    rules: z.array(z.object({ id: z.string(), title: z.string(), titleVi: z.string(), severity: z.enum(severities) })),
    rulesTotal: z.number(),
  })
  .meta({ id: 'TriedLine' });

const lineTrial: z.ZodType<LineTrial> = z
  .object({
    problems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
    lines: z.array(triedLine),
    more: z.number(),
    parsers: texts,
  })
  .meta({ id: 'LineTrial' });

/** Reads pasted lines without keeping them: what a new source will yield, before it is a source. */
export function lineTrialRoutes({ tryLines, limits }: LineTrialParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/lines/read',
      config: { access: { permission: 'rule.read' } },
      schema: {
        summary: 'What pasted lines are read as, and which rules they meet; nothing is kept',
        tags: ['rules'],
        body: z.strictObject({
          text: z.string().max(limits.bodyBytesMax),
          parser: z.string().max(64).default('auto'),
          mapping: z.string().max(limits.bodyBytesMax).default('').meta({
            description:
              'A mapping file still being written (docs/mappings.md); it takes the place of the one of its id.',
          }),
        }),
        response: { 200: lineTrial },
      },
      handler: async (request) => tryLines(request.body),
    });
  };
}

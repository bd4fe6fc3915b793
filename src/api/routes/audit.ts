import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LedgerRow } from '../../model/incident.ts';
import type { ApiLimits } from '../limits.ts';
import type { LedgerPort } from '../ports.ts';
import * as query from '../schemas/query.ts';

export interface AuditParts {
  readonly ledger: Pick<LedgerPort, 'audit'>;
  readonly limits: ApiLimits;
}

const auditRow = z
  .object({
    kind: z.string(),
    subject: z.string(),
    version: z.number(),
    atMs: z.number(),
    actor: z.string(),
    action: z.string(),
    document: z.record(z.string(), z.unknown()),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditRow' });

export function auditRoutes({ ledger, limits }: AuditParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/audit',
      config: { access: { permission: 'audit.read' } },
      schema: {
        summary: 'Every change and every sign-in, newest first',
        tags: ['audit'],
        querystring: z.strictObject({ limit: query.limit(limits), cursor: query.cursor.optional() }),
        response: { 200: z.object({ items: z.array(auditRow), cursor: z.string().nullable() }) },
      },
      handler: async (request) => {
        const { limit, cursor } = request.query;
        const page = await ledger.audit(limit, cursor);
        return { items: page.items.map(withoutSecrets), cursor: page.cursor };
      },
    });
  };
}

/** Members whose value opens something or helps to: never shown, even to administrators. */
const secretMembers: ReadonlySet<string> = new Set(['passwordHash', 'hash', 'codeHash']);

function withoutSecrets(row: LedgerRow): LedgerRow {
  const document = Object.fromEntries(
    Object.entries(row.document).map(([name, value]) => [name, secretMembers.has(name) ? '[redacted]' : value]),
  );
  return { ...row, document };
}

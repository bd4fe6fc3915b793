import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CalendarView } from '../../contract/sources.ts';
import { officialDaysSubject } from '../../model/source-contract.ts';
import { principalOf } from '../guard.ts';
import { change, documentOf, type LedgerPorts } from '../ledger-write.ts';
import type { SourcesPort } from '../ports.ts';
import { officialDays } from '../schemas/model.ts';
import { calendarView } from '../schemas/sources.ts';

export interface CalendarParts {
  readonly ledger: LedgerPorts;
  readonly sources: Pick<SourcesPort, 'holidays'>;
}

const nothing = { off: [], worked: [] };

/** Days off as source contracts count them: by the law's rules, the lunar calendar, and what is decided every year. */
export function calendarRoutes({ ledger, sources }: CalendarParts): FastifyPluginAsyncZod {
  async function view(): Promise<CalendarView> {
    const row = await ledger.ledger.newest('setting', officialDaysSubject);
    const { off, worked } = officialDays.safeParse(row?.document).data ?? nothing;
    return { version: row?.version ?? 0, off, worked, ...sources.holidays({ off, worked }) };
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/calendar',
      config: { access: { permission: 'health.read' } },
      schema: {
        summary: 'Public holidays of this year and the next',
        tags: ['sources'],
        response: { 200: calendarView },
      },
      handler: view,
    });

    app.route({
      method: 'PUT',
      url: '/calendar',
      config: { access: { permission: 'source.manage' } },
      schema: {
        summary: 'What was decided of days off beyond the rules: days exchanged, days worked instead',
        tags: ['sources'],
        body: z.strictObject({ decided: officialDays, version: z.int().min(0) }),
        response: { 200: calendarView },
      },
      handler: async (request) => {
        const { decided, version: expectedVersion } = request.body;
        const document = documentOf(decided);
        const row = {
          kind: 'setting',
          subject: officialDaysSubject,
          action: 'put',
          document,
          expectedVersion,
        } as const;
        await change(ledger, { ...row, actor: principalOf(request).id });
        return view();
      },
    });
  };
}

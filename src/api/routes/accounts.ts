import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Account } from '../../model/account.ts';
import { type AccountPorts, changeAccount, createAccount } from '../accounts-service.ts';
import type { Directory } from '../directory.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { passwordLengthMax } from '../passwords.ts';
import * as model from '../schemas/model.ts';
import * as query from '../schemas/query.ts';
import type { Logins } from '../sessions-service.ts';
import { setupPath } from '../setup-service.ts';

export interface AccountParts {
  readonly accounts: AccountPorts;
  readonly directory: Directory;
  readonly logins: Logins;
}

/** An account as administrators see it; the password's hash is not among it. */
const accountView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: model.role,
    systems: z.array(z.string()),
    disabled: z.boolean(),
    /** False while its one-time link waits to be used. */
    ready: z.boolean(),
    version: z.number(),
  })
  .meta({ id: 'AccountView' });

const accountWithLink = accountView
  .extend({ setupPath: z.string().nullable().meta({ description: 'One-time link, shown this once.' }) })
  .meta({ id: 'AccountWithLink' });

function viewOf(account: Account, version: number): z.infer<typeof accountView> {
  const { id, name, role, disabled } = account;
  return { id, name, role, systems: [...account.systems], disabled, ready: account.passwordHash !== '', version };
}

const manage = { access: { permission: 'account.manage' } } as const;

export function accountRoutes({ accounts, directory, logins }: AccountParts): FastifyPluginAsyncZod {
  async function checkSystems(ids: readonly string[]): Promise<void> {
    const known = (await directory.systems()).byId;
    const missing = ids.find((id) => !known.has(id));
    if (missing !== undefined)
      throw new ApiProblem('unknown-reference', { message: `No system ${missing} is registered.` });
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/accounts',
      config: manage,
      schema: {
        summary: 'All accounts',
        tags: ['accounts'],
        response: { 200: z.object({ items: z.array(accountView) }) },
      },
      handler: async () => {
        const all = [...(await directory.accounts()).byId.values()];
        const items = all.map(({ value, version }) => viewOf(value, version));
        return { items: items.sort((a, b) => a.name.localeCompare(b.name, 'vi')) };
      },
    });

    app.route({
      method: 'POST',
      url: '/accounts',
      config: manage,
      schema: {
        summary: 'Create an account; without a password it gets a one-time link',
        tags: ['accounts'],
        body: z.strictObject({
          name: model.accountName,
          role: model.role,
          systems: model.systemIds.default([]),
          password: z.string().max(passwordLengthMax).exactOptional(),
        }),
        response: { 201: accountWithLink },
      },
      handler: async (request, reply) => {
        await checkSystems(request.body.systems);
        const created = await createAccount(accounts, request.body, principalOf(request).id);
        const link = created.setupCode === null ? null : setupPath(created.setupCode);
        return reply.code(201).send({ ...viewOf(created.account, 1), setupPath: link });
      },
    });

    app.route({
      method: 'PATCH',
      url: '/accounts/:id',
      config: manage,
      schema: {
        summary: 'Change role, systems, disabled; or take the password away and get a new one-time link',
        tags: ['accounts'],
        params: query.idParams,
        body: z.strictObject({
          role: model.role.exactOptional(),
          systems: model.systemIds.exactOptional(),
          disabled: z.boolean().exactOptional(),
          resetPassword: z.boolean().exactOptional(),
          version: z.int().min(0).exactOptional(),
        }),
        response: { 200: accountWithLink },
      },
      handler: async (request) => {
        const { id } = request.params;
        await checkSystems(request.body.systems ?? []);
        const { account, version, setupCode } = await changeAccount(
          accounts,
          id,
          request.body,
          principalOf(request).id,
        );
        if (account.disabled || account.passwordHash === '') await logins.endAll(id, null);
        return { ...viewOf(account, version), setupPath: setupCode === null ? null : setupPath(setupCode) };
      },
    });
  };
}

import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { may } from '../../model/account.ts';
import { type Access, sessionCookies } from '../access.ts';
import { type AccountPorts, setPassword } from '../accounts-service.ts';
import { ApiProblem } from '../errors.ts';
import { principalOf } from '../guard.ts';
import { change, type LedgerPorts } from '../ledger-write.ts';
import type { ApiLimits } from '../limits.ts';
import { passwordLengthMax } from '../passwords.ts';
import type { RateLimitPort, SessionsPort } from '../ports.ts';
import * as query from '../schemas/query.ts';
import * as wire from '../schemas/wire.ts';
import { type Logins, limitCodes } from '../sessions-service.ts';
import { useEntryCode } from '../setup-service.ts';

export interface SessionParts {
  readonly access: Access;
  readonly sessions: SessionsPort;
  readonly logins: Logins;
  readonly accounts: AccountPorts;
  readonly ledger: LedgerPorts;
  readonly limits: ApiLimits;
  readonly publicUrl: string;
  readonly rateLimit: RateLimitPort['rateLimit'];
}

/** Bounded before anything is computed from it; what is too short is simply wrong. */
const passwordText: z.ZodType<string> = z.string().max(passwordLengthMax);

const sessionView = z
  .object({
    id: z.string(),
    account: z.string(),
    accountName: z.string(),
    createdMs: z.number(),
    seenMs: z.number(),
    address: z.string(),
    agent: z.string(),
    current: z.boolean(),
  })
  .meta({ id: 'SessionView' });

export function sessionRoutes(parts: SessionParts): FastifyPluginAsyncZod {
  const { access, sessions, logins, accounts, limits, publicUrl, rateLimit } = parts;

  return async (app) => {
    app.route({
      method: 'POST',
      url: '/login',
      config: { access: { public: 'people sign in here' } },
      schema: {
        summary: 'Sign in; sets the session cookie',
        tags: ['sessions'],
        body: z.strictObject({ name: z.string().min(1).max(64), password: passwordText }),
        response: { 200: wire.me },
      },
      handler: async (request, reply) => {
        const { name, password } = request.body;
        const old = await access.sessionOf(request);
        const agent = (request.headers['user-agent'] ?? '').slice(0, 200);
        const origin = { address: request.ip, agent, oldKey: old?.key ?? null };
        const { token, account } = await logins.login({ name, password, ...origin });
        setSession(reply, token, limits, publicUrl.startsWith('https:') || request.protocol === 'https');
        const systems = account.role === 'owner' ? account.systems : null;
        return { id: account.id, name: account.name, role: account.role, systems };
      },
    });

    app.route({
      method: 'POST',
      url: '/enter',
      config: { access: { public: 'a one-time code is the key' } },
      schema: {
        summary: 'Sign in with a one-time link (printed by the demo)',
        tags: ['sessions'],
        body: z.strictObject({ code: z.string().max(100) }),
        response: { 200: wire.me },
      },
      handler: async (request, reply) => {
        await limitCodes(rateLimit, request.ip, limits);
        const account = await useEntryCode(accounts, request.body.code);
        const old = await access.sessionOf(request);
        const agent = (request.headers['user-agent'] ?? '').slice(0, 200);
        const { token } = await logins.enter(account, { address: request.ip, agent, oldKey: old?.key ?? null });
        setSession(reply, token, limits, publicUrl.startsWith('https:') || request.protocol === 'https');
        const systems = account.role === 'owner' ? account.systems : null;
        return { id: account.id, name: account.name, role: account.role, systems };
      },
    });

    app.route({
      method: 'POST',
      url: '/logout',
      config: { access: { signedIn: true } },
      schema: { summary: 'End this session', tags: ['sessions'], response: { 204: z.null() } },
      handler: async (request, reply) => {
        const session = await access.sessionOf(request);
        if (session !== null) await logins.logout(session.key, session.record.account);
        clearSession(reply);
        return reply.code(204).send(null);
      },
    });

    app.route({
      method: 'GET',
      url: '/me',
      config: { access: { signedIn: true, stale: true } },
      schema: { summary: 'Who am I', tags: ['sessions'], response: { 200: wire.me } },
      handler: async (request) => {
        const { id, name, role, systems } = principalOf(request);
        return { id, name, role, systems };
      },
    });

    app.route({
      method: 'POST',
      url: '/me/password',
      config: { access: { signedIn: true } },
      schema: {
        summary: 'Change my password; ends my other sessions',
        tags: ['sessions'],
        body: z.strictObject({ current: passwordText, next: passwordText }),
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const session = await access.sessionOf(request);
        if (session === null) throw new ApiProblem('not-signed-in');
        const id = session.record.account;
        await logins.checkPassword(id, request.body.current, request.ip);
        await setPassword(accounts, id, request.body.next, id);
        await logins.endAll(id, session.key);
        return reply.code(204).send(null);
      },
    });

    app.route({
      method: 'GET',
      url: '/sessions',
      config: { access: { signedIn: true } },
      schema: {
        summary: 'My open sessions; with `all=true` everybody’s (administrators)',
        tags: ['sessions'],
        querystring: z.strictObject({ all: z.enum(['true', 'false']).default('false') }),
        response: { 200: z.object({ items: z.array(sessionView) }) },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const all = request.query.all === 'true';
        if (all && !may(principal, 'account.manage')) throw new ApiProblem('forbidden');
        const own = await access.sessionOf(request);
        const names = (await access.directory.accounts()).byId;
        const open = await sessions.list(all ? undefined : principal.id);
        const items = open.map(({ key, record }) => ({
          ...record,
          accountName: names.get(record.account)?.value.name ?? '',
          current: key === own?.key,
        }));
        return { items: items.sort((a, b) => b.seenMs - a.seenMs) };
      },
    });

    app.route({
      method: 'DELETE',
      url: '/sessions/:id',
      config: { access: { signedIn: true } },
      schema: {
        summary: 'End a session of mine, or of anybody (administrators)',
        tags: ['sessions'],
        params: query.idParams,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const principal = principalOf(request);
        const all = may(principal, 'account.manage');
        const open = await sessions.list(all ? undefined : principal.id);
        const found = open.find(({ record }) => record.id === request.params.id);
        if (found === undefined) throw new ApiProblem('not-found');
        await sessions.remove(found.key);
        const subject = found.record.account;
        const document = { session: found.record.id };
        await change(parts.ledger, { kind: 'session', subject, actor: principal.id, action: 'revoke', document });
        return reply.code(204).send(null);
      },
    });
  };
}

/** HttpOnly and SameSite=Strict always; behind https also Secure, under the `__Host-` name. */
function setSession(reply: FastifyReply, token: string, limits: ApiLimits, secure: boolean): void {
  reply.setCookie(secure ? sessionCookies.secure : sessionCookies.plain, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: Math.floor(limits.sessionAbsoluteMs / 1000),
  });
}

function clearSession(reply: FastifyReply): void {
  reply.clearCookie(sessionCookies.plain, { path: '/', httpOnly: true, sameSite: 'strict' });
  reply.clearCookie(sessionCookies.secure, { path: '/', httpOnly: true, sameSite: 'strict', secure: true });
}

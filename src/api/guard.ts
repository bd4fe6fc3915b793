import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { may, type Permission, type Principal } from '../model/account.ts';
import type { Access } from './access.ts';
import { ApiProblem } from './errors.ts';

/** What a route asks of whoever calls it. A route that says nothing is refused: deny by default. */
type RouteAccess =
  | {
      readonly permission: Permission /** Holds while the ledger is away, from its last reading. */;
      readonly stale?: true;
    }
  /** Any account or API token, for what concerns only oneself. */
  | { readonly signedIn: true; readonly stale?: true }
  /** Open to all; the reason stands where it is claimed. */
  | { readonly public: string }
  /** Checks bearers itself, against collector tokens. */
  | { readonly collector: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyInstance {
    /** Every route with what it asks; complete once the instance is ready. */
    accessTable(): readonly RouteEntry[];
  }
}

interface RouteEntry {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess | null;
}

export interface GuardParts {
  readonly access: Access;
  /** Origins besides the request's own host that may send changes, e.g. the address people type at a proxy. */
  readonly origins: readonly string[];
}

/** To be called on the root instance before any route is added. */
export function guard(app: FastifyInstance, parts: GuardParts): void {
  const routes: RouteOptions[] = [];
  app.decorateRequest('principal', null);
  // Read late: hooks of inner scopes, which run after this one, may still say what a route asks.
  app.decorate('accessTable', () =>
    routes.flatMap((route) =>
      [route.method].flat().map((method) => ({ method, url: route.url, access: route.config?.access ?? null })),
    ),
  );
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    await check(request, parts);
  });
}

/** Throws when a route says nothing of its access: a mistake to be found at start, not by a visitor. */
export function refuseSilentRoutes(app: FastifyInstance): void {
  const silent = app.accessTable().filter(({ access }) => access === null);
  if (silent.length > 0)
    throw new Error(`routes without access: ${silent.map((r) => `${r.method} ${r.url}`).join(', ')}`);
}

async function check(request: FastifyRequest, parts: GuardParts): Promise<void> {
  const access = request.routeOptions.config.access;
  if (access === undefined) throw new ApiProblem('forbidden');
  if ('collector' in access) return;
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if ('public' in access) {
    // Login and set-up: a foreign page must not sign a person in as somebody else. Programs send no Origin.
    if (changes && request.headers.origin !== undefined) checkOrigin(request, parts.origins);
    return;
  }
  const principal = await parts.access.principalOf(request, { stale: access.stale === true });
  if (principal === null) throw new ApiProblem('not-signed-in');
  if (changes && principal.via === 'session') checkOrigin(request, parts.origins);
  if ('permission' in access && !may(principal, access.permission)) throw new ApiProblem('forbidden');
  request.principal = principal;
}

/** Beside SameSite=Strict: a change sent with a cookie must name our own origin; none named is refused too. */
function checkOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const origin = request.headers.origin;
  if (origin === undefined) throw new ApiProblem('origin-refused');
  if (origin === `${request.protocol}://${request.host}` || allowed.includes(origin)) return;
  throw new ApiProblem('origin-refused');
}

/** The principal of a request that passed the guard. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new ApiProblem('not-signed-in');
  return request.principal;
}

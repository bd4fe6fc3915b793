import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { LineTrial, LineTrialWanted } from '../contract/api.ts';
import type { Logger } from '../observe/log.ts';
import type { Access } from './access.ts';
import type { AccountPorts } from './accounts-service.ts';
import { answerErrors, answerUnroutable } from './answers.ts';
import { serveBoard } from './board.ts';
import { boundConnections } from './connections.ts';
import { createFindEvent } from './find-event.ts';
import { guard, refuseSilentRoutes } from './guard.ts';
import { securityHeaders } from './headers.ts';
import type { ApiLimits } from './limits.ts';
import { openapiOptions, openapiRoutes } from './openapi.ts';
import { createPasswords } from './passwords.ts';
import type * as ports from './ports.ts';
import { accountRoutes } from './routes/accounts.ts';
import { agentRoutes } from './routes/agents.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { calendarRoutes } from './routes/calendar.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { drillRoutes } from './routes/drills.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { indicatorContentRoutes, indicatorRoutes } from './routes/indicators.ts';
import { lineTrialRoutes } from './routes/line-trial.ts';
import { registerRoutes } from './routes/register.ts';
import { revealRoutes } from './routes/reveal.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { setupRoutes } from './routes/setup.ts';
import { sourceRoutes } from './routes/sources.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { apiError } from './schemas/wire.ts';
import { createLogins } from './sessions-service.ts';
import { createShow } from './show.ts';

export interface ApiParts {
  /** From `createAccess`; the feed and the HTTP collector are given the same one. */
  readonly access: Access;
  readonly alerts: ports.AlertsPort;
  readonly incidents: ports.IncidentsPort;
  readonly handling: ports.HandlingPort;
  readonly events: ports.EventsPort;
  /** Personal data: masked in what is searched for, revealed for a reason. */
  readonly personal: { readonly mask: (text: string) => string; readonly reveal: ports.RevealPort };
  readonly ledger: ports.LedgerPort;
  readonly lock: ports.LockPort;
  readonly sessions: ports.SessionsPort;
  readonly rateLimit: ports.RateLimitPort['rateLimit'];
  /** The alert stage's view, so that lists and feed say the same. */
  readonly viewAlert: ports.ViewAlertPort;
  readonly deliveries: ports.DeliveriesPort;
  readonly rules: ports.RulesPort;
  readonly mappings: ports.MappingsPort;
  readonly tryLines: (wanted: LineTrialWanted) => Promise<LineTrial>;
  readonly drills: ports.DrillsPort;
  readonly agents: ports.AgentsPort;
  readonly indicators: ports.IndicatorsPort;
  readonly health: ports.HealthPort;
  readonly sources: ports.SourcesPort;
  readonly metrics: ports.MetricsPort;
  /** HTTP collectors; they check bearers themselves and set their own body limits. */
  readonly collectors: readonly FastifyPluginAsync[];
  /** Folder of the built board; null for an API without pages. */
  readonly boardDir: string | null;
  /** Proxies whose X-Forwarded-* headers are believed (addresses or CIDRs); empty = none. */
  readonly trustedProxies: readonly string[];
  /** How people reach the board, e.g. `https://soc.example.gov.vn`: its pages may send changes, and https makes cookies Secure. '' = as requests say. */
  readonly publicUrl: string;
  readonly version: string;
  readonly limits: ApiLimits;
  readonly clock: () => number;
  readonly log: Logger;
}

/** The whole HTTP side, ready to `listen` or `inject`. Refuses to be built with a route that names no access. */
export async function buildApi(parts: ApiParts): Promise<FastifyInstance> {
  const { limits, access } = parts;
  const log = parts.log.child({ part: 'api' });
  const loggerInstance: FastifyBaseLogger = log;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    handlerTimeout: limits.requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200 },
    trustProxy: parts.trustedProxies.length === 0 ? false : [...parts.trustedProxies],
    frameworkErrors: answerUnroutable,
    return503OnClosing: true,
    forceCloseConnections: true,
  });
  boundConnections(app.server, { max: limits.connectionsMax, metrics: parts.metrics, clock: parts.clock, log });
  await app.register(helmet, securityHeaders);
  await app.register(cookie);
  answerErrors(app, log);
  guard(app, { access, origins: parts.publicUrl === '' ? [] : [new URL(parts.publicUrl).origin] });
  await app.register(apiScope(parts, log), { prefix: '/api/v1' });
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: { collector: true } };
    });
    for (const collector of parts.collectors) await scope.register(collector);
  });
  await serveBoard(app, parts.boardDir);
  await app.ready();
  refuseSilentRoutes(app);
  return app;
}

/** All resources under /api/v1; nothing of them is ever cached. */
function apiScope(parts: ApiParts, log: Logger): FastifyPluginAsync {
  const { limits, access, clock, events, sessions, rateLimit } = parts;
  const { directory } = access;
  const show = createShow({ ...parts, directory });
  const passwords = createPasswords({ workMax: limits.passwordWorkMax, waitingMax: limits.passwordWaitingMax });
  const ledger = { ledger: parts.ledger, lock: parts.lock, clock, directory };
  const accounts: AccountPorts = {
    ...ledger,
    passwords,
    subjectsMax: limits.directorySubjectsMax,
    setupCodeMs: limits.setupCodeMs,
  };
  const logins = createLogins({ ...ledger, sessions, passwords, rateLimit, log, limits });

  return async (plain) => {
    plain.setValidatorCompiler(validatorCompiler);
    plain.setSerializerCompiler(serializerCompiler);
    await plain.register(swagger, openapiOptions(parts.version));
    plain.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, response: { '4xx': apiError, '5xx': apiError, ...responsesOf(route.schema) } };
    });
    plain.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    const app = plain.withTypeProvider<ZodTypeProvider>();
    await app.register(
      sessionRoutes({ access, sessions, logins, accounts, ledger, limits, rateLimit, publicUrl: parts.publicUrl }),
    );
    await app.register(setupRoutes({ accounts, limits, rateLimit }));
    await app.register(accountRoutes({ accounts, directory, logins }));
    await app.register(tokenRoutes({ ledger, directory, limits }));
    await app.register(registerRoutes({ ledger, directory, limits }));
    await app.register(agentRoutes({ ledger, directory, agents: parts.agents }));
    await app.register(sourceRoutes({ ledger, directory, sources: parts.sources, clock }));
    await app.register(calendarRoutes({ ledger, sources: parts.sources }));
    await app.register(alertRoutes({ alerts: parts.alerts, show, limits }));
    await app.register(incidentRoutes({ ...parts, directory, show }));
    const findEvent = createFindEvent(events);
    await app.register(eventRoutes({ events, findEvent, mask: parts.personal.mask, limits, clock }));
    await app.register(revealRoutes({ findEvent, reveal: parts.personal.reveal, ledger, rateLimit, limits }));
    await app.register(ruleRoutes({ rules: parts.rules, mappings: parts.mappings, limits }));
    await app.register(indicatorRoutes({ indicators: parts.indicators, limits }));
    await app.register(indicatorContentRoutes({ indicators: parts.indicators, limits }));
    await app.register(lineTrialRoutes({ tryLines: parts.tryLines, limits }));
    await app.register(healthRoutes({ health: parts.health, metrics: parts.metrics }));
    await app.register(auditRoutes({ ledger: parts.ledger, limits }));
    await app.register(drillRoutes({ drills: parts.drills }));
    await app.register(deadLetterRoutes({ events, limits }));
    await app.register(openapiRoutes());
  };
}

function responsesOf(schema: { readonly response?: unknown } | undefined): object {
  return typeof schema?.response === 'object' && schema.response !== null ? schema.response : {};
}

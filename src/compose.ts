import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alertView, defaultAlertLimits } from './alert/index.ts';
import { buildApi, createAccess, defaultApiLimits, hashSecret } from './api/index.ts';
import type { AdminCommand, AdminResult } from './cli/admin-command.ts';
import { openAgents } from './compose/agents.ts';
import { createClosers } from './compose/closers.ts';
import { openCollectors, shareHttp } from './compose/collectors.ts';
import { openDetection } from './compose/detection.ts';
import { every } from './compose/every.ts';
import { createHealth } from './compose/health.ts';
import { createFeedSeal, openFeeds } from './compose/indicator-feeds.ts';

import { openIndicators } from './compose/indicators.ts';
import { openIntake } from './compose/intake.ts';
import { createLineTrial } from './compose/line-trial.ts';
import { openMappingBook } from './compose/mapping-book.ts';
import { shippedMappings } from './compose/mappings.ts';
import { openMaskKey } from './compose/mask-key.ts';

import { openNotifier } from './compose/notifier.ts';
import { openPersonal } from './compose/personal.ts';
import { createRecentBatches } from './compose/recent-batches.ts';
import { openRecords, type Records } from './compose/records.ts';
import { openRuleBook, type RuleAudit } from './compose/rules.ts';
import { openSourceViews } from './compose/watch.ts';
import type { Config } from './config.ts';
import type { AlertView, DrillView } from './contract/api.ts';
import type { Pass } from './detect/index.ts';
import { createFeed } from './feed/index.ts';
import { createIncidents, type SystemNames } from './incident/index.ts';
import type { Alert } from './model/finding.ts';
import { agencyAt } from './model/register.ts';
import type { Logger } from './observe/log.ts';
import { createMetrics } from './observe/metrics.ts';
import { createQueues } from './queue/index.ts';
import { createRegister, type Register } from './register/index.ts';
import type { State } from './state/index.ts';
import type { Store } from './store/index.ts';

/** The platform as one process runs it, all roles or some. */
export interface Platform {
  readonly embedded: boolean;
  readonly servesBoard: boolean;
  readonly url: string;
  readonly syslog: { readonly udpPort: number; readonly tcpPort: number } | null;
  /** One-time link for the first administrator; null when there is one already. */
  readonly firstAdminLink: { readonly url: string; readonly validHours: number } | null;
  readonly store: Store;
  readonly state: State;
  readonly register: Register;
  readonly administer: (command: AdminCommand) => Promise<AdminResult>;
  readonly entryPath: Records['entryPath'];
  /** Shows a drill on boards, or none. */
  showDrill(drill: DrillView | null): Promise<void>;
  close(): Promise<void>;
}

const registerRefreshMs = 2000;
/** What was read and not yet stored has this long at a stop; all of it must end within 5 s. */
const closeWaitMs = 1200;
/** Committed rows kept for the detector of the same process. */
const recentRowsMax = 50_000;
/** How long a batch may wait for the detector to catch up. */
const detectorWaitMs = 1_000;
const dayMs = 86_400_000;
const notifySweepMs = 15_000;
/** Between two looks for feeds whose time has come. */
const pollMs = 10_000;
const noticeBackoff: { readonly firstMs: number; readonly maxMs: number } = { firstMs: 5000, maxMs: 4 * 3_600_000 };

const packageRoot = (): string => path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const packageVersion = (): string => (createRequire(import.meta.url)('../package.json') as { version: string }).version;

/** Address for people; a wildcard address is none, so this machine's name stands in. */
function linkTo(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/**
 * THE composition root: opens the stores, builds the stages of the roles asked for and joins their ends.
 * Whatever was opened before a failure is closed again; closing runs against the data's way, senders first.
 */
export async function compose(config: Config, o: { readonly log: Logger }): Promise<Platform> {
  const { log } = o;
  const clock = Date.now;
  const closers = createClosers(log);
  const has = (role: Config['roles'][number]): boolean => config.roles.includes(role);
  try {
    const metrics = createMetrics();
    // Read before the stores are opened: a rule folder that is not there is told at once.
    let noteRules: RuleAudit = async () => undefined;
    const rules = await openRuleBook({
      dirs: config.rulesDirs,
      options: {
        placeholderFile: config.placeholderFile,
        legacyActions: config.rulesLegacyActions,
        unknownDimension: config.unknownLogsource,
      },
      audit: (row) => noteRules(row),
      clock,
      log,
      metrics,
    });
    const mappings = await openMappingBook({
      dir: config.mappingsDir === '' ? shippedMappings : config.mappingsDir,
      log,
    });
    const records = await openRecords(config, { log });
    closers.add('records', () => records.close());
    const { store, state } = records;
    const worker = `${hostname()}-${process.pid}`;
    noteRules = async ({ document, ...row }) => {
      const noted = { kind: 'rule', subject: 'rule-set', ...row, document: { ...document, process: worker } } as const;
      await state.lock('ledger:rule:rule-set', () => store.ledger.append(noted));
    };
    rules.follow();
    closers.add('rules', () => rules.close());
    mappings.follow();
    closers.add('mappings', () => mappings.close());
    const queues = createQueues({ connection: records.redis.connection, log, metrics });
    closers.add('queues', () => queues.close());
    const register = createRegister({ load: (kind) => store.ledger.all(kind) });
    await register.refresh();
    closers.add('register', every(registerRefreshMs, 'register', register.refresh, log));

    const seal = createFeedSeal(() => openMaskKey({ setting: config.maskingKey, dataDir: config.dataDir }));
    const indicators = openIndicators({ store, lock: state.lock, seal, clock });
    await indicators.refresh();
    closers.add('indicators', every(registerRefreshMs, 'indicators', indicators.refresh, log));
    const liveRules = () => indicators.live(rules.live());

    const publish = state.bus.publish;
    const names = (id: string, atMs: number): SystemNames => {
      const system = register.system(id);
      if (system === null) return { systemName: id, orgName: '', systemLevel: 0 };
      return { systemName: system.name, orgName: agencyAt(system, atMs).orgName, systemLevel: system.level };
    };
    const viewAlert = (alert: Alert, names: Parameters<typeof alertView>[1]): AlertView =>
      alertView(alert, names, defaultAlertLimits);
    const incidents = createIncidents({
      alerts: store.detection,
      incidents: store.incidents,
      ledger: store.ledger,
      lock: state.lock,
      names,
      publish,
      viewAlert: (alert, { code }) =>
        viewAlert(alert, { incidentCode: code, systemName: names(alert.system, alert.firstEventMs).systemName }),
      warn: (error, message) => log.warn({ err: error, part: 'incident' }, message),
      clock,
    });

    const personal = openPersonal(config, store.maskedValues);
    closers.add(
      'masking',
      every(dayMs, 'masking', async () => personal.forget(), log),
    );

    let boardUrl = config.publicUrl;
    const notifier = openNotifier({
      config,
      store,
      lock: state.lock,
      register,
      queues,
      boardUrl: () => boardUrl,
      clock,
      log,
    });
    closers.add('notifier', () => notifier.close());

    const recent = createRecentBatches<Pass>({ rowsMax: recentRowsMax, roomWaitMs: detectorWaitMs, metrics });
    const look = has('detect')
      ? openDetection({
          records,
          queues,
          closers,
          register,
          rules,
          liveRules,
          recent,
          incidents,
          notifier,
          concurrency: config.detectConcurrency,
          worker,
          clock,
          log,
          metrics,
        })
      : null;
    if (has('notify')) {
      queues.workNotify(async (notice) => void (await notifier.deliver(notice)), {
        concurrency: 4,
        backoff: noticeBackoff,
      });
      closers.add('notice sweep', every(notifySweepMs, 'notice sweep', notifier.sweep, log));
      const feeds = openFeeds({
        store,
        desk: indicators.desk,
        lock: state.lock,
        seal,
        allowedHosts: config.feedAllowedHosts,
        clock,
      });
      const stopPolling = every(pollMs, 'indicator feeds', feeds.round, log);
      closers.add('indicator feeds', async () => {
        await feeds.close();
        await stopPolling();
      });
    }

    // The workers end before what they work with: evaluations and notices under way are finished, within a bound.
    closers.add('workers', () => queues.close());

    const intake = has('collect')
      ? openIntake({
          config,
          records,
          queues,
          closers,
          register,
          readLine: mappings.readLine,
          personal,
          look,
          recent,
          closeWaitMs,
          worker,
          clock,
          log,
          metrics,
        })
      : null;

    const access = createAccess({
      ledger: store.ledger,
      sessions: state.sessions,
      clock,
      log,
      limits: defaultApiLimits,
    });
    const http = shareHttp(config, metrics);
    const collectors =
      intake === null
        ? null
        : await openCollectors({
            intake,
            register,
            authenticate: access.authenticateCollector,
            http,
            config,
            closeWaitMs,
            clock,
            log,
            metrics,
          });
    if (collectors !== null) closers.add('collectors', () => collectors.close());

    const agents = openAgents({
      intake,
      authenticate: access.authenticateCollector,
      tokenByHash: access.directory.tokenByHash,
      sourceById: async (id) => (await access.directory.sources()).byId.get(id)?.value ?? null,
      configOf: (token) => store.ledger.newest('agent', token),
      reports: state.agents,
      hash: hashSecret,
      http,
      dataDir: config.dataDir,
      clock,
      log,
      metrics,
    });
    const health = createHealth({
      version: packageVersion(),
      store,
      queues,
      register,
      intake,
      droppedUdp: () => collectors?.droppedUdp() ?? 0,
      spool: () => collectors?.spool() ?? null,
      // A worker evaluates with rules and lists; it is behind when either differs.
      rules: () => ({ ...rules.set(), version: liveRules().version }),
      clock,
    });
    let drill: DrillView | null = null;
    const servesBoard = has('api');
    const app = await buildApi({
      access,
      alerts: store.detection,
      incidents: store.incidents,
      handling: incidents,
      events: store.events,
      ledger: store.ledger,
      lock: state.lock,
      sessions: state.sessions,
      rateLimit: state.rateLimit,
      viewAlert,
      deliveries: store.notices,
      rules: {
        ...rules,
        get: (id) => rules.get(id) ?? indicators.ruleView(id),
        reload: async (actor) => {
          const refused = await mappings.reload();
          const outcome = await rules.reload(actor);
          return refused === '' ? outcome : { kind: 'failed', reason: refused };
        },
      },
      mappings: () => ({ ...mappings.current(), unknownLogsource: config.unknownLogsource }),
      tryLines: createLineTrial({ mappings: mappings.current, rules: liveRules, clock }),
      personal: { mask: personal.text, reveal: personal.reveal },
      agents,
      indicators: indicators.api,
      drills: { current: async () => (drill === null ? [] : [drill]) },
      health: { health },
      sources: openSourceViews({ store, clock }),
      metrics,
      collectors: [...(collectors?.http ?? []), ...agents.collectors],
      boardDir: servesBoard ? path.join(packageRoot(), 'dist', 'board') : null,
      trustedProxies: config.trustedProxies,
      publicUrl: config.publicUrl,
      version: packageVersion(),
      limits: defaultApiLimits,
      clock,
      log,
    });
    closers.add('api', () => app.close());
    if (servesBoard) {
      const feed = createFeed({
        bus: state.bus,
        principalOf: access.principalOf,
        health,
        origins: config.publicUrl === '' ? [] : [new URL(config.publicUrl).origin],
        clock,
        log,
        metrics,
      });
      app.server.on('upgrade', feed.handleUpgrade);
      closers.add('feed', () => feed.close());
    }
    await app.listen({ host: config.host, port: config.port });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    const url = linkTo(config.host, port);
    if (servesBoard && boardUrl === '') boardUrl = linkTo(config.host, port);
    const adminPath = servesBoard ? await records.firstAdminPath() : null;
    return {
      embedded: records.embedded,
      servesBoard,
      url,
      syslog: collectors?.syslog ?? null,
      firstAdminLink:
        adminPath === null
          ? null
          : {
              url: `${config.publicUrl === '' ? url : config.publicUrl}${adminPath}`,
              validHours: defaultApiLimits.setupCodeMs / 3_600_000,
            },
      store,
      state,
      register,
      administer: records.administer,
      entryPath: records.entryPath,
      showDrill: async (next) => {
        drill = next;
        if (next !== null) await publish([{ kind: 'drill', system: '', drill: next }]);
      },
      close: closers.close,
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

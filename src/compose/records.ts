import { randomBytes } from 'node:crypto';
import {
  type AccountPorts,
  createAccount,
  createPasswords,
  createToken,
  defaultApiLimits,
  firstAdminLink,
  newEntryCode,
  setupPath,
} from '../api/index.ts';
import {
  type ClickHouseBacking,
  lockDataDir,
  openEmbeddedClickHouse,
  openRemoteClickHouse,
  openRemoteRedis,
  openSpawnedRedis,
  type RedisBacking,
} from '../backing/index.ts';
import type { AdminCommand, AdminResult } from '../cli/admin-command.ts';
import type { Config } from '../config.ts';
import type { Role } from '../model/account.ts';
import type { Logger } from '../observe/log.ts';
import { createState, type State } from '../state/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createClosers } from './closers.ts';

/** The two stores opened, and what the command line may do to their records. */
export interface Records {
  readonly embedded: boolean;
  readonly store: Store;
  readonly state: State;
  readonly clickhouse: ClickHouseBacking;
  readonly redis: RedisBacking;
  administer(command: AdminCommand): Promise<AdminResult>;
  /** Path of a fresh one-time link while there is no administrator; null when there is one. */
  firstAdminPath(): Promise<string | null>;
  /** A new account nobody knows the password of, and the path that signs in as it once: for the demo. */
  entryPath(account: { readonly name: string; readonly role: Role }): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens ClickHouse, Redis and the store: THE place that knows whether they are embedded or remote.
 * Whatever was opened before a failure is closed again.
 */
export async function openRecords(config: Config, o: { readonly log: Logger }): Promise<Records> {
  const { log } = o;
  const closers = createClosers(log);
  const embedded = config.clickhouseUrl === '';
  try {
    if (embedded || config.redisUrl === '') {
      const lock = await lockDataDir(config.dataDir);
      closers.add('data directory', () => lock.release());
    }
    const [clickhouse, redis] = await openBoth(config, log);
    closers.add('redis', () => redis.close());
    closers.add('clickhouse', () => clickhouse.close());
    const store = await openStore({
      backing: clickhouse,
      replicated: config.clickhouseReplicated,
      log,
      clock: Date.now,
      retention: { all: config.retentionMonthsMin },
    });
    closers.add('store', () => store.close());
    const state = createState({ connection: redis.connection, log });
    closers.add('state', () => state.close());
    const accounts: AccountPorts = {
      ledger: store.ledger,
      lock: state.lock,
      clock: Date.now,
      passwords: createPasswords({ workMax: 1, waitingMax: 1 }),
      subjectsMax: defaultApiLimits.directorySubjectsMax,
      setupCodeMs: defaultApiLimits.setupCodeMs,
    };
    return {
      embedded,
      store,
      state,
      clickhouse,
      redis,
      administer: (command) => administerWith(accounts, command, config),
      firstAdminPath: async () => (await firstAdminLink(accounts))?.path ?? null,
      entryPath: async ({ name, role }) => {
        const password = randomBytes(24).toString('base64url');
        const { account } = await createAccount(accounts, { name, role, systems: [], password }, cliActor);
        const ttlMs = defaultApiLimits.entryCodeMs;
        return `/enter#code=${await newEntryCode(accounts, { account: account.id, ttlMs }, cliActor)}`;
      },
      close: closers.close,
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Both at once, since each takes its time; when one fails the other is closed. */
async function openBoth(config: Config, log: Logger): Promise<[ClickHouseBacking, RedisBacking]> {
  const opening = [
    config.clickhouseUrl === ''
      ? openEmbeddedClickHouse({ dataDir: config.dataDir, log })
      : openRemoteClickHouse({ url: config.clickhouseUrl, database: config.clickhouseDatabase, log }),
    config.redisUrl === ''
      ? openSpawnedRedis({ dataDir: config.dataDir, binary: config.redisBinary, log })
      : openRemoteRedis({ url: config.redisUrl }),
  ] as const;
  const [clickhouse, redis] = await Promise.allSettled(opening);
  if (clickhouse.status === 'fulfilled' && redis.status === 'fulfilled') return [clickhouse.value, redis.value];
  if (clickhouse.status === 'fulfilled') await clickhouse.value.close();
  if (redis.status === 'fulfilled') await redis.value.close();
  throw clickhouse.status === 'rejected' ? clickhouse.reason : redis.status === 'rejected' ? redis.reason : null;
}

const cliActor = 'cli';

async function administerWith(ports: AccountPorts, command: AdminCommand, config: Config): Promise<AdminResult> {
  const base = config.publicUrl === '' ? `http://${config.host}:${config.port}` : config.publicUrl;
  if (command.kind === 'user-add') {
    const { account, setupCode } = await createAccount(ports, command, cliActor);
    const link = setupCode === null ? [] : [`one-time link to choose the password: ${base}${setupPath(setupCode)}`];
    return { ok: true, lines: [`account ${account.name} (${account.role}) added: ${account.id}`, ...link] };
  }
  const { tokenKind, name, source, role, systems } = command;
  const wanted = { kind: tokenKind, name, source, systems, ...(role === null ? {} : { role }) };
  const { token } = await createToken(ports, wanted, cliActor, { createSource: true });
  return { ok: true, lines: [token] };
}

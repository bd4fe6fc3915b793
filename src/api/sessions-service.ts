import type { Account } from '../model/account.ts';
import type { Logger } from '../observe/log.ts';
import { sessionTtlMs } from './access.ts';
import { sameName } from './accounts-service.ts';
import type { Directory } from './directory.ts';
import { ApiProblem } from './errors.ts';
import { change, type LedgerPorts } from './ledger-write.ts';
import type { ApiLimits } from './limits.ts';
import type { Passwords } from './passwords.ts';
import type { RateLimitPort, SessionRecord, SessionsPort } from './ports.ts';
import { hashSecret, newId, newSecret } from './secrets.ts';

export interface LoginPorts extends LedgerPorts, RateLimitPort {
  readonly sessions: SessionsPort;
  readonly passwords: Passwords;
  readonly directory: Directory;
  readonly log: Logger;
  readonly limits: ApiLimits;
}

interface LoginRequest {
  readonly name: string;
  readonly password: string;
  readonly address: string;
  readonly agent: string;
  /** Key of the session the browser came with; it ends (rotation), whoever's it was. */
  readonly oldKey: string | null;
}

export interface Logins {
  /** Throws `login-refused`, `too-many`, `busy`. The token goes into the cookie and nowhere else. */
  login(request: LoginRequest): Promise<{ readonly token: string; readonly account: Account }>;
  /** Signs in an account whose right to enter was shown another way (a one-time code). */
  enter(account: Account, from: Omit<LoginRequest, 'name' | 'password'>): Promise<{ readonly token: string }>;
  /** For a change that asks the signed-in person once more; same limits and same refusal as a login. */
  checkPassword(account: string, password: string, address: string): Promise<void>;
  logout(key: string, account: string): Promise<void>;
  /** Ends all sessions of an account but the one kept. */
  endAll(account: string, keepKey: string | null): Promise<number>;
}

export function createLogins(ports: LoginPorts): Logins {
  const auditFailure = createFailureAudit(ports);

  async function findAccount(name: string): Promise<Account | null> {
    for (const { value } of (await ports.directory.accounts({ missed: true })).byId.values()) {
      if (sameName(value.name, name)) return value;
    }
    return null;
  }

  async function check(account: Account | null, name: string, password: string, address: string): Promise<Account> {
    const matches = await ports.passwords.matches(account?.passwordHash ?? '', password);
    if (account !== null && matches && !account.disabled) return account;
    await auditFailure(account, name, address);
    throw new ApiProblem('login-refused');
  }

  /** A new session under a new token; the one the browser had before is over. */
  async function open(
    account: Account,
    from: Omit<LoginRequest, 'name' | 'password'>,
    action: 'login' | 'enter',
  ): Promise<{ readonly token: string }> {
    const { address, agent, oldKey } = from;
    if (oldKey !== null) await ports.sessions.remove(oldKey);
    const token = newSecret('session');
    const nowMs = ports.clock();
    const id = newId('ses');
    const record: SessionRecord = { id, account: account.id, createdMs: nowMs, seenMs: nowMs, address, agent };
    await ports.sessions.put(hashSecret(token), record, sessionTtlMs(record, nowMs, ports.limits));
    await audit(ports, account.id, account.id, action, { address, session: id });
    return { token };
  }

  return {
    login: async (request) => {
      const { name, password, address } = request;
      await limitTries(ports, name, address);
      const account = await check(await findAccount(name), name, password, address);
      return { ...(await open(account, request, 'login')), account };
    },
    enter: (account, from) => open(account, from, 'enter'),
    checkPassword: async (id, password, address) => {
      const account = (await ports.directory.accounts()).byId.get(id)?.value ?? null;
      const name = account?.name ?? id;
      await limitTries(ports, name, address);
      await check(account, name, password, address);
    },
    logout: async (key, account) => {
      await ports.sessions.remove(key);
      await audit(ports, account, account, 'logout', {});
    },
    endAll: async (account, keepKey) => {
      const open = (await ports.sessions.list(account)).filter(({ key }) => key !== keepKey);
      for (const { key } of open) await ports.sessions.remove(key);
      return open.length;
    },
  };
}

/** Sign-ins are rows of kind `session`, one chain an account, so that an account's own versions stay its own. */
async function audit(
  ports: LedgerPorts,
  subject: string,
  actor: string,
  action: string,
  document: Readonly<Record<string, unknown>>,
): Promise<void> {
  await change(ports, { kind: 'session', subject, actor, action, document });
}

/** Tries of one-time codes from one network. Throws `too-many`. */
export async function limitCodes(
  rateLimit: RateLimitPort['rateLimit'],
  address: string,
  limits: ApiLimits,
): Promise<void> {
  const key = `setup:address:${networkOf(address)}`;
  const { allowed, retryAfterMs } = await rateLimit(key, limits.loginPerAddressMax, limits.loginWindowMs);
  if (!allowed) throw new ApiProblem('too-many', { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) });
}

async function limitTries(ports: LoginPorts, name: string, address: string): Promise<void> {
  const { loginWindowMs, loginPerAccountMax, loginPerAddressMax } = ports.limits;
  const account = hashSecret(name.normalize('NFC').toLowerCase()).slice(0, 32);
  for (const [key, limit] of [
    [`login:address:${networkOf(address)}`, loginPerAddressMax],
    [`login:account:${account}`, loginPerAccountMax],
  ] as const) {
    const { allowed, retryAfterMs } = await ports.rateLimit(key, limit, loginWindowMs);
    if (!allowed) {
      const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
      ports.log.warn({ address, limit: key.split(':', 2).join(':') }, 'login tries limited');
      throw new ApiProblem('too-many', { retryAfterSeconds });
    }
  }
}

/** An IPv6 user commands a whole /64, so that is what counts as one address. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return `${filled.slice(0, 4).join(':')}::/64`;
}

/** Failures are audited up to a bound a minute, so that a flood of them cannot fill the ledger; the rest is logged. */
function createFailureAudit(
  ports: LoginPorts,
): (account: Account | null, name: string, address: string) => Promise<void> {
  let windowStartMs = 0;
  let written = 0;
  let left = 0;
  return async (account, name, address) => {
    const nowMs = ports.clock();
    if (nowMs - windowStartMs >= 60_000) {
      if (left > 0) ports.log.warn({ left }, 'login failures not audited one by one in the last window');
      windowStartMs = nowMs;
      written = 0;
      left = 0;
    }
    if (written >= ports.limits.auditedFailuresPerMinuteMax) {
      left += 1;
      return;
    }
    written += 1;
    const subject = account?.id ?? 'unknown';
    await audit(ports, subject, 'anonymous', 'login-refused', { address, name: account?.name ?? veiled(name) });
  };
}

/** An unknown name may be a password typed into the wrong box: its first letter and length are enough to tell a spray. */
function veiled(name: string): string {
  const points = [...name];
  return `${/^[\p{L}\p{N}]$/u.test(points[0] ?? '') ? points[0] : ''}… (${points.length})`;
}

import type { Account, Role } from '../model/account.ts';
import { ApiProblem } from './errors.ts';
import { appendLocked, documentOf, type LedgerPorts, withLock } from './ledger-write.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import * as schemas from './schemas/model.ts';
import { newId } from './secrets.ts';
import { newSetupCode } from './setup-code.ts';

export interface AccountPorts extends LedgerPorts {
  readonly passwords: Passwords;
  readonly subjectsMax: number;
  readonly setupCodeMs: number;
}

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  /** Read for the role owner only. */
  readonly systems: readonly string[];
  /** Without one the account waits for its one-time link. */
  readonly password?: string;
}

export interface CreatedAccount {
  readonly account: Account;
  /** One-time code to choose a password with; null when one was given. Shown once. */
  readonly setupCode: string | null;
}

/** Actors of ledger rows that are nobody's account; an account of that name could pass for them. */
const reservedNames: readonly string[] = ['system', 'cli', 'setup', 'anonymous', 'unknown'];

/**
 * Creates an account; names are compared without case. Throws `name-taken`, `password-weak`, `bad-request`, `full`.
 * One lock for all accounts: two people creating the same name at once must not both succeed.
 */
export async function createAccount(ports: AccountPorts, wanted: NewAccount, actor: string): Promise<CreatedAccount> {
  const name = wanted.name.normalize('NFC');
  if (!schemas.accountName.safeParse(name).success)
    throw new ApiProblem('bad-request', { message: 'Bad account name.' });
  if (reservedNames.some((reserved) => sameName(reserved, name))) throw new ApiProblem('name-taken');
  if (wanted.password !== undefined) checkPassword(wanted.password, name);
  const account = await withLock(ports, 'account', '*', async () => {
    const existing = await readAccounts(ports);
    if (existing.length >= ports.subjectsMax) throw new ApiProblem('full');
    if (existing.some(({ account }) => sameName(account.name, name))) throw new ApiProblem('name-taken');
    const account: Account = {
      id: newId('acc'),
      name,
      role: wanted.role,
      systems: wanted.role === 'owner' ? [...wanted.systems] : [],
      passwordHash: wanted.password === undefined ? '' : await ports.passwords.hash(wanted.password),
      disabled: false,
    };
    const document = documentOf(account);
    await appendLocked(ports, { kind: 'account', subject: account.id, actor, action: 'create', document });
    return account;
  });
  // Outside the lock: using a code takes the code's lock first and the accounts' second.
  const setupCode = wanted.password === undefined ? await newSetupCode(ports, account.id, actor) : null;
  return { account, setupCode };
}

export interface AccountPatch {
  readonly role?: Role;
  readonly systems?: readonly string[];
  readonly disabled?: boolean;
  /** Takes the password away and gives a new one-time code. */
  readonly resetPassword?: boolean;
  readonly version?: number;
}

export interface ChangedAccount extends CreatedAccount {
  readonly version: number;
}

/** Throws `not-found`, `conflict`, `last-admin`. The caller ends the account's sessions when it lost something. */
export async function changeAccount(
  ports: AccountPorts,
  id: string,
  patch: AccountPatch,
  actor: string,
): Promise<ChangedAccount> {
  const changed = await withLock(ports, 'account', '*', async () => {
    const all = await readAccounts(ports);
    const found = all.find(({ account }) => account.id === id);
    if (found === undefined) throw new ApiProblem('not-found');
    const role = patch.role ?? found.account.role;
    const account: Account = {
      ...found.account,
      role,
      systems: role === 'owner' ? [...(patch.systems ?? found.account.systems)] : [],
      disabled: patch.disabled ?? found.account.disabled,
      passwordHash: patch.resetPassword === true ? '' : found.account.passwordHash,
    };
    const others = all.filter((other) => other.account.id !== id);
    if (isActiveAdmin(found.account) && !isActiveAdmin(account) && !others.some((o) => isActiveAdmin(o.account))) {
      throw new ApiProblem('last-admin');
    }
    const expectedVersion = patch.version ?? found.version;
    const action = patch.resetPassword === true ? 'reset-password' : 'change';
    const document = documentOf(account);
    const row = await appendLocked(ports, { kind: 'account', subject: id, actor, action, document, expectedVersion });
    return { account, version: row.version };
  });
  const setupCode = patch.resetPassword === true ? await newSetupCode(ports, id, actor) : null;
  return { ...changed, setupCode };
}

/** Throws `password-weak`, `not-found`. */
export function setPassword(ports: AccountPorts, id: string, password: string, actor: string): Promise<Account> {
  return withLock(ports, 'account', '*', async () => {
    const found = (await readAccounts(ports)).find(({ account }) => account.id === id);
    if (found === undefined || found.account.disabled) throw new ApiProblem('not-found');
    checkPassword(password, found.account.name);
    const account: Account = { ...found.account, passwordHash: await ports.passwords.hash(password) };
    const document = documentOf(account);
    await appendLocked(ports, { kind: 'account', subject: id, actor, action: 'set-password', document });
    return account;
  });
}

/** All accounts as the ledger has them now, past any cache: for decisions taken under the lock. */
export async function readAccounts(
  ports: Pick<LedgerPorts, 'ledger'>,
): Promise<readonly { readonly account: Account; readonly version: number }[]> {
  const rows = await ports.ledger.all('account');
  return rows.flatMap((row) => {
    const read = schemas.account.safeParse(row.document);
    return read.success ? [{ account: read.data, version: row.version }] : [];
  });
}

export function isActiveAdmin(account: Account): boolean {
  return account.role === 'admin' && !account.disabled && account.passwordHash !== '';
}

export function sameName(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}

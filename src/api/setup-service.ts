import type { Account } from '../model/account.ts';
import { type AccountPorts, createAccount, isActiveAdmin, readAccounts, setPassword } from './accounts-service.ts';
import { ApiProblem } from './errors.ts';
import { appendLocked, type LedgerPorts, withLock } from './ledger-write.ts';
import { hashSecret, looksLikeSecret } from './secrets.ts';
import { firstAdmin, isUsable, newSetupCode, type SetupCode, setupCode } from './setup-code.ts';

export interface FirstAdminLink {
  readonly code: string;
  /** To be put behind the board's address. In the fragment, so that it reaches no server log and no Referer. */
  readonly path: string;
}

/** A fresh one-time link while there is no active administrator, else null. */
export async function firstAdminLink(
  ports: LedgerPorts & { readonly setupCodeMs: number },
): Promise<FirstAdminLink | null> {
  if ((await readAccounts(ports)).some(({ account }) => isActiveAdmin(account))) return null;
  const code = await newSetupCode(ports, firstAdmin, 'system');
  return { code, path: setupPath(code) };
}

export function setupPath(code: string): string {
  return `/setup#code=${code}`;
}

export interface SetupRequest {
  readonly code: string;
  readonly password: string;
  /** Name of the first administrator; not read for an account that has a name already. */
  readonly name?: string;
}

/** Uses a code up. Throws `setup-refused`, `password-weak`, `name-taken`; after a refusal the code stays usable. */
export function useSetupCode(ports: AccountPorts, request: SetupRequest): Promise<Account> {
  return useCode(ports, request.code, 'password', (code) => applyCode(ports, code, request));
}

/** The account an entry code signs in; uses the code up. Throws `setup-refused`. */
export function useEntryCode(ports: AccountPorts, code: string): Promise<Account> {
  return useCode(ports, code, 'enter', async ({ account: id }) => {
    const account = (await readAccounts(ports)).find((each) => each.account.id === id)?.account;
    if (account === undefined || account.disabled || account.passwordHash === '') throw new ApiProblem('setup-refused');
    return account;
  });
}

async function useCode(
  ports: AccountPorts,
  code: string,
  purpose: SetupCode['purpose'],
  apply: (code: SetupCode) => Promise<Account>,
): Promise<Account> {
  if (!looksLikeSecret('setup', code)) throw new ApiProblem('setup-refused');
  const subject = await findCode(ports, hashSecret(code));
  if (subject === null) throw new ApiProblem('setup-refused');
  return withLock(ports, 'setting', subject, async () => {
    const row = await ports.ledger.newest('setting', subject);
    const read = setupCode.safeParse(row?.document);
    const usable = row !== null && read.success && isUsable(read.data, hashSecret(code), ports.clock());
    if (!usable || read.data.purpose !== purpose) throw new ApiProblem('setup-refused');
    const account = await apply(read.data);
    const document = { ...read.data, used: true };
    await appendLocked(ports, { kind: 'setting', subject, actor: account.id, action: 'setup-used', document });
    return account;
  });
}

async function applyCode(ports: AccountPorts, code: SetupCode, request: SetupRequest): Promise<Account> {
  if (code.account !== firstAdmin) return setPassword(ports, code.account, request.password, code.account);
  if ((await readAccounts(ports)).some(({ account }) => isActiveAdmin(account))) throw new ApiProblem('setup-refused');
  if (request.name === undefined) throw new ApiProblem('bad-request', { message: 'Choose a name.' });
  const wanted = { name: request.name, role: 'admin', systems: [], password: request.password } as const;
  return (await createAccount(ports, wanted, 'setup')).account;
}

async function findCode(ports: AccountPorts, hash: string): Promise<string | null> {
  for (const row of await ports.ledger.all('setting')) {
    const read = setupCode.safeParse(row.document);
    if (read.success && isUsable(read.data, hash, ports.clock())) return row.subject;
  }
  return null;
}

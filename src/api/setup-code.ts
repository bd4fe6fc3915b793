import { z } from 'zod';
import { appendLocked, type LedgerPorts, withLock } from './ledger-write.ts';
import { hashSecret, newSecret } from './secrets.ts';

/**
 * One-time codes: the first administrator's, and one for each account made without a password. Kept hashed in the
 * ledger (kind `setting`, subject `setup:<account id>` or `setup:first-admin`), so they outlive a restart and FLUSHALL.
 */
export interface SetupCode {
  readonly account: string;
  readonly codeHash: string;
  readonly expiresMs: number;
  readonly used: boolean;
  /** `password`: its holder chooses one · `enter`: its holder is signed in, once. */
  readonly purpose: 'password' | 'enter';
}

export const setupCode: z.ZodType<SetupCode> = z.object({
  account: z.string(),
  codeHash: z.string(),
  expiresMs: z.number(),
  used: z.boolean(),
  purpose: z.enum(['password', 'enter']),
});

export const firstAdmin = 'first-admin';

/** A new code for the account; an older one of the same account and purpose stops working. */
export function newSetupCode(
  ports: LedgerPorts & { readonly setupCodeMs: number },
  account: string,
  actor: string,
): Promise<string> {
  return newCode(ports, { account, purpose: 'password', ttlMs: ports.setupCodeMs }, actor);
}

/** A code that signs its holder in as the account, once: for a link that is opened by the one who made it. */
export function newEntryCode(
  ports: LedgerPorts,
  o: { readonly account: string; readonly ttlMs: number },
  actor: string,
): Promise<string> {
  return newCode(ports, { ...o, purpose: 'enter' }, actor);
}

async function newCode(
  ports: LedgerPorts,
  o: { readonly account: string; readonly purpose: SetupCode['purpose']; readonly ttlMs: number },
  actor: string,
): Promise<string> {
  const { account, purpose } = o;
  const code = newSecret('setup');
  const document = { account, purpose, codeHash: hashSecret(code), expiresMs: ports.clock() + o.ttlMs, used: false };
  const subject = `${purpose === 'enter' ? 'enter' : 'setup'}:${account}`;
  await withLock(ports, 'setting', subject, () =>
    appendLocked(ports, {
      kind: 'setting',
      subject,
      actor,
      action: purpose === 'enter' ? 'enter-code' : 'setup-code',
      document,
    }),
  );
  return code;
}

export function isUsable(code: SetupCode, hash: string, nowMs: number): boolean {
  return !code.used && code.codeHash === hash && code.expiresMs > nowMs;
}

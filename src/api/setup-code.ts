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
}

export const setupCode: z.ZodType<SetupCode> = z.object({
  account: z.string(),
  codeHash: z.string(),
  expiresMs: z.number(),
  used: z.boolean(),
});

export const firstAdmin = 'first-admin';

/** A new code for the account; an older one of the same account stops working. */
export async function newSetupCode(
  ports: LedgerPorts & { readonly setupCodeMs: number },
  account: string,
  actor: string,
): Promise<string> {
  const code = newSecret('setup');
  const document = { account, codeHash: hashSecret(code), expiresMs: ports.clock() + ports.setupCodeMs, used: false };
  const subject = `setup:${account}`;
  await withLock(ports, 'setting', subject, () =>
    appendLocked(ports, { kind: 'setting', subject, actor, action: 'setup-code', document }),
  );
  return code;
}

export function isUsable(code: SetupCode, hash: string, nowMs: number): boolean {
  return !code.used && code.codeHash === hash && code.expiresMs > nowMs;
}

import { hash, verify } from '@node-rs/argon2';
import { ApiProblem } from './errors.ts';

/** Argon2id, 19 MiB, two passes, one lane: the first choice of OWASP's password storage cheat sheet. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const passwordLengthMin = 12;
export const passwordLengthMax = 256;

/** Throws `password-weak`. Length counts code points; the name is compared without case. */
export function checkPassword(password: string, name: string): void {
  const text = password.normalize('NFKC');
  const points = [...text];
  const isName = text.toLowerCase().replaceAll(/\s/g, '') === name.normalize('NFKC').toLowerCase();
  const weak = points.length < passwordLengthMin || points.length > passwordLengthMax || new Set(points).size < 4;
  if (weak || isName) throw new ApiProblem('password-weak');
}

export interface Passwords {
  /** PHC string. */
  hash(password: string): Promise<string>;
  /** False for a wrong password and for an empty or unreadable hash, always after the same amount of work. */
  matches(phc: string, password: string): Promise<boolean>;
}

/**
 * Password work with a bound: each computation takes 19 MiB and a thread of the pool, so a flood of logins must not
 * take the machine. Throws `busy` when `waitingMax` others wait already.
 */
export function createPasswords(limits: { readonly workMax: number; readonly waitingMax: number }): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (running >= limits.workMax) {
      if (waiting.length >= limits.waitingMax) throw new ApiProblem('busy', { retryAfterSeconds: 2 });
      await new Promise<void>((go) => waiting.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  let dummy: Promise<string> | null = null;
  return {
    hash: (password) => bounded(() => hash(password.normalize('NFKC'), cost)),
    matches: (phc, password) =>
      bounded(async () => {
        dummy ??= hash('a password nobody has', cost);
        const spare = await dummy;
        const usable = phc.startsWith('$argon2id$');
        const same = await verify(usable ? phc : spare, password.normalize('NFKC')).catch(() => false);
        return usable && same;
      }),
  };
}

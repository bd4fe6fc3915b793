import { createHash, randomBytes } from 'node:crypto';

/** Prefixes tell a leaked secret's kind at a glance: collector, API, session, one-time set-up code. */
const secretPrefixes = { collector: 'vgc_', api: 'vga_', session: 'vgs_', setup: 'vgo_' } as const;
export type SecretKind = keyof typeof secretPrefixes;

/** A bearer secret of 32 random bytes, base64url behind its prefix; shown once, never stored. */
export function newSecret(kind: SecretKind): string {
  return secretPrefixes[kind] + randomBytes(32).toString('base64url');
}

const shapes: Readonly<Record<SecretKind, RegExp>> = {
  collector: /^vgc_[\w-]{43}$/,
  api: /^vga_[\w-]{43}$/,
  session: /^vgs_[\w-]{43}$/,
  setup: /^vgo_[\w-]{43}$/,
};

/** Cheap refusal of what cannot be a secret of ours, before anything is hashed or looked up. */
export function looksLikeSecret(kind: SecretKind, text: string): boolean {
  return shapes[kind].test(text);
}

/**
 * SHA-256, hex. A plain hash suffices: the secrets carry 256 random bits, so there is nothing to guess, and looking a
 * hash up leaks no usable timing.
 */
export function hashSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A short random id with a kind prefix, e.g. `acc-3f9c…`. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(8).toString('hex')}`;
}

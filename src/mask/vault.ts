import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { MaskedValue, SealedValue } from '../model/personal.ts';

export interface Seal {
  seal(value: MaskedValue): SealedValue;
  /** null when it was sealed with another key or tampered with. */
  open(sealed: SealedValue): string | null;
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM under a key derived from the masking key, bound to token and kind (NIST SP 800-38D). */
export function createSeal(key: Uint8Array): Seal {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'vonggac masked values', 32));
  const bound = ({ token, kind }: Pick<SealedValue, 'token' | 'kind'>): Buffer => Buffer.from(`${kind}:${token}`);
  return {
    seal({ token, kind, value }) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', own, nonce).setAAD(bound({ token, kind }));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return { token, kind, sealed: Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64') };
    },
    open(value) {
      const bytes = Buffer.from(value.sealed, 'base64');
      if (bytes.length < nonceBytes + tagBytes) return null;
      const end = bytes.length - tagBytes;
      try {
        const decipher = createDecipheriv('aes-256-gcm', own, bytes.subarray(0, nonceBytes))
          .setAAD(bound(value))
          .setAuthTag(bytes.subarray(end));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}

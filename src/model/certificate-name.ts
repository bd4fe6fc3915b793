/** How a client certificate is named at a source: a name in it, or its fingerprint (docs/collectors.md, Who sends). */

/** A name or fingerprint as it is compared: without case, colons of a fingerprint and its `sha256:`. */
export function certificateKey(text: string): string {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/^sha-?256[:=]/, '')
    .replaceAll(':', '');
  return /^[0-9a-f]{64}$/.test(hex) ? hex : text.trim().toLowerCase();
}

/**
 * `pem`: the certificate itself · `subject`: a whole subject where its name is wanted · `sha1`, `md5`: a fingerprint of
 * another kind · `digits`: meant to be a SHA-256 fingerprint, but it has not 64 hexadecimal digits.
 */
export type CertificateFault = 'pem' | 'subject' | 'sha1' | 'md5' | 'digits';

/** As openssl, Windows and browsers write one. */
const fingerprintLike = /^(?:[0-9a-z]{2}[: ]){7,}[0-9a-z]{1,2}:?$|^[0-9a-f]{32,}$/i;

/** What is wrong with a name or fingerprint, which no certificate would ever be known by; null when it may be one. */
export function certificateFault(text: string): CertificateFault | null {
  const named = text.trim();
  if (named.includes('-----')) return 'pem';
  if (/^(?:subject ?[=:]|(?:CN|C|O|OU|L|ST|DC) ?=)/i.test(named)) return 'subject';
  const [, kind, rest] = /^(sha-?1|sha-?256|md5)(?: fingerprint)?[:=](.*)$/i.exec(named) ?? [];
  const isSha256 = kind === undefined || /256/.test(kind);
  if (kind === undefined && !fingerprintLike.test(named)) return null;
  const digits = (rest ?? named).replace(/[\s:]/g, '');
  if (isSha256 && /^[0-9a-f]{64}$/i.test(digits)) return null;
  if (/sha-?1$/i.test(kind ?? '') || digits.length === 40) return 'sha1';
  return kind?.toLowerCase() === 'md5' || digits.length === 32 ? 'md5' : 'digits';
}

/** As it is kept: a fingerprint as openssl writes it, whatever was around it; a name as it is. */
export function certificateName(text: string): string {
  const bare = text
    .trim()
    .replace(/^sha-?256(?: fingerprint)?[:=]/i, '')
    .replace(/[\s:]/g, '');
  if (!/^[0-9a-f]{64}$/i.test(bare)) return text.trim().normalize('NFC');
  return bare.toUpperCase().replace(/(..)(?!$)/g, '$1:');
}

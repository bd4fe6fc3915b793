/**
 * Personal data and secrets that a log line may carry (Luật 91/2025, NĐ 356/2025 Điều 3–4: citizen's number, telephone,
 * account data and health insurance are personal data) and that are masked before the line is stored.
 */
export const personalKinds = ['cccd', 'bhyt', 'phone', 'email', 'secret'] as const;

/**
 * `cccd`: number of the citizen's identity card · `bhyt`: code of the health-insurance card · `phone` · `email`: its local
 * part · `secret`: a password or token in an address or a header · `bytes`: the bytes of a line that had one of them.
 */
export type PersonalKind = (typeof personalKinds)[number] | 'bytes';

/** A value that was masked: what stands in its place everywhere, and what it was. */
export interface MaskedValue {
  /** 16 hex digits: the same value has the same token, so that events still join. */
  readonly token: string;
  readonly kind: PersonalKind;
  readonly value: string;
}

/** A masked value as it is kept: who has the store but not the masking key reads nothing. */
export interface SealedValue {
  readonly token: string;
  readonly kind: PersonalKind;
  /** Nonce, ciphertext and tag, base64. */
  readonly sealed: string;
}

/** What stands in a line: `PII~cccd~0f3c…`. Letters, digits and `~` only, so that no format is broken by it. */
export const maskPattern: RegExp = /PII~(cccd|bhyt|phone|email|secret|bytes)~([0-9a-f]{16})/g;

export function maskText(kind: PersonalKind, token: string): string {
  return `PII~${kind}~${token}`;
}

import { createHash, createPublicKey, verify } from 'node:crypto';
import type { AgentBundle, SignedBundle } from '../model/agent.ts';
import { readAgentConfig } from './config.ts';

/** A bundle that is not to be followed; the message says why. */
export class BundleRefused extends Error {
  readonly code = 'bundle-refused';
}

/**
 * The bundle in an answer, when it is signed with the pinned key, meant for this agent and no older than the one in force.
 * Throws BundleRefused.
 */
export function readBundle(
  signed: SignedBundle,
  pinned: { readonly fingerprint: string; readonly token: string; readonly version: number },
): AgentBundle {
  const { bundle, signature, key } = signed;
  if (![bundle, signature, key].every((each) => typeof each === 'string')) throw new BundleRefused('it is no bundle');
  const raw = Buffer.from(key, 'base64');
  if (`SHA256:${createHash('sha256').update(raw).digest('base64url')}` !== pinned.fingerprint)
    throw new BundleRefused('it is signed with another key than the pinned one');
  const bytes = Buffer.from(bundle, 'base64');
  if (!isSigned(bytes, raw, Buffer.from(signature, 'base64'))) throw new BundleRefused('its signature is wrong');
  const read = JSON.parse(bytes.toString('utf8')) as AgentBundle;
  if (read.audience !== audienceOf(pinned.token)) throw new BundleRefused('it is meant for another agent');
  if (read.version < pinned.version)
    throw new BundleRefused(`it is older (version ${read.version}) than the one in force (${pinned.version})`);
  const { inputs, spoolBytesMax, whenFull } = read.config;
  return { ...read, config: readAgentConfig({ inputs, spool_bytes_max: spoolBytesMax, when_full: whenFull }) };
}

/** How an agent is named without giving its token away. */
export function audienceOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function isSigned(bytes: Buffer, rawKey: Buffer, signature: Buffer): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: rawKey.toString('base64url') };
    return verify(null, bytes, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch {
    return false;
  }
}

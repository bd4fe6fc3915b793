import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import path from 'node:path';
import type { AgentBundle, SignedBundle } from '../model/agent.ts';
import { madeOnce } from './made-once.ts';

/** The key that signs what agents are told to do. */
export interface AgentKey {
  /** `SHA256:` and the hash of the raw public key, base64url: what is pinned in an agent. */
  readonly fingerprint: string;
  sign(bundle: AgentBundle): SignedBundle;
}

/** Reads the key, or makes it at the first start. Processes that share a data directory share the key. */
export function openAgentKey(dataDir: string): AgentKey {
  const make = (): string =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = createPrivateKey(madeOnce(path.join(dataDir, 'agent-key.pem'), make));
  const raw = rawPublicKey(key);
  return {
    fingerprint: `SHA256:${createHash('sha256').update(raw).digest('base64url')}`,
    sign(bundle) {
      const bytes = Buffer.from(JSON.stringify(bundle));
      const signature = sign(null, bytes, key).toString('base64');
      return { bundle: bytes.toString('base64'), signature, key: raw.toString('base64') };
    },
  };
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

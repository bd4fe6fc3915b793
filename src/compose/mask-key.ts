import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { madeOnce } from './made-once.ts';

const keyBytes = 32;

/**
 * The masking key: of the setting (64 hex digits), or of a file beside the data that is made at the first start. Whoever
 * has it and the store reads what was masked; whoever loses it reads it never again.
 * @throws when the setting or the file is not such a key.
 */
export function openMaskKey(o: { readonly setting: string; readonly dataDir: string }): Uint8Array {
  if (o.setting !== '') return keyOf(o.setting, 'VONGGAC_MASKING_KEY');
  const place = path.join(o.dataDir, 'masking.key');
  return keyOf(madeOnce(place, () => `${randomBytes(keyBytes).toString('hex')}\n`).trim(), place);
}

function keyOf(hex: string, where: string): Uint8Array {
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) throw new Error(`${where}: the masking key must be 64 hex digits`);
  return Buffer.from(hex, 'hex');
}

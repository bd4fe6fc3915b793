import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const keyBytes = 32;

/**
 * The masking key: of the setting (64 hex digits), or of a file beside the data that is made at the first start. Whoever
 * has it and the store reads what was masked; whoever loses it reads it never again.
 * @throws when the setting or the file is not such a key.
 */
export async function openMaskKey(o: { readonly setting: string; readonly dataDir: string }): Promise<Uint8Array> {
  if (o.setting !== '') return keyOf(o.setting, 'VONGGAC_MASKING_KEY');
  const file = path.join(o.dataDir, 'masking.key');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) return keyOf(text.trim(), file);
  const key = randomBytes(keyBytes);
  // `wx`: two processes that start at once must not make two keys.
  await writeFile(file, `${key.toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  await chmod(file, 0o600);
  return key;
}

function keyOf(hex: string, where: string): Uint8Array {
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) throw new Error(`${where}: the masking key must be 64 hex digits`);
  return Buffer.from(hex, 'hex');
}

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const hasOpenssl: boolean = existsSync('/usr/bin/openssl');

export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of the test's own, in a directory. */
export interface Authority {
  readonly ca: string;
  issue(name: string, alternatives?: string): Issued;
}

function openssl(...args: readonly string[]): void {
  const done = spawnSync('/usr/bin/openssl', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`openssl ${args[0]}: ${done.stderr}`);
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

/** Makes one with openssl; `alternatives` as openssl writes them (`DNS:a,IP:127.0.0.1`). */
export function createAuthority(dir: string, name = 'ca'): Authority {
  const at = (file: string): string => path.join(dir, file);
  const ca = at(`${name}.crt`);
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', ca);
  return {
    ca,
    issue(subject, alternatives = 'DNS:localhost,IP:127.0.0.1') {
      const [key, request, certificate] = [at(`${subject}.key`), at(`${subject}.csr`), at(`${subject}.crt`)];
      openssl('req', '-new', ...newKey, '-subj', `/CN=${subject}`, '-keyout', key, '-out', request);
      const extensions = at(`${subject}.ext`);
      writeFileSync(extensions, `subjectAltName=${alternatives}\n`);
      const signer = ['-CA', ca, '-CAkey', at(`${name}.key`), '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', certificate);
      return { certificate, key };
    },
  };
}

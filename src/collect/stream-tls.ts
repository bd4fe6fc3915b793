import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';

/** Where a listener's certificate is, and whose client certificates it believes. */
export interface TlsFiles {
  /** PEM: the certificate and those between it and its root. */
  readonly certificate: string;
  readonly key: string;
  /** PEM: who may sign clients' certificates; '' asks for none. */
  readonly clientCa: string;
  /** Whether a client without a certificate is refused. */
  readonly clientsRequired: boolean;
}

/** The files are not there, not readable, or do not belong together. */
class TlsFilesError extends Error {
  readonly code = 'tls-files';
}

/** Reads and tries the files. Throws TlsFilesError. */
export async function readTlsFiles(files: TlsFiles): Promise<SecureContextOptions> {
  try {
    const [cert, key, ca] = await Promise.all([
      readFile(files.certificate, 'utf8'),
      readFile(files.key, 'utf8'),
      files.clientCa === '' ? undefined : readFile(files.clientCa, 'utf8'),
    ]);
    const options: SecureContextOptions = { cert, key, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' };
    createSecureContext(options);
    return options;
  } catch (error) {
    throw new TlsFilesError(`TLS certificate, key or client CA: ${error instanceof Error ? error.message : error}`);
  }
}

/** Calls `take` with the files anew whenever they changed and belong together; `tell` when they do not. */
export function followTlsFiles(
  files: TlsFiles,
  now: SecureContextOptions,
  everyMs: number,
  take: (options: SecureContextOptions) => void,
  tell: (reason: string) => void,
): () => void {
  let current = JSON.stringify(now);
  let told = '';
  const look = async (): Promise<void> => {
    try {
      const options = await readTlsFiles(files);
      told = '';
      const read = JSON.stringify(options);
      if (read === current) return;
      current = read;
      take(options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told) tell(reason);
      told = reason;
    }
  };
  // Looked at, not watched: files are renamed into place, linked anew, or lie on a mount that tells nothing.
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}

const alternative = /(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/**
 * What a source may be registered by: the fingerprint (SHA-256), the names of the subject's alternatives, its common
 * names. Empty without a certificate; call it only for a connection whose certificate was checked.
 */
export function certificateNames(socket: TLSSocket): readonly string[] {
  const certificate = socket.getPeerCertificate();
  if (certificate.raw === undefined) return [];
  const alternatives = [...(certificate.subjectaltname ?? '').matchAll(alternative)].map(([, name = '']) =>
    name.startsWith('"') ? String(JSON.parse(name)) : name,
  );
  const common: unknown = certificate.subject.CN;
  return [certificate.fingerprint256, ...alternatives, ...[common].flat().map(String)].filter((name) => name !== '');
}

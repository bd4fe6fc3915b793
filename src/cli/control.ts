import { chmod, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import path from 'node:path';
import { type AdminCommand, type AdminResult, adminCommandOf } from './admin-command.ts';

/**
 * The control socket: `vonggac user add` and `token create` beside a running platform. The embedded engine lets one
 * process open its directory, so the command asks that process. Whoever may write into the data directory may ask.
 */
const bodyBytesMax = 64 * 1024;

/** Unix socket paths are short (107 bytes on Linux); a deep data directory falls back to a name in /tmp. */
function controlSocketOf(dataDir: string): string {
  return path.join(path.resolve(dataDir), 'control.sock');
}

export interface ControlServer {
  close(): Promise<void>;
}

/** Listens on the data directory's control socket, readable by its owner alone. */
export async function serveControl(
  dataDir: string,
  run: (command: AdminCommand) => Promise<AdminResult>,
): Promise<ControlServer> {
  const socket = controlSocketOf(dataDir);
  await rm(socket, { force: true });
  const server = createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8');
    req.on('data', (part: string) => {
      text += part;
      if (text.length > bodyBytesMax) req.destroy();
    });
    req.on('end', () => {
      const answer = (result: AdminResult): void => {
        res.end(JSON.stringify(result));
      };
      Promise.resolve()
        .then(() => run(adminCommandOf(JSON.parse(text))))
        .then(answer, (error: unknown) =>
          answer({ ok: false, message: error instanceof Error ? error.message : String(error) }),
        );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o600);
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(socket, { force: true });
    },
  };
}

/** Asks the running platform; null when none listens there. */
export function askControl(dataDir: string, command: AdminCommand): Promise<AdminResult | null> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: controlSocketOf(dataDir), method: 'POST', path: '/' }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (part: string) => {
        text += part;
      });
      res.on('end', () => {
        try {
          resolve(JSON.parse(text) as AdminResult);
        } catch {
          reject(new Error('the platform gave no readable answer on its control socket'));
        }
      });
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
    req.end(JSON.stringify(command));
  });
}

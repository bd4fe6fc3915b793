import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * A port of the loopback interface that stays free until it is used, and while who used it is away: it lies below those
 * that systems give out by themselves (Linux: from 32,768 on), to whoever listens on port 0 or connects meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree('tcp', port)) && (await isFree('udp', port))) return port;
  }
}

function isFree(kind: 'tcp' | 'udp', port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const taken = (): void => resolve(false);
    if (kind === 'tcp') {
      const server = createServer().once('error', taken);
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    } else {
      const socket = createSocket('udp4').once('error', taken);
      socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
    }
  });
}

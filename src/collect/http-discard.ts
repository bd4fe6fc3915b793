import type { IncomingMessage } from 'node:http';

/** Read away what is left of a body that was refused, within a bound, so that the client gets to read the answer. */
export async function discard(body: IncomingMessage, bytesMax: number, waitMs: number): Promise<void> {
  if (body.complete || body.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, waitMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) done();
    });
    body.once('end', done).once('close', done).once('error', done);
    body.resume();
  });
}

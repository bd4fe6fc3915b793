import type { AddressInfo } from 'node:net';

/** The duty officers' mailboxes of the demo: a real SMTP server on loopback that keeps nothing. */
export interface DemoMailbox {
  readonly url: string;
  close(): Promise<void>;
}

const messageBytesMax = 1 << 20;

/**
 * Opens one where the package `smtp-server` is installed (it comes with a development install, as `npm run demo` has);
 * null elsewhere: notices are then shown as not sent. `onMail` hears each recipient.
 */
export async function openDemoMailbox(onMail: (recipient: string) => void): Promise<DemoMailbox | null> {
  const library = await import('smtp-server').catch(() => null);
  if (library === null) return null;
  const server = new library.SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: messageBytesMax,
    onData: (stream, session, done) => {
      stream.resume();
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) onMail(address);
        done();
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

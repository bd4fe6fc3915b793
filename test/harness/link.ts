import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a client and a server: as slow as it is told, and cut when it is told. */
export interface Link {
  readonly url: string;
  /** Bytes a second in each direction; 0: as fast as it goes. */
  setPace(bytesPerSecond: number): void;
  /** Breaks every connection; new ones are broken too until `restore`. */
  cut(): void;
  restore(): void;
  /** Bytes from clients that were passed on. */
  readonly sentBytes: number;
  close(): Promise<void>;
}

const sliceMs = 20;

export async function openLink(port: number): Promise<Link> {
  const sockets = new Set<Socket>();
  let bytesPerSecond = 0;
  let isCut = false;
  let sentBytes = 0;

  /** Hands on what comes, a slice at a time. */
  async function carry(from: Socket, to: Socket, count: (bytes: number) => void): Promise<void> {
    for await (const chunk of from) {
      const bytes = chunk as Buffer;
      for (let at = 0; at < bytes.length; ) {
        const most = bytesPerSecond === 0 ? bytes.length : Math.max(1, Math.round((bytesPerSecond * sliceMs) / 1000));
        const slice = bytes.subarray(at, at + most);
        at += slice.length;
        if (to.destroyed) return;
        to.write(slice);
        count(slice.length);
        if (bytesPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, sliceMs));
      }
    }
    to.end();
  }

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const onward = connect(port, '127.0.0.1');
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        onward.destroy();
      });
    }
    const count = (bytes: number): void => {
      sentBytes += bytes;
    };
    carry(client, onward, count).catch(() => onward.destroy());
    carry(onward, client, () => undefined).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setPace: (pace) => {
      bytesPerSecond = pace;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    restore: () => {
      isCut = false;
    },
    get sentBytes() {
      return sentBytes;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

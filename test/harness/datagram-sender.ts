import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Sends datagrams from one loopback address (a source is known by it). */
export async function datagramSender(address: string, port: () => number) {
  const socket: Socket = createSocket('udp4');
  socket.bind({ address, port: 0 });
  await once(socket, 'listening');
  return {
    send: (text: string) => new Promise((resolve) => socket.send(text, port(), '127.0.0.1', resolve)),
    close: () => socket.close(),
  };
}

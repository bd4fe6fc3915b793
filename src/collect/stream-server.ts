import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { peerAddress } from './peer.ts';
import { type ConnectionTotals, type StreamConnection, serveConnection } from './stream-connection.ts';
import type { StreamHall } from './stream-hall.ts';
import type { StreamProtocol } from './stream-protocol.ts';
import { certificateNames, followTlsFiles, readTlsFiles, type TlsFiles } from './stream-tls.ts';

export interface StreamStats {
  readonly connections: number;
  readonly refusedConnections: number;
  readonly receivedLines: number;
  readonly heldBytes: number;
  /** Connections not being read because the belt is behind. */
  readonly paused: number;
  /** Lines given up: only while closing, or by a fault of ours. */
  readonly lostLines: number;
}

export interface StreamListener {
  readonly port: number;
  stats(): StreamStats;
  /** Stops listening and reading; resolves when everything read was handed over or given up. */
  stop(): Promise<void>;
  /** Breaks what is still open. */
  destroy(): void;
}

export interface StreamServerOptions {
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  /** null: without TLS. */
  readonly tls: TlsFiles | null;
  readonly protocol: StreamProtocol;
}

/** One listener for a protocol over TCP or TLS. Rejects when the port or the certificate cannot be had. */
export async function listenStream(o: StreamServerOptions, hall: StreamHall): Promise<StreamListener> {
  const { limits, clock } = hall;
  const { transport } = o;
  const log = hall.log.child({ transport });
  const total: ConnectionTotals & { refusedConnections: number } = {
    receivedLines: 0,
    refusedConnections: 0,
    heldBytes: 0,
    lostLines: 0,
  };
  const sockets = new Set<Socket>();
  const connections = new Set<StreamConnection>();
  const perPeer = new Map<string, number>();
  let lastRefusalLogMs = 0;
  let isStopping = false;

  function refused(peer: string, why: 'too-many' | 'handshake' | 'certificate', reason: string): void {
    total.refusedConnections += 1;
    hall.meters.refused(transport, why);
    if (clock() - lastRefusalLogMs < limits.dropLogMs) return;
    lastRefusalLogMs = clock();
    const facts = { peer, why, connections: sockets.size, refused: total.refusedConnections };
    log.warn(facts, `connection refused: ${reason}`);
  }

  /** Every connection counts from its first packet, so that unfinished handshakes are bounded too. */
  function admit(socket: Socket): boolean {
    const peer = peerAddress(socket.remoteAddress);
    const ofPeer = perPeer.get(peer) ?? 0;
    if (sockets.size >= limits.connectionsMax || ofPeer >= limits.connectionsPerPeerMax) {
      socket.destroy();
      refused(peer, 'too-many', 'too many');
      return false;
    }
    sockets.add(socket);
    perPeer.set(peer, ofPeer + 1);
    hall.meters.connections(transport, 1);
    socket.once('close', () => {
      sockets.delete(socket);
      hall.meters.connections(transport, -1);
      const left = (perPeer.get(peer) ?? 1) - 1;
      if (left > 0) perPeer.set(peer, left);
      else perPeer.delete(peer);
    });
    return true;
  }

  function serve(socket: Socket, certificate: readonly string[] | undefined): void {
    if (isStopping) {
      socket.destroy();
      return;
    }
    const peer = { transport, address: peerAddress(socket.remoteAddress), certificate };
    const connection = serveConnection(socket, peer, o.protocol, hall, total);
    connections.add(connection);
    void connection.done.then(() => connections.delete(connection));
  }

  /** The certificate is looked at here and not by the handshake, which would end it without a word of who and why. */
  function serveTls(socket: TLSSocket, { clientCa, clientsRequired }: TlsFiles): void {
    const names = clientCa === '' ? [] : certificateNames(socket);
    const isShown = names.length > 0;
    if ((isShown && !socket.authorized) || (!isShown && clientCa !== '' && clientsRequired)) {
      const reason = isShown ? `the client's certificate: ${socket.authorizationError}` : 'no client certificate';
      refused(peerAddress(socket.remoteAddress), 'certificate', reason);
      socket.destroy();
      return;
    }
    serve(socket, isShown ? names : undefined);
  }

  let unfollow = (): void => undefined;
  const server = await open();

  async function open(): Promise<Server> {
    if (o.tls === null)
      return createTcpServer({ noDelay: true }, (socket) => void (admit(socket) && serve(socket, undefined)));
    const { tls } = o;
    const files = await readTlsFiles(tls);
    const secure: TlsServer = createTlsServer({
      ...files,
      noDelay: true,
      handshakeTimeout: limits.handshakeMs,
      requestCert: tls.clientCa !== '',
      rejectUnauthorized: false,
    });
    secure.on('connection', admit);
    secure.on('secureConnection', (socket) => serveTls(socket, tls));
    secure.on('tlsClientError', (error, socket) => {
      refused(peerAddress(socket.remoteAddress), 'handshake', error.message);
      socket.destroy();
    });
    unfollow = followTlsFiles(
      tls,
      files,
      limits.certificateMs,
      (options) => {
        secure.setSecureContext(options);
        log.info({ certificate: tls.certificate }, 'the certificate was read anew');
      },
      (reason) => log.error({ reason }, 'the certificate in force stays: its files cannot be used'),
    );
    return secure;
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: o.host, port: o.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    unfollow();
    throw error;
  }
  server.on('error', (error) => log.error({ reason: error.message }, 'listener'));
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : o.port,
    stats: () => ({
      connections: sockets.size,
      paused: [...connections].filter((each) => each.isPaused).length,
      ...total,
    }),
    async stop() {
      unfollow();
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const served = [...connections];
      await Promise.all(served.map((each) => each.stop()));
      await Promise.all(served.map((each) => each.done));
      // Those left have not ended their handshake and said nothing.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

import type { DatagramSpoolStats } from '../collect/datagram-spool/spool.ts';
import { createElasticCollector } from '../collect/elastic.ts';
import { createHecCollector } from '../collect/hec.ts';
import type { HttpCollectorLimits } from '../collect/http-limits.ts';
import { createHttpCollector } from '../collect/http-ndjson.ts';
import { createHttpRoom, type HttpRoom } from '../collect/http-room.ts';
import { createLineHeaders } from '../collect/line-headers.ts';
import { createLokiCollector } from '../collect/loki.ts';
import { createOtlpCollector } from '../collect/otlp.ts';
import type { LineIntake } from '../collect/ports.ts';
import { openListeners, type Transport } from '../collect/stream-listeners.ts';
import { type Config, listenAddress } from '../config.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Register } from '../register/index.ts';
import { takeSpoolPlace } from './datagram-spool.ts';

export interface CollectorsOptions {
  readonly intake: LineIntake;
  readonly register: Register;
  /** The source of a bearer token, or null when the token is not (or no longer) one. */
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly http: HttpShare;
  readonly config: Config;
  readonly closeWaitMs: number;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Bounds of all HTTP collectors, and the one room their requests share. */
export interface HttpShare {
  readonly limits: Partial<HttpCollectorLimits>;
  readonly room: HttpRoom;
}

export function shareHttp(config: Config, metrics: Metrics): HttpShare {
  const limits = {
    bodyBytesMax: config.ingestBodyBytesMax,
    inflatedBytesMax: 2 * config.ingestBodyBytesMax,
    lineBytesMax: config.ingestLineBytesMax,
  };
  return { limits, room: createHttpRoom(metrics, limits) };
}

/** Everything by which lines come in: the listeners of their own, and what the HTTP server is to carry. */
export interface Collectors {
  readonly http: readonly ReturnType<typeof createHttpCollector>[];
  /** A port is 0 when it does not listen there. */
  readonly syslog: { readonly udpPort: number; readonly tcpPort: number };
  droppedUdp(): number;
  /** Datagrams that wait on the disk; null without such a spool. */
  spool(): DatagramSpoolStats | null;
  /** Stops reading and hands over what was read; close the belt only afterwards. */
  close(): Promise<void>;
}

/** Opens the collectors the settings ask for. Rejects when a port cannot be had; then none is left open. */
export async function openCollectors(o: CollectorsOptions): Promise<Collectors> {
  const { config, intake, clock, metrics } = o;
  const headers = createLineHeaders();
  const log = o.log.child({ part: 'collect' });
  const wanted: Readonly<Record<Transport, string>> = {
    'syslog-udp': config.syslogUdp,
    'syslog-tcp': config.syslogTcp,
    'syslog-tls': config.syslogTls,
    relp: config.relp,
    'relp-tls': config.relpTls,
    'gelf-udp': config.gelfUdp,
    'gelf-tcp': config.gelfTcp,
  };
  const place = await takeSpoolPlace(config, log);
  const listeners = await openListeners({
    intake,
    sourceOf: o.register.sourceOf,
    headers,
    listen: Object.fromEntries(
      Object.entries(wanted).flatMap(([transport, text]) => {
        const at = listenAddress(text);
        return at === null ? [] : [[transport, at]];
      }),
    ),
    tls: {
      certificate: config.collectTlsCertificate,
      key: config.collectTlsKey,
      clientCa: config.collectTlsClientCa,
      clientsRequired: config.collectTlsClients === 'required',
    },
    ...(place === null ? {} : { spoolDir: place.dir }),
    limits: { closeWaitMs: o.closeWaitMs, spoolBytesMax: config.spoolBytesMax },
    clock,
    log,
    metrics,
  }).catch(async (error: unknown) => {
    await place?.release();
    throw error;
  });
  log.info(listeners.ports, 'collectors listen');
  const parts = {
    intake,
    authenticate: o.authenticate,
    ...o.http,
    clock,
    log: o.log.child({ part: 'http-collector' }),
    metrics,
  };
  const http = [
    createHttpCollector({ ...parts, headers }),
    createElasticCollector({ ...parts, prefix: '/elastic' }),
    createOtlpCollector(parts),
    createHecCollector(parts),
    createLokiCollector(parts),
  ];
  return {
    http,
    syslog: { udpPort: listeners.ports['syslog-udp'] ?? 0, tcpPort: listeners.ports['syslog-tcp'] ?? 0 },
    droppedUdp: () => listeners.stats().droppedUdp,
    spool: () => listeners.stats().spool,
    async close() {
      await listeners.close();
      await place?.release();
    },
  };
}

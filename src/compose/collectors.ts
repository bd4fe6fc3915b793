import { createHttpCollector } from '../collect/http-ndjson.ts';
import type { LineIntake } from '../collect/ports.ts';
import { createSyslogCollector } from '../collect/syslog.ts';
import { type Config, listenAddress } from '../config.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Register } from '../register/index.ts';

export interface CollectorsOptions {
  readonly intake: LineIntake;
  readonly register: Register;
  /** The source of a bearer token, or null when the token is not (or no longer) one. */
  readonly authenticate: (token: string) => Promise<Source | null>;
  readonly config: Config;
  readonly closeWaitMs: number;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Everything by which lines come in: the listeners of their own, and what the HTTP server is to carry. */
export interface Collectors {
  readonly http: readonly ReturnType<typeof createHttpCollector>[];
  /** null when syslog is wholly off; a port is 0 when it does not listen there. */
  readonly syslog: { readonly udpPort: number; readonly tcpPort: number } | null;
  droppedUdp(): number;
  /** Stops reading and hands over what was read; close the belt only afterwards. */
  close(): Promise<void>;
}

/** Opens the collectors the settings ask for. Rejects when a port cannot be had; then none is left open. */
export async function openCollectors(o: CollectorsOptions): Promise<Collectors> {
  const { config, intake, clock, metrics } = o;
  const udp = listenAddress(config.syslogUdp);
  const tcp = listenAddress(config.syslogTcp);
  const syslog =
    udp === null && tcp === null
      ? null
      : await createSyslogCollector({
          intake,
          sourceOf: o.register.sourceOf,
          ...(udp === null ? {} : { udp }),
          ...(tcp === null ? {} : { tcp }),
          limits: { closeWaitMs: o.closeWaitMs },
          clock,
          log: o.log.child({ part: 'syslog' }),
          metrics,
        });
  const http = [
    createHttpCollector({
      intake,
      authenticate: o.authenticate,
      limits: {
        bodyBytesMax: config.ingestBodyBytesMax,
        inflatedBytesMax: 2 * config.ingestBodyBytesMax,
        lineBytesMax: config.ingestLineBytesMax,
      },
      clock,
      log: o.log.child({ part: 'http-collector' }),
      metrics,
    }),
  ];
  return {
    http,
    syslog: syslog === null ? null : { udpPort: syslog.udpPort, tcpPort: syslog.tcpPort },
    droppedUdp: () => syslog?.stats().droppedUdp ?? 0,
    close: async () => syslog?.close(),
  };
}

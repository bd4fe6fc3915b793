import type { Server } from 'node:http';
import type { Logger } from '../observe/log.ts';
import type { MetricsPort } from './ports.ts';

/** Refusals are logged at most this often. */
const tellMs = 10_000;

/**
 * Bounds the open connections of the HTTP server: a flood of them must not take the file descriptors that the stores
 * need. What is over the bound is closed at once; those that are open go on.
 */
export function boundConnections(
  server: Server,
  o: {
    readonly max: number;
    readonly metrics: MetricsPort;
    readonly clock: () => number;
    readonly log: Logger;
  },
): void {
  const refused = o.metrics.counter('api_connections_refused_total', 'HTTP connections over the bound');
  let toldMs = Number.NEGATIVE_INFINITY;
  server.maxConnections = o.max;
  server.on('drop', (from) => {
    refused.inc();
    if (o.clock() - toldMs < tellMs) return;
    toldMs = o.clock();
    o.log.warn({ peer: from?.remoteAddress, connections: o.max }, 'HTTP connection refused: too many are open');
  });
}

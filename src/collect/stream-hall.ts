import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { LineHeaders } from './line-headers.ts';
import type { PersistentSubmit } from './persistent-submit.ts';
import type { StreamLimits } from './stream-limits.ts';

/** What collectors of all transports work with. */
export interface CollectorPorts {
  /** The source of a sender by its address and the names of its client certificate; unknown ones get one of their own. */
  readonly sourceOf: (peer: string, certificate?: readonly string[]) => Source;
  readonly submit: PersistentSubmit;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What all connections share: bounds that hold for all of them, and who waits for room. */
export interface StreamHall extends CollectorPorts {
  readonly limits: StreamLimits;
  readonly headers: LineHeaders;
  readonly meters: StreamMeters;
  /** Bytes held for all connections. */
  hold(bytes: number): void;
  readonly isFull: boolean;
  /** Connections that are not read until there is room again. */
  readonly waiting: Set<() => void>;
}

export interface StreamMeters {
  /** `unanswered`: not taken, and the sender keeps it. */
  lines(transport: string, outcome: 'taken' | 'lost' | 'unanswered', count: number): void;
  /** One more or one less is open. */
  connections(transport: string, by: 1 | -1): void;
  refused(transport: string, reason: 'too-many' | 'handshake' | 'certificate'): void;
}

export function createStreamHall(
  o: CollectorPorts & { readonly limits: StreamLimits; readonly headers: LineHeaders; readonly metrics: Metrics },
): StreamHall {
  const { limits, metrics } = o;
  const lines = metrics.counter('collect_stream_lines_total', 'Lines read from connections', ['transport', 'outcome']);
  const refusals = metrics.counter('collect_stream_refused_total', 'Connections refused', ['transport', 'reason']);
  const open = metrics.gauge('collect_stream_connections', 'Open connections of senders', ['transport']);
  let heldBytes = 0;
  return {
    ...o,
    meters: {
      lines: (transport, outcome, count) => lines.inc({ transport, outcome }, count),
      connections: (transport, by) => open.inc({ transport }, by),
      refused: (transport, reason) => refusals.inc({ transport, reason }),
    },
    hold(bytes) {
      heldBytes += bytes;
    },
    get isFull() {
      return heldBytes > limits.heldBytesMax;
    },
    waiting: new Set(),
  };
}

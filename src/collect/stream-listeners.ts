import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { type DatagramSpoolLimits, defaultDatagramSpoolLimits } from './datagram-spool/limits.ts';
import { type DatagramSpoolStats, openDatagramSpool } from './datagram-spool/spool.ts';
import { spooledWay } from './datagram-way.ts';
import { gelfProtocol } from './gelf-stream.ts';
import { gelfDatagrams } from './gelf-udp.ts';
import type { LineHeaders } from './line-headers.ts';
import { createPersistentSubmit } from './persistent-submit.ts';
import type { LineIntake } from './ports.ts';
import { relpProtocol } from './relp.ts';
import { createStreamHall } from './stream-hall.ts';
import { defaultStreamLimits, type StreamLimits } from './stream-limits.ts';
import type { StreamProtocol } from './stream-protocol.ts';
import { listenStream, type StreamStats } from './stream-server.ts';
import type { TlsFiles } from './stream-tls.ts';
import { syslogProtocol } from './syslog-stream.ts';
import { syslogDatagrams } from './syslog-udp.ts';
import { defaultUdpLimits, type UdpLimits } from './udp-limits.ts';
import { type DatagramReader, listenUdp, type UdpStats } from './udp-server.ts';
import { waitingWay } from './waiting-way.ts';

export type ListenerLimits = StreamLimits & UdpLimits & DatagramSpoolLimits;

type StreamTransport = 'syslog-tcp' | 'syslog-tls' | 'relp' | 'relp-tls' | 'gelf-tcp';
type DatagramTransport = 'syslog-udp' | 'gelf-udp';
export type Transport = StreamTransport | DatagramTransport;

interface StreamKind {
  readonly protocol: (limits: ListenerLimits) => StreamProtocol;
  readonly secure: boolean;
}

const streams: Readonly<Record<StreamTransport, StreamKind>> = {
  'syslog-tcp': { protocol: syslogProtocol, secure: false },
  'syslog-tls': { protocol: syslogProtocol, secure: true },
  relp: { protocol: relpProtocol, secure: false },
  'relp-tls': { protocol: relpProtocol, secure: true },
  'gelf-tcp': { protocol: gelfProtocol, secure: false },
};
const datagrams: Readonly<Record<DatagramTransport, (limits: ListenerLimits) => DatagramReader>> = {
  'syslog-udp': syslogDatagrams,
  'gelf-udp': gelfDatagrams,
};

export interface ListenersOptions {
  readonly intake: LineIntake;
  /** The source of a sender by its address and its client certificate; unknown senders get one of their own. */
  readonly sourceOf: (peer: string, certificate?: readonly string[]) => Source;
  readonly headers: LineHeaders;
  /** Where to listen, by transport. */
  readonly listen: { readonly [T in Transport]?: { readonly host: string; readonly port: number } };
  /** For those that end in `-tls`. */
  readonly tls: TlsFiles | null;
  /** Where datagrams wait that the belt does not take; absent: in memory only. */
  readonly spoolDir?: string;
  readonly limits?: Partial<ListenerLimits>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Listeners {
  /** The ports in use. */
  readonly ports: { readonly [T in Transport]?: number };
  stats(): {
    readonly streams: { readonly [T in StreamTransport]?: StreamStats };
    readonly datagrams: { readonly [T in DatagramTransport]?: UdpStats };
    /** null without a spool. */
    readonly spool: DatagramSpoolStats | null;
    readonly droppedUdp: number;
  };
  /** Stops reading, hands over what was read within `closeWaitMs`; close the belt only afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the collectors that listen by themselves (all but HTTP). Rejects when a port or a certificate cannot be had; then
 * none is left open.
 */
export async function openListeners(o: ListenersOptions): Promise<Listeners> {
  const limits: ListenerLimits = {
    ...defaultStreamLimits,
    ...defaultUdpLimits,
    ...defaultDatagramSpoolLimits,
    ...o.limits,
  };
  const { log, metrics, clock, sourceOf, headers } = o;
  const submit = createPersistentSubmit({ ...limits, intake: o.intake, log });
  const counted = metrics.counter('collect_datagrams_total', 'Datagrams', ['transport', 'outcome']);
  const meter = (transport: string, outcome: string, count: number): void => counted.inc({ transport, outcome }, count);
  const shared = { sourceOf, clock, log };
  const hall = createStreamHall({ ...shared, submit, limits, headers, metrics });
  const spool =
    o.spoolDir === undefined || limits.spoolBytesMax === 0
      ? null
      : await openDatagramSpool({ dir: o.spoolDir, limits, clock, log, metrics });
  const ways = { intake: o.intake, submit, limits, meter, log };
  const way = spool === null ? waitingWay(ways) : spooledWay({ ...ways, spool });
  const udpHall = { ...shared, limits, way, meter };
  const openStreams = new Map<StreamTransport, Awaited<ReturnType<typeof listenStream>>>();
  const openDatagrams = new Map<DatagramTransport, Awaited<ReturnType<typeof listenUdp>>>();

  async function shut(): Promise<void> {
    const all = [...openStreams.values(), ...openDatagrams.values()];
    let giveUp: NodeJS.Timeout | undefined;
    const patience = new Promise<boolean>((resolve) => {
      giveUp = setTimeout(() => resolve(false), limits.closeWaitMs);
    });
    const stopped = Promise.all(all.map((each) => each.stop()))
      .then(() => way.settled())
      .then(() => true);
    // The belt may itself be waiting for a store that is away; its own close() settles what it holds then.
    if (!(await Promise.race([stopped, patience]))) {
      log.warn(stats(), 'collectors closed with lines the belt has not confirmed');
      for (const each of openStreams.values()) each.destroy();
    }
    clearTimeout(giveUp);
    // First, so that what the spool was handing over stays in it.
    const kept = way.close();
    submit.close();
    await kept;
  }

  function stats(): ReturnType<Listeners['stats']> {
    const udp = Object.fromEntries([...openDatagrams].map(([name, each]) => [name, each.stats()]));
    return {
      streams: Object.fromEntries([...openStreams].map(([name, each]) => [name, each.stats()])),
      datagrams: udp,
      spool: spool?.stats() ?? null,
      droppedUdp: Object.values(udp).reduce((sum, { dropped }) => sum + dropped, way.dropped),
    };
  }

  try {
    for (const transport of Object.keys(streams) as StreamTransport[]) {
      const at = o.listen[transport];
      if (at === undefined) continue;
      const { protocol, secure } = streams[transport];
      if (secure && o.tls === null) throw new Error(`${transport} needs a certificate and its key`);
      const tls = secure ? o.tls : null;
      openStreams.set(transport, await listenStream({ transport, ...at, tls, protocol: protocol(limits) }, hall));
    }
    for (const transport of Object.keys(datagrams) as DatagramTransport[]) {
      const at = o.listen[transport];
      if (at === undefined) continue;
      const reader = datagrams[transport](limits);
      openDatagrams.set(transport, await listenUdp({ transport, ...at, reader }, udpHall));
    }
  } catch (error) {
    await shut();
    throw error;
  }

  let closing: Promise<void> | null = null;
  return {
    ports: Object.fromEntries([...openStreams, ...openDatagrams].map(([name, { port }]) => [name, port])),
    stats,
    close() {
      closing ??= shut();
      return closing;
    },
  };
}

import type { Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createPersistentSubmit } from './persistent-submit.ts';
import type { LineIntake } from './ports.ts';
import { defaultSyslogLimits, type SyslogLimits } from './syslog-limits.ts';
import { listenSyslogTcp, type SyslogTcpStats } from './syslog-tcp.ts';
import { listenSyslogUdp, type SyslogUdpStats } from './syslog-udp.ts';

export type { SyslogLimits } from './syslog-limits.ts';

export interface SyslogCollectorOptions {
  readonly intake: LineIntake;
  /** The source of a sender's address; unknown senders get a source of their own, so their lines are kept. */
  readonly sourceOf: (peer: string) => Source;
  readonly udp?: { readonly host: string; readonly port: number };
  readonly tcp?: { readonly host: string; readonly port: number };
  readonly limits?: Partial<SyslogLimits>;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface SyslogCollector {
  /** 0 when it does not listen there. */
  readonly udpPort: number;
  readonly tcpPort: number;
  stats(): { readonly udp: SyslogUdpStats | null; readonly tcp: SyslogTcpStats | null; readonly droppedUdp: number };
  /** Stops reading, hands over what was read within `closeWaitMs`; close the belt only afterwards. */
  close(): Promise<void>;
}

/** Syslog listeners over UDP and TCP. Rejects when a port cannot be had; then none is left open. */
export async function createSyslogCollector(o: SyslogCollectorOptions): Promise<SyslogCollector> {
  const limits: SyslogLimits = { ...defaultSyslogLimits, ...o.limits };
  const submit = createPersistentSubmit({ ...limits, intake: o.intake, log: o.log });
  const shared = { sourceOf: o.sourceOf, submit, limits, clock: o.clock, log: o.log, metrics: o.metrics };
  const udp = o.udp === undefined ? null : await listenSyslogUdp({ ...shared, ...o.udp });
  let tcp: Awaited<ReturnType<typeof listenSyslogTcp>> | null = null;
  try {
    tcp = o.tcp === undefined ? null : await listenSyslogTcp({ ...shared, ...o.tcp });
  } catch (error) {
    await udp?.stop();
    throw error;
  }

  async function shut(): Promise<void> {
    await Promise.all([udp?.stop(), tcp?.stop()]);
    let giveUp: NodeJS.Timeout | undefined;
    const patience = new Promise<boolean>((resolve) => {
      giveUp = setTimeout(() => resolve(false), limits.closeWaitMs);
    });
    const drained = Promise.all([udp?.drained(), tcp?.drained()]).then(() => true);
    // The belt may itself be waiting for a store that is away; its own close() settles what it holds then.
    if (!(await Promise.race([drained, patience]))) {
      o.log.warn({ udp: udp?.stats(), tcp: tcp?.stats() }, 'syslog closed with lines the belt has not confirmed');
    }
    clearTimeout(giveUp);
    submit.close();
  }

  let closing: Promise<void> | null = null;
  return {
    udpPort: udp?.port ?? 0,
    tcpPort: tcp?.port ?? 0,
    stats: () => ({ udp: udp?.stats() ?? null, tcp: tcp?.stats() ?? null, droppedUdp: udp?.stats().dropped ?? 0 }),
    close() {
      closing ??= shut();
      return closing;
    },
  };
}

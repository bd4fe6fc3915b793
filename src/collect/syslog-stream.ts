import type { StreamProtocol } from './stream-protocol.ts';
import { createSyslogFramer } from './syslog-framing.ts';

/** Syslog over TCP (RFC 6587) and TLS (RFC 5425). It has no answers: what was read is all there is. */
export function syslogProtocol(limits: { readonly lineBytesMax: number }): StreamProtocol {
  return { isAnswered: false, open: () => createSyslogFramer(limits) };
}

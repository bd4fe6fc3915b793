import { toRawLine } from './line-text.ts';
import type { DatagramReader } from './udp-server.ts';

/** Syslog over UDP (RFC 5426): one datagram, one message. */
export function syslogDatagrams(limits: { readonly lineBytesMax: number }): DatagramReader {
  return { read: (bytes, _peer, index) => ({ line: toRawLine(bytes, index, limits), dropped: 0 }) };
}

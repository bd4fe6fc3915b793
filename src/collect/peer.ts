/** The address of a peer as people and registers write it: an IPv4 address that came in over IPv6 is IPv4 again. */
export function peerAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

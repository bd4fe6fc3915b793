import ipaddr from 'ipaddr.js';

/**
 * Whether an address is an ordinary public one. Everything else is refused: private, loopback, link-local, multicast,
 * carrier NAT, reserved, and the IPv6 forms that carry an IPv4 address inside (mapped, 6to4, Teredo, NAT64).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return address.range() === 'unicast';
}

/** Host of a URL as it is connected to: IPv6 without its brackets, without the final dot of an absolute name. */
export function hostOf(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/g, '').replace(/\.$/, '');
}

export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

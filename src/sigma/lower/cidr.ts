import { type Modifier, needPlainText } from './modifier.ts';

/** `cidr`: an IPv4 or IPv6 network; a bare address is the network of that one address. */
export const cidr: Modifier = (operand, context) => {
  if (context.earlier.length > 0) {
    context.report('modifier-order', `cidr stands after ${context.earlier.join(', ')}`, 'Put cidr first.');
    return null;
  }
  const network = needPlainText(operand, context);
  if (network === null) return null;
  const [address = '', length, ...more] = network.split('/');
  const bytes = parseAddress(address);
  const bits = (bytes?.length ?? 0) * 8;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (bytes === null || more.length > 0 || prefix < 0 || prefix > bits) {
    context.report('cidr-invalid', `"${network.slice(0, 80)}" is no network`);
    return null;
  }
  const masked = bytes.map((byte, i) => byte & maskOf(prefix - i * 8));
  if (masked.some((byte, i) => byte !== bytes[i])) {
    context.report('cidr-host-bits', `"${network}" has bits set after its prefix`);
  }
  return { kind: 'pattern', pattern: { kind: 'cidr', network, bytes: masked, prefix } };
};

function maskOf(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}

/** Whether an address lies in a network of the same family; v4-mapped IPv6 is IPv6 (design/sigma.md 1.6, 28). */
export function inNetwork(address: readonly number[], network: readonly number[], prefix: number): boolean {
  if (address.length !== network.length) return false;
  for (let i = 0; i * 8 < prefix; i++) {
    if (((address[i] ?? 0) & maskOf(prefix - i * 8)) !== network[i]) return false;
  }
  return true;
}

/** 4 or 16 bytes, or null when the text is no address: no spaces, no leading zeros in IPv4, no zone, no brackets. */
export function parseAddress(text: string): number[] | null {
  if (text.length > 45) return null;
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): number[] | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  const bytes: number[] = [];
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    bytes.push(Number(octet));
  }
  return bytes;
}

/** RFC 4291 2.2: eight groups, one `::` for a run of zeros, the last two groups possibly in IPv4 form. */
function parseV6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string, mayEndInV4: boolean): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (mayEndInV4 && i === groups.length - 1 && group.includes('.')) {
      const v4 = parseV4(group);
      if (v4 === null) return null;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

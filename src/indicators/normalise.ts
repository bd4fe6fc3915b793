import ipaddr from 'ipaddr.js';
import type { IndicatorType } from '../model/indicator.ts';
import { tooCommon } from './too-common.ts';

/** Why a value is not taken. */
export type Refusal =
  | 'empty'
  | 'too-long'
  | 'control-character'
  | 'not-understood'
  | 'not-public'
  | 'network-too-wide'
  | 'too-common';

export type ReadValue =
  | { readonly ok: true; readonly type: IndicatorType; readonly value: string }
  | { readonly ok: false; readonly reason: Refusal };

/** Networks wider than these are nobody's in particular. */
const widestV4 = 8;
const widestV6 = 19;

/** Control characters, and what is not seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const hash = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/;
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * A value as a list wrote it, made ready to be compared, or the reason why it must not be. Without a type the value
 * tells it: hash, address, network, URL, domain, in this order. `hxxp`, `[.]`, `(.)`, `[dot]`, `[:]` are undone.
 */
export function readIndicatorValue(text: string, type: IndicatorType | null, charsMax: number): ReadValue {
  if (text.length > charsMax) return refused('too-long');
  const plain = refang(text.trim());
  if (plain === '') return refused('empty');
  if (unseen.test(plain)) return refused('control-character');
  const lower = plain.toLowerCase();
  if ((type === null || type === 'hash') && hash.test(lower)) return taken('hash', lower);
  if (type === 'hash') return refused('not-understood');
  if (type === 'url' || (type === null && /^[a-z][a-z0-9+.-]*:\/\//.test(lower))) return readUrl(plain);
  const network = readNetwork(lower);
  if (network !== null && (type === null || type === 'ip' || type === 'cidr')) return network;
  if (type === 'ip' || type === 'cidr') return refused('not-understood');
  if (type === null && /[/?]/.test(plain)) return readUrl(`http://${plain}`);
  return readDomain(plain);
}

function refang(text: string): string {
  return text
    .replace(/^(?:hxxp|h\*\*p|meow)(s?)(?=[:[])/i, 'http$1')
    .replace(/^fxp(?=[:[])/i, 'ftp')
    .replaceAll(/\[(?:\.|dot)\]|\((?:\.|dot)\)|\{(?:\.|dot)\}/gi, '.')
    .replaceAll(/\[:\/\/\]/g, '://')
    .replaceAll(/\[:\]/g, ':')
    .replaceAll(/\[\/\]/g, '/')
    .replaceAll(/\[at\]|\[@\]/gi, '@');
}

/** Kept for documentation (RFC 5737, RFC 3849): nobody's, so they harm nobody, and drills attack from there. */
const documentation: readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[] = [
  ipaddr.parseCIDR('192.0.2.0/24'),
  ipaddr.parseCIDR('198.51.100.0/24'),
  ipaddr.parseCIDR('203.0.113.0/24'),
  ipaddr.parseCIDR('2001:db8::/32'),
];

/** Public addresses; all else is inside somebody's own network or nowhere. */
function isListable(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return (
    address.range() === 'unicast' ||
    documentation.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
  );
}

/** null: no address and no network. */
function readNetwork(text: string): ReadValue | null {
  const [address = '', bits, ...more] = text.replace(/^\[(.*)\]$/, '$1').split('/');
  // The library throws and catches over what is no address; most values are none.
  if (more.length > 0 || !/^[\d.]+$|:/.test(address)) return null;
  if (!(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address))) return null;
  if (address.includes('%')) return refused('not-understood');
  const parsed = ipaddr.process(address);
  const full = parsed.kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? full : Number(bits);
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return refused('not-understood');
  if (length > full) return refused('not-understood');
  if (!isListable(parsed)) return refused('not-public');
  if (length === full) return taken('ip', parsed.toString());
  if (length < (full === 32 ? widestV4 : widestV6)) return refused('network-too-wide');
  const base =
    full === 32
      ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed}/${length}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${length}`);
  if (!isListable(base)) return refused('not-public');
  return taken('cidr', `${base}/${length}`);
}

/** A host name in ASCII without its final dot, '' when it is none. Letters of other scripts become `xn--…` (IDNA). */
export function asciiName(text: string): string {
  const name = text.replace(/\.$/, '');
  // Most names need no more than this.
  if (/^[A-Za-z0-9_.-]{1,253}$/.test(name) && !/(?:^|\.)xn--/i.test(name)) return name.toLowerCase();
  // Only what a host may consist of is handed to the URL parser: it would also take logins, ports and escapes.
  if (/[\s/\\?#@:%[\]<>^|]/.test(name) || !URL.canParse(`http://${name}/`)) return '';
  const ascii = new URL(`http://${name}/`).hostname;
  return ascii.length <= 253 ? ascii : '';
}

function readDomain(text: string): ReadValue {
  const name = asciiName(text.replace(/^\*?\./, ''));
  const labels = name.split('.');
  if (name === '' || !labels.every((part) => label.test(part))) return refused('not-understood');
  if (labels.length < 2 || /^\d+$/.test(labels.at(-1) ?? '')) return refused('not-understood');
  if (
    tooCommon.has(name) ||
    /\.(?:local|localhost|localdomain|lan|internal|home\.arpa|in-addr\.arpa|ip6\.arpa)$/.test(`.${name}`)
  )
    return refused('too-common');
  return taken('domain', name);
}

/** Kept as `host[:port]/path[?query]`: the scheme is not compared, since logs mostly do not have it. */
function readUrl(text: string): ReadValue {
  if (!URL.canParse(text)) return refused('not-understood');
  const url = new URL(text);
  if (!['http:', 'https:', 'ftp:'].includes(url.protocol)) return refused('not-understood');
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const named = readIndicatorValue(host, null, host.length);
  // A page on a service everybody uses may well be evil; its front page is not.
  const isFront = url.pathname === '/' && url.search === '';
  if (!named.ok && !(named.reason === 'too-common' && !isFront)) return refused(named.reason);
  const port = url.port === '' ? '' : `:${url.port}`;
  const shown = host.includes(':') ? `[${ipaddr.parse(host)}]` : host;
  return taken('url', `${shown}${port}${url.pathname}${url.search}`);
}

function taken(type: IndicatorType, value: string): ReadValue {
  return tooCommon.has(value) ? refused('too-common') : { ok: true, type, value };
}

function refused(reason: Refusal): ReadValue {
  return { ok: false, reason };
}

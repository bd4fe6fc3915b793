import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { Fields } from '../model/event.ts';
import type { Indicator, IndicatorList } from '../model/indicator.ts';
import { type Names, readTokens, type Tokens } from './tokens.ts';
import { atOnce, inTurns } from './turns.ts';

/** An indicator with the list it stands in, by the list's place in the book. */
export interface Entry {
  readonly indicator: Indicator;
  readonly list: number;
}

/** Where an indicator was seen: in which text of which field. */
export interface Sighting {
  readonly entry: Entry;
  readonly field: string;
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** All lists that match, ready to be looked up. A new object whenever one of them changes. */
export interface IndicatorBook {
  readonly lists: readonly IndicatorList[];
  /** Hash of the lists' ids, revisions and words; '' without lists. */
  readonly version: string;
  readonly size: number;
  /**
   * Tells `see` of every place in the fields where an indicator stands. `atMs`: the event's own time, by which
   * indicators expire; null when it has none, and then none has expired.
   */
  sight(fields: Fields, atMs: number | null, see: (sighting: Sighting) => void): void;
}

type ByValue = Map<string, Entry[]>;
type ByPrefix = Map<number, ByValue>;
type ByBits = Map<number, Entry[]>;

function add<Key>(map: Map<Key, Entry[]>, key: Key, entry: Entry): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [entry]);
  else there.push(entry);
}

type BookContent = readonly { readonly list: IndicatorList; readonly indicators: readonly Indicator[] }[];

/** A book of a few lists, at once. */
export function createBook(content: BookContent): IndicatorBook {
  return atOnce(making(content));
}

/** A book of any size; the event loop goes on while it is made. */
export function createBookInTurns(content: BookContent): Promise<IndicatorBook> {
  return inTurns(making(content));
}

/** Makes the look-up tables: maps by value, networks by the length of their prefix, URLs by their host. */
function* making(content: BookContent): Generator<void, IndicatorBook> {
  const ips: ByValue = new Map();
  const ips4: ByBits = new Map();
  const networks4 = new Map<number, ByBits>();
  const networks6: ByPrefix = new Map();
  const domains: ByValue = new Map();
  const urls: ByValue = new Map();
  const hashes: ByValue = new Map();
  const lastLabels = new Set<string>();
  let size = 0;
  let hasV6 = false;
  let hasUrlAddress = false;

  function addName(map: ByValue, host: string, entry: Entry): void {
    add(map, host, entry);
    // An address as the host of a URL is looked for as an address.
    if (/^[\d.]+$|:/.test(host)) hasUrlAddress = true;
    else lastLabels.add(host.slice(host.lastIndexOf('.') + 1));
  }

  function addNetwork(entry: Entry): void {
    const [base, bits] = ipaddr.parseCIDR(entry.indicator.value);
    const bytes = base.toByteArray();
    if (base.kind() === 'ipv4') {
      const values: ByBits = networks4.get(bits) ?? new Map();
      networks4.set(bits, values);
      add(values, bitsOf(bytes) >> (32 - bits), entry);
      return;
    }
    hasV6 = true;
    const values: ByValue = networks6.get(bits) ?? new Map();
    networks6.set(bits, values);
    add(values, prefixKey(bytes, bits), entry);
  }

  for (const [list, { indicators }] of content.entries()) {
    for (const indicator of indicators) {
      const { type, value } = indicator;
      const entry: Entry = { indicator, list };
      size += 1;
      if (type === 'hash') add(hashes, value, entry);
      else if (type === 'domain') addName(domains, value, entry);
      else if (type === 'cidr') addNetwork(entry);
      else {
        const host = type === 'url' ? hostOfUrl(value) : value;
        const isV6 = host.includes(':');
        hasV6 ||= isV6;
        if (type === 'url') addName(urls, host, entry);
        else if (isV6) add(ips, value, entry);
        else add(ips4, bitsOf(value.split('.').map(Number)), entry);
      }
      yield;
    }
  }

  const tokens: Tokens = {
    lastLabels,
    hasAddresses: ips4.size > 0 || networks4.size > 0 || hasUrlAddress,
    hasV6,
    hasHashes: hashes.size > 0,
  };

  function sight(fields: Fields, atMs: number | null, see: (sighting: Sighting) => void): void {
    if (size === 0) return;
    let field = '';
    let text = '';
    const tell = (entries: readonly Entry[] | undefined, start: number, length: number): void => {
      if (entries === undefined) return;
      for (const entry of entries) if (isValid(entry.indicator, atMs)) see({ entry, field, text, start, length });
    };
    const tellUrls = (host: string, start: number, end: number): void => {
      const entries = urls.get(host);
      if (entries === undefined) return;
      for (const entry of entries) {
        const length = urlLength(entry.indicator.value, host, text, end, fields);
        if (length >= 0 && isValid(entry.indicator, atMs))
          see({ entry, field, text, start, length: end - start + length });
      }
    };
    const names: Names = {
      name(name, start, end) {
        tell(domains.get(name), start, end - start);
        for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
          tell(domains.get(name.slice(dot + 1)), start, end - start);
        if (urls.size > 0) tellUrls(name, start, end);
      },
      address4(bits, start, end) {
        tell(ips4.get(bits), start, end - start);
        for (const [length, values] of networks4) tell(values.get(bits >> (32 - length)), start, end - start);
        if (hasUrlAddress) tellUrls(text.slice(start, end), start, end);
      },
      address6(address, start, end) {
        tell(ips.get(address), start, end - start);
        if (networks6.size > 0) {
          const bytes = ipaddr.IPv6.parse(address).toByteArray();
          for (const [length, values] of networks6) tell(values.get(prefixKey(bytes, length)), start, end - start);
        }
        if (hasUrlAddress) tellUrls(address, start, end);
      },
      hash: (hash, start, end) => tell(hashes.get(hash), start, end - start),
    };
    const read = (value: unknown): void => {
      if (typeof value === 'string') {
        text = value;
        readTokens(value, tokens, names);
      } else if (Array.isArray(value)) for (const each of value) read(each);
    };
    for (const name in fields) {
      field = name;
      read(fields[name]);
    }
  }

  const lists = content.map(({ list }) => list);
  return { lists, version: versionOf(lists), size, sight };
}

function isValid({ validUntilMs }: Indicator, atMs: number | null): boolean {
  return validUntilMs === 0 || atMs === null || atMs < validUntilMs;
}

/** An IPv4 address as one signed number: what engines keep without a box, and look up fastest. */
function bitsOf(octets: readonly number[]): number {
  return octets.reduce((bits, octet) => (bits << 8) | octet, 0);
}

/** The first `bits` bits of an IPv6 address, as a key. */
function prefixKey(address: readonly number[], bits: number): string {
  const whole = bits >> 3;
  const rest = bits & 7;
  let key = '';
  for (let i = 0; i < whole; i += 1) key += String.fromCharCode(address[i] ?? 0);
  return rest === 0 ? key : key + String.fromCharCode((address[whole] ?? 0) & (0xff00 >> rest) & 0xff);
}

/** Of `host[:port]/path`; IPv6 without brackets. */
function hostOfUrl(url: string): string {
  return url.startsWith('[') ? url.slice(1, url.indexOf(']')) : (/^[^/:]*/.exec(url)?.[0] ?? '');
}

const urlEnds = /^$|^[\s"'<>()[\]{}|\\^`,;#&]/;

/**
 * How much of the text after its host an indicator's URL takes, -1 when it is another URL. A log that writes host and
 * path into fields of their own (`cs-host`, `cs-uri-stem`, `cs-uri-query`) is read as one address.
 */
function urlLength(url: string, host: string, text: string, hostEnd: number, fields: Fields): number {
  const after = url.slice(host.includes(':') ? host.length + 2 : host.length);
  const [, port = '', path = ''] = /^(:\d+)?(.*)$/s.exec(after) ?? [];
  const bracket = text[hostEnd] === ']' ? 1 : 0;
  const told = /^:\d{1,5}/.exec(text.slice(hostEnd + bracket, hostEnd + bracket + 6))?.[0] ?? '';
  if (port !== '' && told !== port) return -1;
  // Without a port the indicator means the scheme's own.
  if (port === '' && told !== '' && told !== ':80' && told !== ':443' && told !== ':21') return -1;
  const pathAt = hostEnd + bracket + told.length;
  const rest = text.slice(pathAt, pathAt + path.length + 1);
  if (path === '/' && (rest === '' || rest[0] !== '/')) return bracket + told.length;
  if (rest.startsWith(path)) {
    const behind = rest.slice(path.length);
    if (urlEnds.test(behind) || (behind === '?' && !path.includes('?'))) return bracket + told.length + path.length;
  }
  if (pathAt !== text.length) return -1;
  const stem = fields['cs-uri-stem'] ?? fields['cs-uri'];
  const query = fields['cs-uri-query'];
  if (typeof stem !== 'string') return -1;
  const asked = typeof query === 'string' && query !== '' && query !== '-' ? `${stem}?${query}` : stem;
  return asked === path || asked.startsWith(`${path}?`) ? bracket + told.length : -1;
}

function versionOf(lists: readonly IndicatorList[]): string {
  if (lists.length === 0) return '';
  const hash = createHash('sha256');
  for (const { id, revision, name, severity, tags } of lists)
    hash.update(`${JSON.stringify([id, revision, name, severity, tags])}\n`);
  return hash.digest('hex').slice(0, 16);
}

import { domainToUnicode } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { Indicator } from '../model/indicator.ts';

/** How stored events are searched for indicators before they are looked at closely. */
export interface HuntSearch {
  /** One of these texts, lower case, stands in every event that one of the indicators could be in. */
  readonly needles: readonly string[];
  /**
   * The other indicators are too many for texts: the store cuts the events into words and looks these up in the
   * revisions after `after`, up to `until`.
   */
  readonly byWords: { readonly list: string; readonly after: number; readonly until: number } | null;
}

/** Up to so many texts a pass over the texts is quicker than cutting every event into words. */
const needlesOnlyMax = 200;

/** Step by step, an indicator each. */
export function* huntSearch(
  indicators: readonly Indicator[],
  revisions: { readonly list: string; readonly after: number; readonly until: number },
): Generator<void, HuntSearch> {
  const all = new Set<string>();
  for (const indicator of indicators) {
    yield;
    for (const needle of needlesOf(indicator)) all.add(needle);
    if (all.size > needlesOnlyMax) return { needles: yield* oddNeedles(indicators), byWords: revisions };
  }
  return { needles: [...all], byWords: null };
}

/** What has more spellings than one, or is a part of a word, cannot be looked up as one. */
function* oddNeedles(indicators: readonly Indicator[]): Generator<void, readonly string[]> {
  const odd = new Set<string>();
  for (const indicator of indicators) {
    yield;
    const { type, value } = indicator;
    if (type === 'cidr' || /xn--|:.*:/.test(hostOf(type, value)))
      for (const needle of needlesOf(indicator)) odd.add(needle);
  }
  return [...odd];
}

function hostOf(type: Indicator['type'], value: string): string {
  if (type !== 'url') return value;
  return value.startsWith('[') ? value.slice(1, value.indexOf(']')) : (/^[^/:]*/.exec(value)?.[0] ?? '');
}

function needlesOf({ type, value }: Indicator): readonly string[] {
  if (type === 'hash') return [value];
  if (type === 'cidr') return networkNeedles(value);
  const host = hostOf(type, value);
  if (host.includes(':')) return v6Needles(ipaddr.IPv6.parse(host).parts, 32);
  if (!host.includes('xn--')) return [host];
  return [host, domainToUnicode(host).toLowerCase()];
}

function networkNeedles(cidr: string): readonly string[] {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  if (base.kind() === 'ipv6') return v6Needles((base as ipaddr.IPv6).parts, bits);
  const octets = base.toByteArray();
  const whole = bits >> 3;
  const front = octets.slice(0, whole).join('.');
  const rest = bits & 7;
  if (rest === 0 || whole === 3) return [`${front}.`];
  const first = octets[whole] ?? 0;
  return Array.from({ length: 2 ** (8 - rest) }, (_, i) => `${front}.${first + i}.`);
}

/** The first two groups, as they are written with and without leading zeros; a wide network has one. */
function v6Needles(parts: readonly number[], bits: number): readonly string[] {
  const [first = 0, second = 0] = parts;
  const front = `${first.toString(16)}:`;
  if (bits < 32 || first < 0x1000) return [front];
  const hex = second.toString(16);
  if (second === 0) return [`${front}:`, `${front}0`];
  return [...new Set([`${front}${hex}:`, `${front}${hex.padStart(4, '0')}:`])];
}

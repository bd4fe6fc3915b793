import ipaddr from 'ipaddr.js';
import { certificateKey } from '../model/certificate-name.ts';
import { agencyAt, isWithin, type Period, type System } from '../model/register.ts';
import type { Source } from '../model/source.ts';

/** Where an event belongs: agency, system and its security level; empty and 0 when nobody registered it. */
export interface Place {
  readonly org: string;
  readonly system: string;
  readonly level: number;
}

/** The newest documents of one ledger kind. */
export interface RegisterDocuments {
  load(
    kind: 'system' | 'source',
  ): Promise<readonly { readonly subject: string; readonly document: Readonly<Record<string, unknown>> }[]>;
}

/**
 * The register of systems and sources as every process needs it: in memory, read anew every few seconds.
 * Reads never wait for the store; when it is away the last known register stays in force.
 */
export interface Register {
  system(id: string): System | null;
  systems(): readonly System[];
  source(id: string): Source | null;
  sources(): readonly Source[];
  /**
   * A host or address that the register names wins over the system its source declares, within the source's agency:
   * two agencies may both have a DC01 and a 10.0.0.5, and neither may file lines under the other's system. A source of
   * no agency (a shared relay) may speak for all; a host that several systems claim says nothing. Names that are dated
   * and the agency are those of the event's time.
   */
  locate(source: Source, host: string, eventTimeMs: number, addresses: readonly string[]): Place;
  /**
   * Source of a sender without a token, by its address; `unknown` (an unregistered source) when none claims it. The
   * names of a client certificate, when it showed one, count before its address.
   */
  sourceOf(peer: string, certificate?: readonly string[]): Source;
  /** Reads the register anew; rejects when the store is away. */
  refresh(): Promise<void>;
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What a line from an address nobody registered is filed under, so that it is kept and seen, never dropped. */
export const unknownSource: Source = {
  id: 'unknown',
  name: 'Nguồn chưa khai báo',
  org: '',
  system: '',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};

function networkOf(text: string): Network | null {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return null;
  }
}

function inside(text: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

interface Indexed<T> {
  readonly item: T;
  readonly networks: readonly Network[];
}

function withNetworks<T extends { readonly addresses: readonly string[] }>(items: readonly T[]): Indexed<T>[] {
  return items.map((item) => ({ item, networks: item.addresses.map(networkOf).filter((network) => network !== null) }));
}

interface HostClaim {
  readonly system: System;
  /** null: at all times. */
  readonly period: Period | null;
}

function claimsByHost(systems: readonly System[]): Map<string, readonly HostClaim[]> {
  const claims = new Map<string, HostClaim[]>();
  const claim = (host: string, each: HostClaim): void => {
    claims.set(host, [...(claims.get(host) ?? []), each]);
  };
  for (const system of systems) {
    for (const host of new Set(system.hosts.map((name) => name.toLowerCase()))) claim(host, { system, period: null });
    for (const period of system.datedHosts ?? []) claim(period.host.toLowerCase(), { system, period });
  }
  return claims;
}

function onlyOne(systems: readonly System[] = []): System | undefined {
  return systems.length === 1 ? systems[0] : undefined;
}

function byCertificateName(sources: readonly Source[]): Map<string, Source> {
  const claims = new Map<string, Source>();
  for (const source of sources) {
    for (const name of source.certificates ?? []) {
      // The first keeps it: a name claimed twice must not change hands with the order of a reading.
      if (!claims.has(certificateKey(name))) claims.set(certificateKey(name), source);
    }
  }
  return claims;
}

export function createRegister(ports: RegisterDocuments): Register {
  let systems = new Map<string, System>();
  let sources = new Map<string, Source>();
  let byHost = new Map<string, readonly HostClaim[]>();
  let systemNetworks: Indexed<System>[] = [];
  let sourceNetworks: Indexed<Source>[] = [];
  let byCertificate = new Map<string, Source>();

  return {
    system: (id) => systems.get(id) ?? null,
    systems: () => [...systems.values()],
    source: (id) => sources.get(id) ?? null,
    sources: () => [...sources.values()],
    locate(source, host, eventTimeMs, addresses) {
      const name = host.toLowerCase();
      const isTheirs = (system: System): boolean => source.org === '' || system.org === source.org;
      const claimants = (named: string): readonly System[] | undefined =>
        byHost
          .get(named)
          ?.filter(({ system, period }) => isTheirs(system) && (period === null || isWithin(period, eventTimeMs)))
          .map(({ system }) => system);
      const system =
        onlyOne(claimants(name)) ??
        onlyOne(claimants(name.split('.')[0] ?? '')) ??
        systemNetworks.find(
          ({ item, networks }) => isTheirs(item) && addresses.some((address) => inside(address, networks)),
        )?.item ??
        systems.get(source.system);
      if (system === undefined) return { org: source.org, system: source.system, level: 0 };
      return { org: agencyAt(system, eventTimeMs).org, system: system.id, level: system.level };
    },
    sourceOf(peer, certificate) {
      for (const name of certificate ?? []) {
        const source = byCertificate.get(certificateKey(name));
        if (source !== undefined) return source;
      }
      const isTheirs = (source: Source): boolean =>
        certificate === undefined || (source.certificates ?? []).length === 0;
      const found = sourceNetworks.find(({ item, networks }) => isTheirs(item) && inside(peer, networks));
      return found?.item ?? unknownSource;
    },
    async refresh() {
      const [systemRows, sourceRows] = await Promise.all([ports.load('system'), ports.load('source')]);
      systems = new Map(systemRows.map((row) => [row.subject, row.document as unknown as System]));
      sources = new Map(sourceRows.map((row) => [row.subject, row.document as unknown as Source]));
      byHost = claimsByHost([...systems.values()]);
      systemNetworks = withNetworks([...systems.values()]);
      sourceNetworks = withNetworks([...sources.values()]);
      byCertificate = byCertificateName([...sources.values()]);
    },
  };
}

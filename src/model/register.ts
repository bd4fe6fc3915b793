import type { Severity } from './severity.ts';

/** The register of systems: what the province runs, who owns it, whom to tell. */
export interface System {
  readonly id: string;
  readonly name: string;
  /** Owning agency (chủ quản) now, id and name. */
  readonly org: string;
  readonly orgName: string;
  /** Whose it was at other times, before a merger or a new name say: what happened then stays theirs. */
  readonly agencies?: readonly AgencyPeriod[];
  /** Security level 1–5 of the approved dossier (NĐ 331/2026 Đ11–15). */
  readonly level: number;
  /** Host names and addresses (IP or CIDR) that belong to it; hosts are matched without case. */
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  /** Host names that belong or belonged to it for a time only. */
  readonly datedHosts?: readonly HostPeriod[];
  readonly owner: Contact;
  /** Who runs it (đơn vị vận hành), when that is not the owner. */
  readonly operator?: Contact;
  readonly duty: Contact;
  /** Alerts of at least this severity are told to the duty contact. */
  readonly notifyFrom: Severity;
  /** Webhook of the owner, https or a named internal host; '' for none. */
  readonly webhookUrl: string;
}

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

/** Days of the local calendar (+07:00), `YYYY-MM-DD`: from the first, until before the second; '' is open. */
export interface Period {
  readonly fromDay: string;
  readonly untilDay: string;
}

export interface AgencyPeriod extends Period {
  readonly org: string;
  readonly orgName: string;
}

export interface HostPeriod extends Period {
  readonly host: string;
}

const zoneMs = 7 * 3_600_000;

function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - zoneMs;
}

export function isWithin({ fromDay, untilDay }: Period, timeMs: number): boolean {
  return (fromDay === '' || timeMs >= startOf(fromDay)) && (untilDay === '' || timeMs < startOf(untilDay));
}

/** Whose the system was at that time. */
export function agencyAt(system: System, timeMs: number): { readonly org: string; readonly orgName: string } {
  return system.agencies?.find((period) => isWithin(period, timeMs)) ?? system;
}

/** Why periods of one thing do not go together, for people; '' when they do. */
function periodProblem(periods: readonly Period[]): string {
  const said = ({ fromDay, untilDay }: Period): string => `${fromDay || '…'} – ${untilDay || '…'}`;
  const sorted = periods.toSorted((a, b) => (a.fromDay < b.fromDay ? -1 : a.fromDay > b.fromDay ? 1 : 0));
  for (const [i, period] of sorted.entries()) {
    if (period.untilDay !== '' && period.untilDay <= period.fromDay) return `${said(period)} ends before it begins`;
    const next = sorted[i + 1];
    if (next !== undefined && (period.untilDay === '' || next.fromDay < period.untilDay))
      return `${said(period)} and ${said(next)} overlap`;
  }
  return '';
}

/** Why a system's dated parts contradict each other, for people; '' when they do not. */
export function systemProblem(system: System): string {
  const agencies = periodProblem(system.agencies ?? []);
  if (agencies !== '') return `agencies: ${agencies}`;
  const always = new Set(system.hosts.map((host) => host.toLowerCase()));
  const dated = new Map<string, HostPeriod[]>();
  for (const period of system.datedHosts ?? []) {
    const host = period.host.toLowerCase();
    if (always.has(host)) return `host ${period.host}: named both with and without dates`;
    dated.set(host, [...(dated.get(host) ?? []), period]);
  }
  for (const [host, periods] of dated) {
    const problem = periodProblem(periods);
    if (problem !== '') return `host ${host}: ${problem}`;
  }
  return '';
}

import { createHash } from 'node:crypto';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';

const vietnamOffsetMs = 7 * 3_600_000;
/** Crockford's base 32: no I, L, O, U, so a code survives being read out over the phone. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function hash32(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function keyOf(o: Pick<IncidentFacts, 'origin' | 'drill' | 'lane' | 'system' | 'entity' | 'family'>): string {
  return hash32([o.origin, o.drill, o.lane, o.system || o.entity.toLowerCase(), o.family]);
}

/** Alerts of one key may share an incident: same origin, drill and lane, same system (else entity), same rule family. */
export function groupKeyOfAlert(alert: Alert): string {
  return keyOf({ ...alert, family: alert.rule.family });
}

export function groupKeyOfIncident(facts: IncidentFacts): string {
  return keyOf(facts);
}

/** An incident's id follows from its group and the alert that opened it: opening it twice is opening it once. */
export function incidentIdOf(groupKey: string, openingAlert: string): string {
  return hash32(['incident', groupKey, openingAlert]);
}

/** The number people use: `SC-` (sự cố), year and month of opening in Vietnam, five digits of the id: a number met twice in a month of 1,000 incidents is a matter of 1 in 70. */
export function codeOf(id: string, openedMs: number): string {
  const opened = new Date(openedMs + vietnamOffsetMs);
  const year = String(opened.getUTCFullYear() % 100).padStart(2, '0');
  const month = String(opened.getUTCMonth() + 1).padStart(2, '0');
  const bits = Number.parseInt(id.slice(0, 7), 16) >> 3;
  const code = [20, 15, 10, 5, 0].map((shift) => digits[(bits >> shift) & 31] ?? '').join('');
  return `SC-${year}${month}-${code}`;
}

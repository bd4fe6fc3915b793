import { createHash } from 'node:crypto';
import type { SecurityEvent } from '../model/event.ts';
import { sourceAddressOf } from './entities.ts';

/** One alert covers one hour of event time, aligned to UTC hours. */
const alertWindowMs = 3_600_000;

export function windowStartOf(eventTimeMs: number): number {
  return Math.floor(eventTimeMs / alertWindowMs) * alertWindowMs;
}

/** What an alert is about: the host, else the system, else the address at the other end, else the source. */
export function entityOf(event: SecurityEvent): string {
  return event.host || event.system || sourceAddressOf(event) || event.source;
}

/**
 * Alert id: 32 hex digits over (rule, system, entity, origin, drill, lane, hour of event time).
 * The system is part of it although the entity mostly implies it: two agencies may both call a host DC01, and an alert
 * that held events of both would show one agency's events to the other's owner.
 */
export function alertIdOf(rule: string, event: SecurityEvent): string {
  const { system, origin, drill, lane } = event;
  const parts = [rule, system, entityOf(event).toLowerCase(), origin, drill, lane, windowStartOf(event.eventTimeMs)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

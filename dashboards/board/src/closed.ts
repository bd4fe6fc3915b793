import type { IncidentState } from '../../../src/model/incident.ts';

/** Whether an incident in this state is over. */
export function isClosed(state: IncidentState): boolean {
  return state === 'resolved' || state === 'false_positive';
}

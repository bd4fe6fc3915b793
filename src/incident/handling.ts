import {
  type IncidentFacts,
  type IncidentHandling,
  type IncidentState,
  incidentStates,
  type LedgerRow,
} from '../model/incident.ts';
import type { HandlingState } from './lifecycle.ts';

const untouched: HandlingState = { state: 'new', assignee: '', reason: '', comments: 0 };

/** The handling of an incident nobody has touched: state `new`, version 0. */
export function newHandling(facts: Pick<IncidentFacts, 'openedMs'>): IncidentHandling {
  return { ...untouched, version: 0, changedMs: facts.openedMs, changedBy: '' };
}

/** What a ledger row stores: the action's data, `state` when the action set one, and the whole handling after it. */
export function handlingDocument(
  after: HandlingState,
  data: Readonly<Record<string, unknown>>,
  setsState: boolean,
): Readonly<Record<string, unknown>> {
  const { state, assignee, reason, comments } = after;
  return { ...data, ...(setsState ? { state } : {}), handling: { state, assignee, reason, comments } };
}

/** The handling after a row. Every row holds all of it, so the newest row of an incident is enough. */
export function handlingAfter(row: LedgerRow): IncidentHandling {
  return { ...readState(row.document.handling), version: row.version, changedMs: row.atMs, changedBy: row.actor };
}

function readState(value: unknown): HandlingState {
  if (typeof value !== 'object' || value === null) return untouched;
  const { state, assignee, reason, comments } = value as Partial<Record<keyof HandlingState, unknown>>;
  return {
    state: isState(state) ? state : 'new',
    assignee: typeof assignee === 'string' ? assignee : '',
    reason: typeof reason === 'string' ? reason : '',
    comments: typeof comments === 'number' ? comments : 0,
  };
}

function isState(value: unknown): value is IncidentState {
  return incidentStates.some((state) => state === value);
}

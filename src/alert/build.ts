import type { SecurityEvent } from '../model/event.ts';
import type { Alert, RuleFacts } from '../model/finding.ts';
import { entitiesOf } from './entities.ts';
import { alertIdOf, entityOf, windowStartOf } from './identity.ts';
import type { AlertLimits } from './limits.ts';

/** The part of an alert its first event decides. */
export type AlertDraft = Pick<
  Alert,
  'id' | 'rule' | 'origin' | 'drill' | 'lane' | 'org' | 'system' | 'host' | 'entity' | 'windowStartMs'
>;

/** What the findings of an alert say together. */
export interface AlertEvidence {
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly firstReceivedMs: number;
  readonly evidence: Alert['evidence'];
}

export function draftOf(rule: RuleFacts, event: SecurityEvent): AlertDraft {
  const { origin, drill, lane, org, system, host } = event;
  return {
    id: alertIdOf(rule.id, event),
    rule,
    origin,
    drill,
    lane,
    org,
    system,
    host,
    entity: entityOf(event),
    windowStartMs: windowStartOf(event.eventTimeMs),
  };
}

/** Whether the entities of `previous` still stand, since they follow from the evidence alone. */
export function sameEvidence(previous: Alert, evidence: Alert['evidence']): boolean {
  return (
    previous.evidence.length === evidence.length &&
    previous.evidence.every((each, i) => each.event === evidence[i]?.event)
  );
}

/**
 * The alert its findings make: the same findings give the same alert, in whatever order and however often they came.
 * From `previous` come only what was decided once: when it was raised, its place in an incident, and who it is about.
 * `incident` is '' until it has one.
 */
export function buildAlert(o: {
  readonly draft: AlertDraft;
  readonly facts: AlertEvidence;
  /** The events of `facts.evidence`, in its order; not read when the previous alert has the same evidence. */
  readonly events: readonly SecurityEvent[];
  readonly previous: Alert | null;
  readonly nowMs: number;
  readonly limits: AlertLimits;
}): Alert {
  const { draft, facts, previous } = o;
  const kept = previous !== null && sameEvidence(previous, facts.evidence);
  return {
    ...draft,
    ...(previous === null ? {} : { org: previous.org, host: previous.host, entity: previous.entity }),
    firstEventMs: facts.firstEventMs,
    lastEventMs: facts.lastEventMs,
    firstReceivedMs: facts.firstReceivedMs,
    events: facts.events,
    evidence: facts.evidence,
    entities: kept ? previous.entities : entitiesOf(o.events, o.limits),
    incident: previous?.incident ?? '',
    createdMs: previous?.createdMs ?? o.nowMs,
  };
}

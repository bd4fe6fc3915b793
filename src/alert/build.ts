import type { AlertCorrelation } from '../model/correlation.ts';
import type { SecurityEvent } from '../model/event.ts';
import { type Alert, knownEvidence, type RuleFacts } from '../model/finding.ts';
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

/**
 * The alert its findings make: the same findings give the same alert, in whatever order and however often they came.
 * From `previous` come only what was decided once: when it was raised, its place in an incident, and who it is about.
 * `incident` is '' until it has one.
 */
export function buildAlert(o: {
  readonly draft: AlertDraft;
  readonly facts: AlertEvidence;
  /** The events of `facts.evidence` after the `knownEvidence` of the previous alert, in order. */
  readonly events: readonly SecurityEvent[];
  readonly previous: Alert | null;
  /** Of a correlation's alert, whose content follows from its members and never from an earlier alert. */
  readonly correlation?: AlertCorrelation;
  readonly nowMs: number;
  readonly limits: AlertLimits;
}): Alert {
  const { draft, facts, previous } = o;
  const before = knownEvidence(previous, facts.evidence) > 0 ? previous?.entities : undefined;
  return {
    ...draft,
    ...(previous === null || o.correlation !== undefined
      ? {}
      : { org: previous.org, host: previous.host, entity: previous.entity }),
    firstEventMs: facts.firstEventMs,
    lastEventMs: facts.lastEventMs,
    firstReceivedMs: facts.firstReceivedMs,
    events: facts.events,
    evidence: facts.evidence,
    entities: entitiesOf(o.events, o.limits, before),
    incident: previous?.incident ?? '',
    createdMs: previous?.createdMs ?? o.nowMs,
    ...(o.correlation === undefined ? {} : { correlation: o.correlation }),
  };
}

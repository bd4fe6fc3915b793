import { createHash } from 'node:crypto';
import type { CorrelationMember } from '../model/correlation.ts';
import type { SecurityEvent } from '../model/event.ts';
import { type EventFields, hitEvent, type Member, memberOf } from '../sigma/index.ts';
import type { Turn } from './correlation-hour.ts';
import type { LiveCorrelation } from './correlation-ports.ts';
import type { DetectLimits } from './limits.ts';

/** Why an event that met a rule takes no part in a correlation that refers to it. */
export type NoMember = 'no-group' | 'no-value' | 'too-long';

type Made = { readonly kind: 'member'; readonly member: CorrelationMember } | { readonly kind: NoMember } | null;

/** Values are only told apart, so a long one may be its hash. */
const valueCharsMax = 200;

/** What an event that met `rule` contributes to a correlation; null when the correlation does not ask for the rule. */
export function memberOfEvent(
  correlation: LiveCorrelation,
  rule: string,
  event: SecurityEvent,
  day: string,
  limits: Pick<DetectLimits, 'memberTextChars'>,
): Made {
  const { id, receivedTimeMs, origin, drill, lane, org, system, host } = event;
  const behind = { event: id, day, receivedTimeMs, origin, drill, lane, org, system, host, source: '' };
  return made(correlation, rule, event.fields, { timeMs: event.eventTimeMs, order: id }, behind, limits);
}

/** What a turn of a correlation below contributes to the one above; it stands for the event that completed it. */
export function memberOfTurn(
  above: LiveCorrelation,
  below: LiveCorrelation,
  turn: Turn,
  limits: Pick<DetectLimits, 'memberTextChars'>,
): Made {
  const { completing } = turn;
  const { groupTexts, group, ...rest } = completing;
  const { fields, order } = hitEvent({ id: below.facts.id, ir: below.ir }, completing, groupTexts);
  const behind = { ...rest, source: sourceOf(below, group) };
  return made(above, below.facts.id, fields, { timeMs: turn.timeMs, order }, behind, limits);
}

/** Names a group of a correlation as where members above come from. */
export function sourceOf(below: LiveCorrelation, group: string): string {
  return hash32([below.key, group]);
}

function made(
  correlation: LiveCorrelation,
  id: string,
  fields: EventFields,
  at: { readonly timeMs: number; readonly order: string },
  behind: Pick<
    CorrelationMember,
    'event' | 'day' | 'receivedTimeMs' | 'origin' | 'drill' | 'lane' | 'org' | 'system' | 'host' | 'source'
  >,
  limits: Pick<DetectLimits, 'memberTextChars'>,
): Made {
  const outcome = memberOf(correlation.ir, id, fields, at.timeMs, at.order);
  if (outcome.kind === 'no-reference') return null;
  if (outcome.kind !== 'member') return { kind: outcome.kind };
  const { member } = outcome;
  if (textLength(member) > limits.memberTextChars) return { kind: 'too-long' };
  const { event, day, receivedTimeMs, origin, drill, lane, org, system, host, source } = behind;
  return {
    kind: 'member',
    // Written out, so that the same member is the same text wherever it is made.
    member: {
      correlation: correlation.key,
      group: hash32([origin, drill, lane, ...member.group]),
      timeMs: member.timeMs,
      order: member.order,
      reference: member.reference,
      groupTexts: member.group,
      value: member.value.length > valueCharsMax ? `sha256:${sha256(member.value)}` : member.value,
      number: member.number,
      carried: member.carried,
      event,
      day,
      receivedTimeMs,
      origin,
      drill,
      lane,
      org,
      system,
      host,
      source,
    },
  };
}

function textLength({ group, carried, order }: Member): number {
  return [...group, ...carried, order].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

function hash32(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

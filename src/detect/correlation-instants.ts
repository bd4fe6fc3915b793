import type { CorrelationMember } from '../model/correlation.ts';
import {
  type Correlation,
  type CorrelationHit,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  evaluateGroup,
} from '../sigma/index.ts';
import type { LiveCorrelation } from './correlation-ports.ts';
import { memberValue } from './live-correlations.ts';

/** A moment at which a correlation holds for a group. */
export interface HeldInstant {
  readonly timeMs: number;
  readonly value: number;
  /** It did not hold at the moment before, or that is longer ago than the timespan. */
  readonly turned: boolean;
  /** The event that completed it. */
  readonly order: string;
}

/** Up to so many members the brute force is quicker than setting up a stream. */
const bruteMax = 48;

/** When a correlation holds, ascending. @param members of one group, each once, ascending by (time, order, reference) */
export function heldInstants(correlation: LiveCorrelation, members: readonly CorrelationMember[]): HeldInstant[] {
  return members.length <= bruteMax ? byBruteForce(correlation, members) : byStream(correlation.overMembers, members);
}

function byBruteForce({ ir }: LiveCorrelation, members: readonly CorrelationMember[]): HeldInstant[] {
  const plain = members.map(({ groupTexts, ...member }) => ({ ...member, group: groupTexts }));
  return evaluateGroup(ir, plain).flatMap(({ timeMs, value, holds, turned, completing }) =>
    holds ? [{ timeMs, value, turned, order: completing.order }] : [],
  );
}

function byStream(correlation: Correlation, members: readonly CorrelationMember[]): HeldInstant[] {
  const held: HeldInstant[] = [];
  const keep =
    (turned: boolean) =>
    ({ timeMs, value, order }: CorrelationHit): void =>
      void held.push({ timeMs, value, turned, order });
  const room = members.length + 1;
  const bounds = { waiting: room, members: room, groupMembers: room, evidence: 0 };
  const stream = createCorrelationStream([correlation], {
    limits: { ...defaultCorrelationStreamLimits, ...bounds },
    onBegin: keep(true),
    onAmend: keep(false),
  });
  const { kind, references } = correlation.ir;
  const handles = references.map(({ id }) => stream.handleOf(id));
  const temporal = kind === 'temporal' || kind === 'temporal_ordered';
  for (const [at, member] of members.entries()) {
    const before = members[at - 1];
    // But for temporal kinds an event counts once, under the first rule it met.
    if (!temporal && before?.timeMs === member.timeMs && before.order === member.order) continue;
    const value = kind === 'value_count' ? member.value : decimalText(member.number);
    stream.push(handles[member.reference] ?? -1, { [memberValue]: value }, member.timeMs, member.order);
  }
  stream.flush();
  return held;
}

/** A number written without an exponent, as values of events are. */
export function decimalText(number: number): string {
  const text = String(number);
  const [mantissa = '', exponent] = text.split('e');
  if (exponent === undefined) return text;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(mantissa) ?? [];
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return `${sign}${padded.slice(0, point)}${padded.length > point ? `.${padded.slice(point)}` : ''}`;
}

import type { CorrelationMember, MemberWriting } from '../model/correlation.ts';
import { memberKey } from '../model/correlation.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { answerHour, type HourAnswer, heldOver, knownOf, sortedWritings } from './correlation-hour.ts';
import { memberOfTurn, sourceOf } from './correlation-members.ts';
import type { LiveCorrelation, MembersPort, RecentMembersPort } from './correlation-ports.ts';
import { type HourRange, hourOf, touchedRanges } from './correlation-ranges.ts';
import { type ReaderParts, readGroups } from './correlation-reader.ts';
import type { DetectLimits } from './limits.ts';
import type { LiveRules } from './ports.ts';

/** What one hour of a group came to, with one of its members to say which group it is. */
export interface Correlated {
  readonly correlation: LiveCorrelation;
  readonly one: CorrelationMember;
  readonly answer: HourAnswer;
}

/** A group that was looked at, and how much was known of it then. */
interface Looked {
  readonly correlation: LiveCorrelation;
  readonly group: string;
  readonly ranges: readonly HourRange[];
  readonly known: number;
}

interface Answered {
  readonly group: string;
  readonly ranges: readonly HourRange[];
  /** null for a group without members, whose last ones were taken back or are gone. */
  readonly one: CorrelationMember | null;
  readonly answers: readonly HourAnswer[];
}

/** Groups to look at, by correlation and group: times of new or taken back members, and members to add. */
type Touched = Map<number, Map<string, TouchedGroup>>;

interface TouchedGroup {
  readonly times: Set<number>;
  readonly add: MemberWriting[];
}

export interface CorrelationPass {
  readonly correlated: readonly Correlated[];
  /**
   * Looks again at groups whose answer might have been overtaken by a worker that saw less: null when none was, else the
   * answers worked out anew. To be asked once the answers are stored.
   */
  again(): Promise<CorrelationPass | null>;
}

export interface Correlator {
  /** From members that are in the store to what their groups came to, correlations built on correlations included. */
  evaluate(rules: LiveRules, members: readonly CorrelationMember[]): Promise<CorrelationPass>;
}

export function createCorrelator(o: {
  readonly members: MembersPort;
  readonly recent: RecentMembersPort;
  readonly limits: DetectLimits;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'counter' | 'histogram'>;
}): Correlator {
  const { limits, log } = o;
  const counts = {
    looked: o.metrics.counter('correlation_groups_total', 'Groups of correlations looked at'),
    reads: o.metrics.counter('correlation_reads_total', 'Where members of groups were read from', ['from']),
    cut: o.metrics.counter('correlation_members_cut_total', 'Members left out of a group with too many', ['rule']),
    again: o.metrics.counter('correlation_overtaken_total', 'Answers worked out again because another worker added'),
  };
  const toldCut = new Set<string>();
  let turnedMs = performance.now();
  const reader: ReaderParts = { ...o, read: (from) => counts.reads.inc({ from }) };

  const evaluateTouched = async (rules: LiveRules, touched: Touched): Promise<CorrelationPass> => {
    const correlated: Correlated[] = [];
    const fragile: Looked[] = [];
    // Referenced before referencing: what a correlation hands on is stored before those above it are looked at.
    for (const [index, correlation] of rules.correlations.all.entries()) {
      const groups = touched.get(index);
      if (groups === undefined) continue;
      const above = rules.correlations.referringTo(correlation.facts.id);
      const wanted = [...groups].map(([group, { times, add }]) => {
        return { group, add, ranges: touchedRanges(times, correlation.ir, above.length > 0) };
      });
      counts.looked.inc(wanted.length);
      const found = await readGroups(correlation, wanted, reader);
      const answered: Answered[] = [];
      for (const { group, ranges } of wanted) {
        const sorted = sortedWritings(found.get(group) ?? []);
        const answers = await answersOf(correlation, sorted, ranges);
        const one = { group, ranges, one: sorted[0]?.member ?? null, answers };
        answered.push(one);
        if ((!correlation.onlyGrows || above.length > 0) && mayHaveHeld(correlation, one))
          fragile.push({ correlation, group, ranges, known: knownOf(sorted) });
      }
      for (const { one, answers } of answered)
        if (one !== null) for (const answer of answers) correlated.push({ correlation, one, answer });
      if (above.length === 0) continue;
      const uppers = above.flatMap((upper) => rules.correlations.all[upper] ?? []);
      for (const writing of await handOn(correlation, uppers, answered)) touch(rules, touched, writing);
    }
    return { correlated, again: () => lookAgain(rules, fragile) };
  };

  /** Gives way to the event loop now and then: locks are renewed and requests answered meanwhile. */
  const answersOf = async (
    correlation: LiveCorrelation,
    sorted: readonly MemberWriting[],
    ranges: readonly HourRange[],
  ): Promise<HourAnswer[]> => {
    const hours = [...new Set(sorted.map(({ member }) => hourOf(member.timeMs)))];
    const answers: HourAnswer[] = [];
    for (const range of ranges) {
      const inRange = hours.filter((hourMs) => hourMs >= range.fromMs && hourMs < range.toMs);
      const over = heldOver(correlation, sorted, range, limits.groupMembersMax);
      for (const hourMs of inRange) {
        const answer = answerHour(correlation, sorted, hourMs, limits.groupMembersMax, over);
        answers.push(answer);
        if (answer.cut > 0) tellCut(correlation, sorted, answer.cut);
        await turn();
      }
    }
    return answers;
  };

  const turn = async (): Promise<void> => {
    if (performance.now() - turnedMs < limits.correlateTurnMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    turnedMs = performance.now();
  };

  const tellCut = ({ facts }: LiveCorrelation, sorted: readonly MemberWriting[], cut: number): void => {
    counts.cut.inc({ rule: facts.id }, cut);
    // The first time tells what is wrong; the counter tells how often.
    if (toldCut.has(facts.id)) return;
    toldCut.add(facts.id);
    const group = sorted[0]?.member.groupTexts;
    log.warn({ rule: facts.id, group, cut }, 'a group of a correlation has more members than are looked at');
  };

  /**
   * Stores what the correlations above are to hear of groups: their turns, and that turns told before are none. Gives all
   * that was ever told, also what was told already: whoever told it may have died before those above were looked at.
   */
  const handOn = async (
    below: LiveCorrelation,
    uppers: readonly LiveCorrelation[],
    answered: readonly Answered[],
  ): Promise<MemberWriting[]> => {
    const told = await toldBy(
      below,
      uppers,
      answered.filter((each) => mayHaveHeld(below, each)),
    );
    const writings: MemberWriting[] = [];
    const touching: MemberWriting[] = [];
    const write = (writing: MemberWriting): void => {
      writings.push(writing);
      touching.push(writing);
    };
    for (const { group, answers } of answered) {
      const before = told.get(sourceOf(below, group)) ?? new Map<string, MemberWriting>();
      const standing = new Set<string>();
      for (const { turns, known } of answers) {
        for (const turn of turns) {
          for (const upper of uppers) {
            const made = memberOfTurn(upper, below, turn, limits);
            if (made?.kind !== 'member') continue;
            const name = nameOf(made.member);
            standing.add(name);
            const toldAlready = before.get(name);
            if (toldAlready?.holds === true) touching.push(toldAlready);
            else write({ member: made.member, version: known, holds: true });
          }
        }
      }
      const knownAt = new Map(answers.map(({ hourMs, known }) => [hourMs, known]));
      for (const [name, toldAlready] of before) {
        if (standing.has(name)) continue;
        const { member, version, holds } = toldAlready;
        const known = knownAt.get(hourOf(member.timeMs)) ?? 0;
        // Told by somebody who knew more: then it is this answer that is old.
        if (holds && known > version) write({ member, version: known, holds: false });
        else touching.push(toldAlready);
      }
    }
    if (writings.length > 0) await o.members.insertMembers(writings, below.key);
    return touching;
  };

  /** What was told before of the hours that were looked at, by source and name. */
  const toldBy = async (
    below: LiveCorrelation,
    uppers: readonly LiveCorrelation[],
    answered: readonly Answered[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, MemberWriting>>> => {
    if (answered.length === 0) return new Map();
    const rangesOf = new Map(answered.map(({ group, ranges }) => [sourceOf(below, group), ranges]));
    const all = [...rangesOf.values()].flat();
    const fromMs = Math.min(...all.map((range) => range.fromMs));
    const toMs = Math.max(...all.map((range) => range.toMs));
    const keys = uppers.map(({ key }) => key);
    const told = new Map<string, Map<string, MemberWriting>>();
    for (const writing of await o.members.membersFrom([...rangesOf.keys()], keys, { fromMs, toMs })) {
      const { source, timeMs } = writing.member;
      if (rangesOf.get(source)?.some((range) => timeMs >= range.fromMs && timeMs < range.toMs) !== true) continue;
      const some = told.get(source) ?? new Map<string, MemberWriting>();
      told.set(source, some.set(nameOf(writing.member), writing));
    }
    return told;
  };

  const lookAgain = async (rules: LiveRules, fragile: readonly Looked[]): Promise<CorrelationPass | null> => {
    const touched: Touched = new Map();
    for (const correlation of new Set(fragile.map((looked) => looked.correlation))) {
      const some = fragile.filter((looked) => looked.correlation === correlation);
      const found = await readGroups(
        correlation,
        some.map(({ group, ranges }) => ({ group, ranges, add: [] })),
        reader,
      );
      for (const { group, ranges, known } of some) {
        const sorted = sortedWritings(found.get(group) ?? []);
        if (knownOf(sorted) === known) continue;
        counts.again.inc();
        const within = sorted.filter(({ member }) =>
          ranges.some(({ fromMs, toMs }) => member.timeMs >= fromMs && member.timeMs < toMs),
        );
        const times = new Set(within.map(({ member }) => member.timeMs));
        groupsOf(touched, rules.correlations.numberOf(correlation.key)).set(group, { times, add: [] });
      }
    }
    return touched.size === 0 ? null : evaluateTouched(rules, touched);
  };

  return {
    evaluate: (rules, members) => {
      const touched: Touched = new Map();
      for (const member of members) touch(rules, touched, { member, version: 0, holds: true });
      return evaluateTouched(rules, touched);
    },
  };
}

/**
 * Whether it was ever said of these hours that the correlation holds. Nearly always it cannot have been, and then nothing
 * is to be taken back and nobody can have said more.
 */
function mayHaveHeld({ mostlyGrows }: LiveCorrelation, { answers }: Answered): boolean {
  return !mostlyGrows || answers.some(({ neverHeld }) => !neverHeld);
}

function touch(rules: LiveRules, touched: Touched, writing: MemberWriting): void {
  const { member } = writing;
  const index = rules.correlations.numberOf(member.correlation);
  const groups = groupsOf(touched, index);
  const group: TouchedGroup = groups.get(member.group) ?? { times: new Set(), add: [] };
  groups.set(member.group, group);
  group.times.add(member.timeMs);
  group.add.push(writing);
}

function groupsOf(touched: Touched, correlation: number): Map<string, TouchedGroup> {
  const groups = touched.get(correlation) ?? new Map<string, TouchedGroup>();
  touched.set(correlation, groups);
  return groups;
}

function nameOf(member: CorrelationMember): string {
  return `${member.correlation} ${member.group} ${memberKey(member)}`;
}

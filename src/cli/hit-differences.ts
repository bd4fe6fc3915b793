import type { Correlation, Rule } from '../sigma/index.ts';

/** A line that shows a difference. */
export interface DifferenceExample {
  readonly file: string;
  readonly line: number;
  /** The beginning of the line; of a correlation its group. */
  readonly text: string;
}

/** One side of the comparison. */
export interface ComparedRules {
  readonly rules: readonly Rule[];
  readonly correlations: readonly Correlation[];
  /** Ids that raise no hits of their own. */
  readonly silent: ReadonlySet<string>;
}

/** Where a correlation turned true, as `vonggac detect` tells it. */
export interface CorrelatedHit {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly group: Readonly<Record<string, string>>;
}

/** What changed for one rule or correlation, told by its id. */
export interface RuleDifference {
  readonly id: string;
  readonly title: string;
  /** `added`, `removed`: the id is in one set only · `changed`: its text differs · `same`: it does not. */
  readonly rule: 'added' | 'removed' | 'changed' | 'same';
  readonly before: number;
  readonly after: number;
  readonly gained: number;
  readonly lost: number;
  readonly gainedExamples: readonly DifferenceExample[];
  readonly lostExamples: readonly DifferenceExample[];
}

export interface HitDifferences {
  /** Counts one line: what it met before and what it meets after, as indexes into the two sets. */
  take(file: string, line: number, text: string, before: readonly number[], after: readonly number[]): void;
  /** Counts what correlations told of all lines; a hit is the same when its line and group are. */
  takeCorrelated(before: readonly CorrelatedHit[], after: readonly CorrelatedHit[]): void;
  /** Rules with a hit gained or lost, in the order of ids. */
  differing(): RuleDifference[];
  totals(): { readonly lines: number; readonly before: number; readonly after: number };
}

/** Bounds of what is kept to show. */
const examplesMax = 5;
const exampleChars = 240;

/** Compares the hits of two sets, line by line. Rules are the same when their ids are; what is silent has no hits. */
export function createHitDifferences(before: ComparedRules, after: ComparedRules): HitDifferences {
  const tallies = new Map<string, Tally>();
  for (const rule of [...before.rules, ...before.correlations]) tallies.set(rule.id, newTally(rule, null));
  for (const rule of [...after.rules, ...after.correlations])
    tallies.set(rule.id, newTally(tallies.get(rule.id)?.old ?? null, rule));
  let lines = 0;

  return {
    take(file, line, text, hitBefore, hitAfter) {
      lines++;
      const ids = new Set(idsOf(before, hitBefore));
      for (const id of ids) tallyOf(id).before++;
      for (const id of idsOf(after, hitAfter)) {
        const tally = tallyOf(id);
        tally.after++;
        if (!ids.delete(id)) tell(tally.gained, file, line, text);
      }
      for (const id of ids) tell(tallyOf(id).lost, file, line, text);
    },
    takeCorrelated(hitsBefore, hitsAfter) {
      const left = new Map(hitsBefore.map((hit) => [JSON.stringify([hit.rule, hit.file, hit.line, hit.group]), hit]));
      for (const { rule } of left.values()) tallyOf(rule).before++;
      for (const hit of hitsAfter) {
        const tally = tallyOf(hit.rule);
        tally.after++;
        const same = left.delete(JSON.stringify([hit.rule, hit.file, hit.line, hit.group]));
        if (!same) tell(tally.gained, hit.file, hit.line, JSON.stringify(hit.group));
      }
      for (const hit of left.values()) tell(tallyOf(hit.rule).lost, hit.file, hit.line, JSON.stringify(hit.group));
    },
    differing: () =>
      [...tallies.values()]
        .filter(({ gained, lost }) => gained.count + lost.count > 0)
        .map(differenceOf)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    totals: () => ({
      lines,
      before: sum([...tallies.values()].map((tally) => tally.before)),
      after: sum([...tallies.values()].map((tally) => tally.after)),
    }),
  };

  function tallyOf(id: string): Tally {
    const tally = tallies.get(id);
    if (tally === undefined) throw new Error(`a hit of a rule of neither set: ${id}`);
    return tally;
  }
}

function idsOf({ rules, silent }: ComparedRules, hits: readonly number[]): string[] {
  return hits.map((index) => rules[index]?.id ?? '').filter((id) => !silent.has(id));
}

/** What a tally keeps of a rule or correlation. */
type Told = Pick<Rule, 'id' | 'title' | 'hash'>;

interface Side {
  count: number;
  readonly examples: DifferenceExample[];
}

interface Tally {
  readonly old: Told | null;
  readonly new: Told | null;
  before: number;
  after: number;
  readonly gained: Side;
  readonly lost: Side;
}

function newTally(old: Told | null, now: Told | null): Tally {
  return { old, new: now, before: 0, after: 0, gained: { count: 0, examples: [] }, lost: { count: 0, examples: [] } };
}

function tell(side: Side, file: string, line: number, text: string): void {
  if (side.count++ < examplesMax) side.examples.push({ file, line, text: text.slice(0, exampleChars) });
}

function differenceOf(tally: Tally): RuleDifference {
  const { old, new: now, before, after, gained, lost } = tally;
  const changed = old?.hash === now?.hash ? 'same' : 'changed';
  return {
    id: (now ?? old)?.id ?? '',
    title: (now ?? old)?.title ?? '',
    rule: old === null ? 'added' : now === null ? 'removed' : changed,
    before,
    after,
    gained: gained.count,
    lost: lost.count,
    gainedExamples: gained.examples,
    lostExamples: lost.examples,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

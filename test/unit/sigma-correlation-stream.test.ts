import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Correlation,
  type CorrelationHit,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  evaluateCorrelations,
  type MatchedEvent,
} from '../../src/sigma/index.ts';
import { baseRules, correlation, idOf, link } from './sigma-correlation-rows.ts';

const limits = { ...defaultCorrelationStreamLimits, reorderMs: 3_000, evidence: 1_000 };

function correlationsOf(...lines: string[]): readonly Correlation[] {
  const { correlations, all } = link([...lines.map((text, i) => correlation(text, String(i + 1))), baseRules]);
  const refused = all.filter(({ severity }) => severity === 'refused');
  if (refused.length > 0) throw new Error(refused.map(({ message }) => message).join('; '));
  return correlations;
}

interface Run {
  readonly begun: CorrelationHit[];
  readonly amended: CorrelationHit[];
  /** Both, as they came. */
  readonly told: CorrelationHit[];
  readonly late: number;
  readonly stats: ReturnType<ReturnType<typeof createCorrelationStream>['stats']>;
}

/** Events as they arrive; time goes on with the youngest of them. */
function run(
  correlations: readonly Correlation[],
  events: readonly MatchedEvent[],
  over: Partial<typeof limits> = {},
): Run {
  const begun: CorrelationHit[] = [];
  const amended: CorrelationHit[] = [];
  const told: CorrelationHit[] = [];
  const stream = createCorrelationStream(correlations, {
    limits: { ...limits, ...over },
    onBegin: (hit) => told.push(hit) && begun.push(hit),
    onAmend: (hit) => told.push(hit) && amended.push(hit),
  });
  let late = 0;
  let presentMs = Number.NEGATIVE_INFINITY;
  for (const { rules, fields, timeMs, order } of events) {
    for (const rule of rules) {
      if (stream.push(stream.handleOf(rule), fields, timeMs, order) === 'late') late++;
    }
    presentMs = Math.max(presentMs, timeMs);
    stream.advance(presentMs);
  }
  stream.flush();
  return { begun, amended, told, late, stats: stream.stats() };
}

const shown = (hit: Omit<CorrelationHit, 'sinceMs'>) =>
  `${hit.correlation} ${JSON.stringify(hit.group)} ${hit.timeMs} ${hit.order} ${hit.value} ${hit.memberCount} ${JSON.stringify(hit.members)}`;

/** The same from the brute force. */
function expected(correlations: readonly Correlation[], events: readonly MatchedEvent[]) {
  const begun: string[] = [];
  const amended: string[] = [];
  for (const { correlation: index, group, instants } of evaluateCorrelations(correlations, events)) {
    for (const { timeMs, value, holds, turned, completing, members } of instants) {
      if (!holds) continue;
      const text = shown({
        correlation: index,
        group,
        timeMs,
        value,
        order: completing.order,
        memberCount: members.length,
        members: members.map((member) => ({ timeMs: member.timeMs, order: member.order, reference: member.reference })),
      });
      (turned ? begun : amended).push(text);
    }
  }
  return { begun: begun.toSorted(), amended: amended.toSorted() };
}

const group = [
  '',
  'group-by: []',
  'group-by: [User]',
  'group-by: [User, Host]',
  'group-by: [who]\naliases: { who: { a: User, b: Host } }',
];
const kinds: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['event_count', ['[a]', '[a, b]'], ['{ gte: 3 }', '{ gt: 1, lt: 4 }', '{ eq: 2 }', '{ neq: 2 }', '{ gte: 1 }']],
  ['value_count', ['[a]', '[b, a]'], ['{ field: v, gte: 2 }', '{ field: [v, w], gte: 3 }', '{ field: v, lt: 2 }']],
  ['value_sum', ['[a]', '[b, a]'], ['{ field: v, gte: 5 }', '{ field: v, lt: 0.5 }', '{ field: v, neq: 3 }']],
  ['value_avg', ['[a]', '[b, a]'], ['{ field: v, gte: 1.5 }', '{ field: v, lt: 1 }']],
  [
    'value_percentile',
    ['[a]', '[b, a]'],
    ['{ field: v, percentile: 75, gte: 2 }', '{ field: v, percentile: 10, lt: 1 }'],
  ],
  ['value_median', ['[a]', '[b, a]'], ['{ field: v, gte: 2 }']],
  ['temporal', ['[a, b]', '[a, b, c]', '[c, a]'], ['', '{ gte: 2 }', '{ eq: 1 }']],
  ['temporal', ['[a, b, c]'], ['(a or b) and not c', 'a and b and c', 'not a or (b and c)']],
  ['temporal_ordered', ['[a, b]', '[c, b, a]', '[a, b, c, d]'], ['', '{ gte: 2 }', '{ eq: 1 }', '{ lt: 2 }']],
  ['temporal_ordered', ['[a, b, c]'], ['a and (b or c)', '(a and b and not c) or (b and c)', 'not a', 'a and b']],
];
const arbitraryLines = fc.constantFrom(...kinds).chain(([kind, rules, conditions]) =>
  fc
    .record({
      rules: fc.constantFrom(...rules),
      groupBy: fc.constantFrom(...group),
      timespan: fc.constantFrom('1s', '4s', '20s'),
      condition: fc.constantFrom(...conditions),
    })
    .map(({ rules: list, groupBy, timespan, condition }) => {
      const aliased = groupBy.includes('alias') && !/^\[(a|a, b|b, a)\]$/.test(list) ? 'group-by: [User]' : groupBy;
      const used = list === '[a]' ? aliased.replace(', b: Host', '') : aliased;
      return `type: ${kind}\nrules: ${list}\n${used}\ntimespan: ${timespan}${condition === '' ? '' : `\ncondition: ${condition}`}`;
    }),
);
/** Upper ones may be built on the first. */
const arbitraryUpper = fc.constantFrom(
  'type: event_count\nrules: [corr1]\ngroup-by: [User]\ntimespan: 20s\ncondition: { gte: 2 }',
  'type: event_count\nrules: [corr1]\ngroup-by: []\ntimespan: 5s\ncondition: { gte: 1 }',
  'type: temporal_ordered\nrules: [corr1, b]\ngroup-by: [Host]\ntimespan: 10s',
  'type: temporal\nrules: [a, corr1]\ngroup-by: [User]\ntimespan: 1s',
  'type: value_count\nrules: [corr1]\ngroup-by: []\ntimespan: 1h\ncondition: { field: Host, gte: 2 }',
);

const arbitraryEvent = fc.record({
  rules: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd').map(idOf), { minLength: 1, maxLength: 3 }),
  // Few different times, so that many are equal, and some exactly a timespan apart.
  timeMs: fc.integer({ min: 0, max: 120 }).map((tick) => tick * 250),
  User: fc.constantFrom('u', 'v', null),
  Host: fc.constantFrom('h', 'i', ['h', 'i'], undefined),
  v: fc.constantFrom(0, 1, 2, 3, '4', 0.1, 0.2, -1, 1e17, 'x', undefined),
  w: fc.constantFrom('p', 'q', undefined),
  jitterMs: fc.integer({ min: 0, max: limits.reorderMs }),
  copies: fc.constantFrom(1, 1, 1, 2),
});

const arrivalsOf = (events: typeof arbitraryEvent, bounds: { minLength?: number; maxLength: number }) =>
  fc.array(events, bounds).map((drawn) =>
    drawn
      .flatMap(({ rules, timeMs, User, Host, v, w, jitterMs, copies }, at) => {
        const event: MatchedEvent = {
          rules,
          timeMs,
          fields: { User, Host, v, w },
          order: `e${String((at * 7) % 211).padStart(3, '0')}`,
        };
        return Array.from({ length: copies }, (_, copy) => ({
          event,
          arrival: timeMs + (copy === 0 ? jitterMs : limits.reorderMs),
        }));
      })
      .toSorted((a, b) => a.arrival - b.arrival)
      .map(({ event }) => event),
  );
const arbitraryArrivals = arrivalsOf(arbitraryEvent, { maxLength: 60 });
/** One group and few times, so that windows and instants are large. */
const arbitraryCrowd = arrivalsOf(
  arbitraryEvent.map((event) => ({
    ...event,
    timeMs: ((event.timeMs / 250) % 25) * 250,
    User: 'u',
    Host: 'h',
    v: Number(event.timeMs) % 7 === 0 ? event.v : event.jitterMs % 40,
  })),
  { minLength: 60, maxLength: 160 },
);

function agrees(correlations: readonly Correlation[], arrivals: readonly MatchedEvent[]): void {
  const { begun, amended, late, stats } = run(correlations, arrivals);
  const wanted = expected(correlations, arrivals);
  expect(late).toBe(0);
  expect(begun.map(shown).toSorted()).toEqual(wanted.begun);
  expect(amended.map(shown).toSorted()).toEqual(wanted.amended);
  expect(stats).toMatchObject({ waiting: 0, forced: 0, evictedGroups: 0, evictedMembers: 0 });
}

describe('the stream says what the brute force says', () => {
  test.each(kinds)('%s %o %o', (kind) => {
    fc.assert(
      fc.property(
        arbitraryLines.filter((lines) => lines.startsWith(`type: ${kind}\n`)),
        arbitraryArrivals,
        (lines, arrivals) => agrees(correlationsOf(lines), arrivals),
      ),
      { numRuns: 60 },
    );
  });
  test('several side by side', () => {
    fc.assert(
      fc.property(fc.array(arbitraryLines, { minLength: 2, maxLength: 5 }), arbitraryArrivals, (lines, arrivals) =>
        agrees(correlationsOf(...lines), arrivals),
      ),
      { numRuns: 60 },
    );
  });
  test('crowded groups', () => {
    fc.assert(
      fc.property(fc.array(arbitraryLines, { minLength: 2, maxLength: 3 }), arbitraryCrowd, (lines, arrivals) =>
        agrees(correlationsOf(...lines), arrivals),
      ),
      { numRuns: 12 },
    );
  });
  test('times between milliseconds', () => {
    const between = arrivalsOf(
      arbitraryEvent.map((event) => ({ ...event, timeMs: Math.floor(event.timeMs / 750) / 4 })),
      { minLength: 30, maxLength: 90 },
    );
    fc.assert(
      fc.property(fc.array(arbitraryLines, { minLength: 1, maxLength: 2 }), between, (lines, arrivals) =>
        agrees(correlationsOf(...lines), arrivals),
      ),
      { numRuns: 40 },
    );
  });
  test('chains', () => {
    fc.assert(
      fc.property(
        arbitraryLines,
        fc.array(arbitraryUpper, { minLength: 1, maxLength: 2 }),
        arbitraryArrivals,
        (lines, upper, arrivals) =>
          agrees(
            correlationsOf(
              lines,
              ...upper,
              'type: event_count\nrules: [corr2]\ngroup-by: []\ntimespan: 1h\ncondition: { gte: 2 }',
            ),
            arrivals,
          ),
      ),
      { numRuns: 150 },
    );
  });
});

describe('at the edges', () => {
  const count = correlationsOf('type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10s\ncondition: { gte: 2 }');
  const at = (timeMs: number, order: string, User = 'u', rule = 'a'): MatchedEvent => ({
    rules: [idOf(rule)],
    fields: { User },
    timeMs,
    order,
  });

  test('a late event is handed back, one at the edge of the reorder window is not', () => {
    const { late, begun } = run(count, [at(0, 'a'), at(10_000, 'b'), at(7_000, 'c'), at(6_900, 'd')]);
    expect(late).toBe(1);
    expect(begun.map(({ timeMs, order, memberCount }) => [timeMs, order, memberCount])).toEqual([[7_000, 'c', 2]]);
  });
  test('without a reorder window equal times still are one instant', () => {
    const { begun, amended } = run(count, [at(5, 'a'), at(5, 'b'), at(6, 'c')], { reorderMs: 0 });
    expect(begun.map(({ timeMs, memberCount }) => [timeMs, memberCount])).toEqual([[5, 2]]);
    expect(amended.map(({ timeMs, sinceMs, memberCount }) => [timeMs, sinceMs, memberCount])).toEqual([[6, 5, 3]]);
  });
  test('nothing is said before its time has come', () => {
    const begun: CorrelationHit[] = [];
    const stream = createCorrelationStream(count, { limits, onBegin: (hit) => begun.push(hit) });
    const handle = stream.handleOf(idOf('a'));
    for (const order of ['a', 'b']) expect(stream.push(handle, { User: 'u' }, 1_000, order)).toBe('taken');
    stream.advance(4_000);
    expect(begun).toHaveLength(0);
    stream.advance(4_100);
    expect(begun).toHaveLength(1);
    expect(stream.push(handle, { User: 'u' }, 1_000, 'c')).toBe('late');
  });
  test('what takes no part is counted', () => {
    const stream = createCorrelationStream(count, { onBegin: () => {} });
    expect(stream.handleOf(idOf('b'))).toBe(-1);
    expect(stream.push(-1, { User: 'u' }, 0, 'a')).toBe('ignored');
    expect(stream.push(stream.handleOf(idOf('a')), { Host: 'h' }, 0, 'a')).toBe('ignored');
    expect(stream.push(stream.handleOf(idOf('a')), { User: 'u' }, Number.NaN, 'a')).toBe('ignored');
    expect(stream.stats()).toMatchObject({ taken: 0, ignored: 3 });
  });
  test('evidence shows the latest', () => {
    const events = ['a', 'b', 'c', 'd', 'e'].map((order, i) => at(i < 3 ? 1_000 : 2_000, order));
    const { amended } = run(count, events, { evidence: 3 });
    expect(amended.map(({ memberCount, members }) => [memberCount, members.map(({ order }) => order)])).toEqual([
      [5, ['c', 'd', 'e']],
    ]);
  });
  test('idle groups are let go of as time passes', () => {
    const stream = createCorrelationStream(count, { limits, onBegin: () => {} });
    const handle = stream.handleOf(idOf('a'));
    for (let i = 0; i < 1000; i++) stream.push(handle, { User: `u${i}` }, i, 'x');
    stream.advance(5_000);
    expect(stream.stats()).toMatchObject({ groups: 1000, members: 1000, waiting: 0 });
    stream.advance(14_100);
    expect(stream.stats()).toMatchObject({ groups: 0, members: 0, evictedGroups: 0 });
  });

  test.each([
    ['groups', { groups: 10 }, { evictedGroups: 90, evictedMembers: 90, groups: 10, members: 10 }],
    ['members', { members: 10 }, { evictedGroups: 90, evictedMembers: 90, groups: 10, members: 10 }],
    ['waiting', { waiting: 10, reorderMs: 60_000 }, { groups: 100, members: 100, evictedGroups: 0 }],
  ] as const)('the limit of %s', (name, over, stats) => {
    const hour = correlationsOf('type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1h\ncondition: { gte: 2 }');
    const events = Array.from({ length: 100 }, (_, i) => at(i * 4_000, `e${i}`, `u${i}`));
    const result = run(hour, events, over);
    expect(result.stats).toMatchObject(stats);
    expect(result.stats.forced > 0).toBe(name === 'waiting');
  });
  test('the limit of members of a group drops the oldest, and the count still reaches its condition', () => {
    const five = correlationsOf(
      'type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 10s\ncondition: { gte: 5 }',
    );
    const events = Array.from({ length: 20 }, (_, i) => at(i, `e${i}`));
    const { begun, amended, stats } = run(five, events, { groupMembers: 3 });
    expect(begun.map(({ value }) => value)).toEqual([5]);
    expect(new Set(amended.map(({ value }) => value))).toEqual(new Set([6]));
    expect(stats).toMatchObject({ evictedMembers: 14, members: 6, evictedGroups: 0 });
  });
  test('times so far out that the start of a slice is rounded beyond them', () => {
    const times = [-1e300, 0, 26_895_496_974_656_604, 107_581_987_898_626_420, 215_163_975_797_252_830, 1e300];
    const { told, stats } = run(
      count,
      times.flatMap((timeMs, i) => [at(timeMs, `e${i}`), at(timeMs, `f${i}`)]),
    );
    expect(told.map(({ timeMs }) => timeMs)).toEqual(times);
    expect(stats.waiting).toBe(0);
  });
  test('a group that goes on keeps its members while many others come and go', () => {
    const day = correlationsOf('type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 1d\ncondition: { gte: 1 }');
    const events = Array.from({ length: 4_000 }, (_, i) => at(i * 1_000, `e${i}`, i % 10 === 0 ? 'steady' : `u${i}`));
    const { begun, amended, stats } = run(day, events, { members: 500, reorderMs: 0 });
    const steady = [...begun, ...amended].filter(({ group: [user] }) => user === 'steady');
    expect(steady.map(({ memberCount }) => memberCount)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    expect(steady.at(-1)?.members.map(({ timeMs }) => timeMs)).toEqual(steady.map(({ timeMs }) => timeMs));
    // All but the last hundred of the others had to go.
    expect(stats).toMatchObject({ members: 500, groups: 101, evictedGroups: 3_500, evictedMembers: 3_500 });
  });
  test.each(kinds)('limits that bite at every event break nothing: %s', (kind) => {
    const lines = arbitraryLines.filter((text) => text.startsWith(`type: ${kind}\n`));
    const tight = fc.record({
      groups: fc.integer({ min: 1, max: 3 }),
      members: fc.integer({ min: 1, max: 5 }),
      groupMembers: fc.integer({ min: 1, max: 3 }),
      waiting: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(
        lines,
        fc.array(arbitraryUpper, { maxLength: 2 }),
        arbitraryArrivals,
        tight,
        (text, upper, arrivals, over) => {
          const { stats, begun, amended, told } = run(correlationsOf(text, ...upper), arrivals, over);
          expect(stats.waiting).toBe(0);
          expect(stats.members).toBeLessThanOrEqual(over.members * (1 + upper.length) + 5);
          for (const hit of [...begun, ...amended]) {
            expect(hit.members.length).toBe(hit.memberCount);
            expect(hit.members.at(-1)).toMatchObject({ timeMs: hit.timeMs, order: hit.order });
          }
          const times = told.map(({ timeMs }) => timeMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          const instants = told.map((hit) => `${hit.correlation} ${hit.timeMs} ${JSON.stringify(hit.group)}`);
          expect(new Set(instants).size).toBe(instants.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

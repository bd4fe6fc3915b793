import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type MemberSlice, type MemberWriting, memberKey } from '../../src/model/correlation.ts';
import { createLog } from '../../src/observe/log.ts';
import type { CorrelationStateLimits } from '../../src/state/correlation-state.ts';
import { type CorrelationState, createMemoryCorrelationState, createState, type State } from '../../src/state/index.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';

let redis: RedisProcess;
const open: State[] = [];
let serial = 0;

beforeAll(async () => {
  redis = await startRedisProcess();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((state) => state.close()));
});
afterAll(() => redis.stop());

const slice: MemberSlice = { correlation: 'c@1', fromMs: 0, toMs: 3_600_000 };
const other: MemberSlice = { ...slice, fromMs: 3_600_000, toMs: 7_200_000 };

function member(
  group: string,
  timeMs: number,
  { order = `e${timeMs}`, reference = 0, version = 0, holds = true } = {},
): MemberWriting {
  const plain = {
    correlation: 'c@1',
    group: group.padEnd(32, '0'),
    timeMs,
    order,
    reference,
    groupTexts: ['đ "quoted" \\ \u0001'],
    value: '',
    number: -0.5,
    carried: [null, 'x'],
    event: order,
    day: '2026-11-22',
    receivedTimeMs: timeMs,
    origin: 'production' as const,
    drill: '',
    lane: '',
    org: 'o',
    system: 's',
    host: 'h',
    source: '',
  };
  return { member: plain, version, holds };
}

const keyOf = ({ member: of }: MemberWriting): string => memberKey(of);

const groups = (...names: string[]): string[] => names.map((name) => name.padEnd(32, '0'));

interface Opened {
  readonly state: CorrelationState;
  /** Another worker on the same state; the same one where there can be only one. */
  readonly another: CorrelationState;
  /** Loses everything, as FLUSHALL or a new process does. */
  lose(): Promise<void>;
}

type Open = (limits?: Partial<CorrelationStateLimits>) => Opened;

function openRedis(limits: Partial<CorrelationStateLimits> = {}): Opened {
  const prefix = `s${serial++}`;
  const [state, another] = [0, 1].map(() => {
    const made = createState({ connection: redis.connection, prefix, correlations: limits, log: createLog('silent') });
    open.push(made);
    return made.correlations;
  });
  if (state === undefined || another === undefined) throw new Error('no state');
  return { state, another, lose: () => redis.flush() };
}

function openMemory(limits: Partial<CorrelationStateLimits> = {}): Opened {
  let held = createMemoryCorrelationState({ limits });
  const state: CorrelationState = {
    exchange: (...args) => held.exchange(...args),
    fill: (...args) => held.fill(...args),
  };
  const lose = async (): Promise<void> => {
    held = createMemoryCorrelationState({ limits });
  };
  return { state, another: state, lose };
}

const implementations: readonly (readonly [string, Open])[] = [
  ['in memory', openMemory],
  ['in Redis', openRedis],
];

async function ticketOf(state: CorrelationState, of: MemberSlice = slice): Promise<string> {
  const answer = await state.exchange(of, [], groups('a'));
  if (answer.kind !== 'missing') throw new Error(`not missing but ${answer.kind}`);
  return answer.ticket;
}

async function namesOf(state: CorrelationState, names: string[], of: MemberSlice = slice): Promise<string[] | string> {
  const answer = await state.exchange(of, [], groups(...names));
  return answer.kind === 'whole' ? answer.members.map(keyOf).sort() : answer.kind;
}

describe.each(implementations)('recent members %s', (_, openState) => {
  test('a slice is missing until it was filled, then whole for any group, with what is added', async () => {
    const { state, another } = openState();
    expect(await state.fill(slice, await ticketOf(state), [member('a', 1), member('b', 2)])).toBe(true);
    expect(await namesOf(another, ['a'])).toEqual([keyOf(member('a', 1))]);
    expect(await namesOf(another, ['never'])).toEqual([]);
    const answer = await another.exchange(slice, [member('a', 3)], groups('a', 'b'));
    expect(answer.kind === 'whole' && [...answer.members].sort((x, y) => x.member.timeMs - y.member.timeMs)).toEqual([
      member('a', 1),
      member('b', 2),
      member('a', 3),
    ]);
    // Another slice knows nothing of it.
    expect((await state.exchange(other, [], groups('a'))).kind).toBe('missing');
  });

  test('the same member again is one, equal times and other orders are others', async () => {
    const { state } = openState();
    await state.fill(slice, await ticketOf(state), [member('a', 1), member('a', 1)]);
    await state.exchange(slice, [member('a', 1), member('a', 1, { order: 'z' }), member('a', 1, { reference: 1 })], []);
    expect(await namesOf(state, ['a'])).toHaveLength(3);
  });

  test('of a member told and taken back the newest word is there, whoever adds or fills in what order', async () => {
    const { state, another } = openState();
    const told = (version: number, holds: boolean): MemberWriting => member('a', 1, { version, holds });
    await state.fill(slice, await ticketOf(state), [told(3, true)]);
    await another.exchange(slice, [told(7, false)], []);
    await state.exchange(slice, [told(5, true)], []);
    const answer = await another.exchange(slice, [], groups('a'));
    if (answer.kind !== 'whole') throw new Error(answer.kind);
    expect(answer.members.toSorted((x, y) => y.version - x.version)[0]).toEqual(told(7, false));
  });

  test('two workers who found it missing both fill it: nothing of either is lost', async () => {
    const { state, another } = openState();
    const [one, two] = [await ticketOf(state), await ticketOf(another)];
    expect(await state.fill(slice, one, [member('a', 1)])).toBe(true);
    await state.exchange(slice, [member('a', 5)], []);
    expect(await another.fill(slice, two, [member('a', 2)])).toBe(true);
    expect(await namesOf(another, ['a'])).toHaveLength(3);
  });

  test('what was lost is missing, and what was read before the loss does not make it whole', async () => {
    const { state, another, lose } = openState();
    const old = await ticketOf(state);
    await another.fill(slice, await ticketOf(another), []);
    await another.exchange(slice, [member('a', 7)], []);
    await lose();
    if (openState === openRedis) {
      expect(await state.fill(slice, old, [member('a', 1)])).toBe(false);
      expect(await namesOf(state, ['a'])).toBe('missing');
    }
    expect(await state.fill(slice, await ticketOf(state), [member('a', 1), member('a', 7)])).toBe(true);
    expect(await namesOf(another, ['a'])).toHaveLength(2);
  });

  test('a slice over its bound says so, whether it was filled so or grew, and stays so', async () => {
    const { state, another } = openState({ sliceMembersMax: 3 });
    await state.fill(slice, await ticketOf(state), null);
    expect(await namesOf(another, ['a'])).toBe('too-large');
    expect((await another.exchange(slice, [member('a', 1)], [])).kind).toBe('too-large');
    await state.fill(other, await ticketOf(state, other), [member('a', 4_000_000), member('b', 4_000_001)]);
    const grown = [2, 3].map((n) => member('c', 4_000_000 + n));
    expect((await state.exchange(other, grown, groups('a'))).kind).toBe('too-large');
    expect(await namesOf(state, ['a'], other)).toBe('too-large');
  });

  test('too many slices: the one longest unused goes, and what was read meanwhile for it is not taken', async () => {
    const { state } = openState({ slicesMax: 2 });
    const at = (n: number): MemberSlice => ({ ...slice, fromMs: n * 3_600_000, toMs: (n + 1) * 3_600_000 });
    const early = await ticketOf(state, at(9));
    for (const n of [0, 1]) await state.fill(at(n), await ticketOf(state, at(n)), []);
    expect(await namesOf(state, ['a'], at(0))).toEqual([]);
    await state.fill(at(2), await ticketOf(state, at(2)), []);
    expect(await namesOf(state, ['a'], at(1))).toBe('missing');
    expect(await namesOf(state, ['a'], at(0))).toEqual([]);
    expect(await namesOf(state, ['a'], at(2))).toEqual([]);
    expect(await state.fill(at(9), early, [])).toBe(false);
  });

  test('a few thousand members and groups at once', async () => {
    const { state, another } = openState();
    const many = Array.from({ length: 3000 }, (_, n) => member(`g${n % 1200}x`, n));
    await state.fill(slice, await ticketOf(state), many.slice(0, 2000));
    const names = groups(...Array.from({ length: 1200 }, (_, n) => `g${n}x`));
    const answer = await another.exchange(slice, many.slice(1500), names);
    expect(answer.kind === 'whole' && new Set(answer.members.map(keyOf)).size).toBe(3000);
  });
});

describe('in Redis', () => {
  test('a server that was started again may have lost the last second: the slice is missing', async () => {
    const { state, another } = openRedis();
    const old = await ticketOf(state);
    await state.fill(slice, await ticketOf(state), [member('a', 1)]);
    expect(await namesOf(state, ['a'])).toHaveLength(1);
    await redis.kill();
    await expect(state.exchange(slice, [], groups('a'))).rejects.toMatchObject({ code: 'state-away' });
    await redis.start();
    const answers = async (): Promise<string[] | string> => {
      for (;;) {
        try {
          return await namesOf(another, ['a']);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    expect(await answers()).toBe('missing');
    expect(await another.fill(slice, old, [])).toBe(false);
  });

  test('what was read too long ago is not taken', async () => {
    const { state } = openRedis({ fillMs: 1 });
    const ticket = await ticketOf(state);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await state.fill(slice, ticket, [])).toBe(false);
  });
});

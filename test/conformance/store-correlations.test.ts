import { describe, expect, test } from 'vitest';
import { type CorrelationMember, type MemberWriting, memberKey } from '../../src/model/correlation.ts';
import { useStore } from './store-open.ts';

const under = useStore();
const hourMs = 3_600_000;
const tenMs = Date.UTC(2026, 10, 22, 3, 0, 0);

function member(
  correlation: string,
  group: string,
  timeMs: number,
  o: Partial<CorrelationMember> = {},
): CorrelationMember {
  return {
    correlation,
    group,
    timeMs,
    order: `e${timeMs}`,
    reference: 0,
    groupTexts: ['Đà Nẵng \\ "x" \u0001'],
    value: '',
    number: 0.1,
    carried: [null],
    event: `e${timeMs}`,
    day: '2026-11-22',
    receivedTimeMs: tenMs,
    origin: 'production',
    drill: '',
    lane: '',
    org: '',
    system: '',
    host: '',
    source: '',
    ...o,
  };
}

const stands = (of: CorrelationMember): MemberWriting => ({ member: of, version: 0, holds: true });
const hour = (correlation: string) => ({ correlation, fromMs: tenMs, toMs: tenMs + hourMs });

describe('members of correlations', () => {
  test('are stored once, however often and in whatever pieces, and read back to the bit', async () => {
    const { correlations } = under().store;
    const all = Array.from({ length: 5 }, (_, n) => member('a@1', 'g1', tenMs + n));
    await correlations.insertMembers(all.map(stands), 'b1');
    await correlations.insertMembers(all.map(stands), 'b1');
    await correlations.insertMembers(all.slice(2).map(stands), 'b2');
    const read = await correlations.membersOfSlice(hour('a@1'), 100);
    expect(read?.map(({ member: of }) => of).sort((x, y) => x.timeMs - y.timeMs)).toEqual(all);
    expect(await correlations.membersOfGroups(hour('a@1'), ['g1', 'g2'], 100)).toHaveLength(5);
  });

  test('a slice ends before its end, and says when it is too large', async () => {
    const { correlations } = under().store;
    const at = [tenMs - 1, tenMs, tenMs + hourMs - 1, tenMs + hourMs];
    await correlations.insertMembers(
      at.map((timeMs) => stands(member('b@1', 'g1', timeMs))),
      'b',
    );
    const read = await correlations.membersOfSlice(hour('b@1'), 2);
    expect(read?.map(({ member: of }) => of.timeMs).sort()).toEqual([tenMs, tenMs + hourMs - 1]);
    expect(await correlations.membersOfSlice(hour('b@1'), 1)).toBeNull();
  });

  test('of a group with too many the last ones are read, of every group as many', async () => {
    const { correlations } = under().store;
    const rows = ['g1', 'g2'].flatMap((group) => [0, 1, 2, 3].map((n) => member('c@1', group, tenMs + n)));
    await correlations.insertMembers(rows.map(stands), 'c');
    const read = await correlations.membersOfGroups(hour('c@1'), ['g1', 'g2'], 2);
    expect(read.map(({ member: of }) => `${of.group} ${memberKey(of)}`).sort()).toEqual(
      rows.filter(({ timeMs }) => timeMs >= tenMs + 2).map((of) => `${of.group} ${memberKey(of)}`),
    );
  });

  test('what was taken back is known with its version, whether slices, groups or sources are asked for', async () => {
    const { correlations } = under().store;
    const told = member('d@1', 'g1', tenMs, { source: 's1' });
    const write = (version: number, holds: boolean): Promise<void> =>
      correlations.insertMembers([{ member: told, version, holds }], 'd');
    await write(3, true);
    await write(7, false);
    // An older writing that comes late changes nothing.
    await write(5, true);
    const writing = { member: told, version: 7, holds: false };
    expect(await correlations.membersOfSlice(hour('d@1'), 10)).toEqual([writing]);
    expect(await correlations.membersOfGroups(hour('d@1'), ['g1'], 10)).toEqual([writing]);
    expect(await correlations.membersFrom(['s1', 's2'], ['d@1', 'x@1'], hour('d@1'))).toEqual([writing]);
    expect(await correlations.membersFrom(['s2'], ['d@1'], hour('d@1'))).toEqual([]);
  });

  test('of several days in one call, and of times before 1970 and far ahead', async () => {
    const { correlations } = under().store;
    const rows = [
      member('e@1', 'g1', -5, { day: '2026-11-21' }),
      member('e@1', 'g1', tenMs),
      member('e@1', 'g1', Date.UTC(2290, 0, 1), { day: '2026-11-23' }),
    ];
    await correlations.insertMembers(rows.map(stands), 'e');
    const read = await correlations.membersOfGroups(
      { correlation: 'e@1', fromMs: -hourMs, toMs: Date.UTC(2295, 0, 1) },
      ['g1'],
      10,
    );
    expect(read.map(({ member: of }) => of.timeMs).sort((a, b) => a - b)).toEqual(rows.map(({ timeMs }) => timeMs));
  });

  test('hundreds of groups in one question', async () => {
    const { correlations } = under().store;
    const rows = Array.from({ length: 600 }, (_, n) => member('f@1', String(n).padStart(32, 'f'), tenMs + n));
    await correlations.insertMembers(rows.map(stands), 'f');
    const groups = rows.map(({ group }) => group);
    expect(await correlations.membersOfGroups(hour('f@1'), groups, 5)).toHaveLength(600);
  });
});

import { type CorrelationMember, type MemberSlice, type MemberWriting, memberKey } from '../model/correlation.ts';
import { timeText } from './event-columns.ts';
import { gatherInserts } from './gather-inserts.ts';
import type { StoreLimits } from './limits.ts';
import { inChunks, type Sql, tokenOf } from './sql.ts';

/** Members of correlations. Of everything read there is one writing a member, the newest. */
export interface CorrelationMembers {
  /** Stores members once, however often; `token` names the call. */
  insertMembers(writings: readonly MemberWriting[], token: string): Promise<void>;
  /** All groups of a slice, also what was taken back; null when there are more than `max` rows. */
  membersOfSlice(slice: MemberSlice, max: number): Promise<MemberWriting[] | null>;
  /** Of each of the groups the last `maxPerGroup` rows of the slice's time, also what was taken back. */
  membersOfGroups(slice: MemberSlice, groups: readonly string[], maxPerGroup: number): Promise<MemberWriting[]>;
  /** What groups below handed on to these correlations in [fromMs, toMs), also what they took back. */
  membersFrom(
    sources: readonly string[],
    correlations: readonly string[],
    within: { readonly fromMs: number; readonly toMs: number },
  ): Promise<MemberWriting[]>;
}

interface MemberRow {
  member: string;
  version: string;
  holds: number;
}

const columns: readonly string[] = [
  'correlation',
  'hour',
  'grp',
  'event_time',
  'ord',
  'reference',
  'version',
  'holds',
  'source',
  'day',
  'member',
];

const hourMs = 3_600_000;

/** Hours since the epoch; times before it are held there, as in the column of the time. */
function hourOf(ms: number): number {
  return Math.max(0, Math.floor(ms / hourMs));
}

function rowOf({ member, version, holds }: MemberWriting): string {
  const { correlation, group, timeMs, order, reference, source, day } = member;
  return JSON.stringify([
    correlation,
    hourOf(timeMs),
    group,
    timeText(timeMs),
    order,
    reference,
    version,
    holds ? 1 : 0,
    source,
    day,
    JSON.stringify(member),
  ]);
}

/** The newest writing of each member. */
function newestOf(rows: readonly MemberRow[]): MemberWriting[] {
  const newest = new Map<string, MemberWriting>();
  for (const row of rows) {
    const writing = {
      member: JSON.parse(row.member) as CorrelationMember,
      version: Number(row.version),
      holds: Number(row.holds) === 1,
    };
    const key = `${writing.member.correlation} ${writing.member.group} ${memberKey(writing.member)}`;
    if ((newest.get(key)?.version ?? -1) < writing.version) newest.set(key, writing);
  }
  return [...newest.values()];
}

const inTime = `hour >= {fromHour:UInt32} AND hour <= {toHour:UInt32}
  AND event_time >= fromUnixTimestamp64Milli({fromMs:Int64}) AND event_time < fromUnixTimestamp64Milli({toMs:Int64})`;

function timeParams({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): Record<string, unknown> {
  return { fromMs: Math.max(0, fromMs), toMs: Math.max(0, toMs), fromHour: hourOf(fromMs), toHour: hourOf(toMs) };
}

export function createCorrelationMembers(o: { sql: Sql; limits: StoreLimits }): CorrelationMembers {
  const { sql, limits } = o;
  const inserts = gatherInserts(sql, 'correlation_members', columns);
  return {
    async insertMembers(writings, token) {
      const rows = writings.map(rowOf);
      await inserts.addAll(rows, tokenOf(`members-${token}`, rows));
    },
    async membersOfSlice(slice, max) {
      const rows = await sql.rows<MemberRow>(
        `SELECT member, version, holds FROM correlation_members
         WHERE correlation = {correlation:String} AND ${inTime} LIMIT {limit:UInt32}`,
        { correlation: slice.correlation, ...timeParams(slice), limit: max + 1 },
      );
      return rows.length > max ? null : newestOf(rows);
    },
    async membersOfGroups(slice, groups, maxPerGroup) {
      const found: MemberWriting[] = [];
      for (const some of inChunks(groups, limits.idCharsPerQuery)) {
        const rows = await sql.rows<MemberRow>(
          `SELECT member, version, holds FROM correlation_members
           WHERE correlation = {correlation:String} AND grp IN {groups:Array(String)} AND ${inTime}
           ORDER BY grp, event_time DESC, ord DESC LIMIT {limit:UInt32} BY grp`,
          { correlation: slice.correlation, groups: some, ...timeParams(slice), limit: maxPerGroup },
        );
        for (const writing of newestOf(rows)) found.push(writing);
      }
      return found;
    },
    async membersFrom(sources, correlations, within) {
      const found: MemberWriting[] = [];
      for (const some of inChunks(sources, limits.idCharsPerQuery)) {
        const rows = await sql.rows<MemberRow>(
          `SELECT member, version, holds FROM correlation_members
           WHERE correlation IN {correlations:Array(String)} AND ${inTime} AND source IN {sources:Array(String)}`,
          { correlations, sources: some, ...timeParams(within) },
        );
        for (const writing of newestOf(rows)) found.push(writing);
      }
      return found;
    },
  };
}

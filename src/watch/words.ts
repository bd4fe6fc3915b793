import type { BreachKind } from '../model/source-contract.ts';
import type { Breach } from './judge.ts';

/** What people read of a breach, in both languages. */

const titles: Readonly<Record<BreachKind, readonly [vi: string, en: string]>> = {
  silent: ['Nguồn nhật ký im lặng', 'Log source silent'],
  'kind-missing': ['Thiếu một loại nhật ký', 'A kind of log is missing'],
  'volume-low': ['Nhật ký ít hơn cam kết', 'Fewer logs than agreed'],
  'volume-high': ['Nhật ký nhiều hơn cam kết', 'More logs than agreed'],
  lag: ['Nhật ký về trễ', 'Logs arrive late'],
  clock: ['Đồng hồ nguồn nhật ký lệch', 'The clock of a log source is off'],
  format: ['Nhật ký đổi định dạng', 'The format of logs changed'],
};

export function breachTitle(
  { kind, log }: Breach,
  source: string,
): { readonly title: string; readonly titleVi: string } {
  const [vi, en] = titles[kind];
  const of = log === '' ? source : `${source} (${log})`;
  return { title: `${en}: ${of}`, titleVi: `${vi}: ${of}` };
}

export function breachWhy({ kind, log, sinceMs, value, bound }: Breach): {
  readonly why: string;
  readonly whyVi: string;
} {
  const since = localTime(sinceMs);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  switch (kind) {
    case 'silent':
      return {
        why: `Nothing since ${since}; agreed: silent for at most ${spanEn(bound)} while lines are due.`,
        whyVi: `Không có dòng nào từ ${since}; cam kết: trong giờ phải gửi, im lặng không quá ${spanVi(bound)}.`,
      };
    case 'kind-missing':
      return {
        why: `No ${log} since ${since}; agreed: at least every ${spanEn(bound)} while lines are due.`,
        whyVi: `Không có ${log} từ ${since}; cam kết: trong giờ phải gửi, cách nhau không quá ${spanVi(bound)}.`,
      };
    case 'volume-low':
      return {
        why: `${value} lines in the hour from ${since}; agreed: at least ${bound}.`,
        whyVi: `${value} dòng trong giờ bắt đầu ${since}; cam kết: ít nhất ${bound}.`,
      };
    case 'volume-high':
      return {
        why: `${value} lines in the hour from ${since}; agreed: at most ${bound}.`,
        whyVi: `${value} dòng trong giờ bắt đầu ${since}; cam kết: nhiều nhất ${bound}.`,
      };
    case 'lag':
      return {
        why: `Lines take ${spanEn(value)} from event to receipt; agreed: at most ${spanEn(bound)}.`,
        whyVi: `Từ sự kiện đến khi nhận mất ${spanVi(value)}; cam kết: không quá ${spanVi(bound)}.`,
      };
    case 'clock':
      return {
        why: `The clock is ${spanEn(Math.abs(value))} ${value > 0 ? 'ahead' : 'behind'}; agreed: at most ${spanEn(bound)}.`,
        whyVi: `Đồng hồ ${value > 0 ? 'nhanh' : 'chậm'} ${spanVi(Math.abs(value))}; cam kết: không quá ${spanVi(bound)}.`,
      };
    case 'format':
      return {
        why: `The confirmed parser cannot read ${percent(value)} of the lines since ${since}; borne: ${percent(bound)}.`,
        whyVi: `Bộ đọc đã xác nhận không đọc được ${percent(value)} số dòng từ ${since}; cho phép: ${percent(bound)}.`,
      };
  }
}

const units: readonly (readonly [ms: number, vi: string, en: string])[] = [
  [86_400_000, 'ngày', 'd'],
  [3_600_000, 'giờ', 'h'],
  [60_000, 'phút', 'min'],
  [1_000, 'giây', 's'],
  [1, 'ms', 'ms'],
];

/** The two largest units of a span. */
function spanParts(ms: number): readonly (readonly [count: number, vi: string, en: string])[] {
  const from = units.findIndex(([unit]) => Math.abs(ms) >= unit);
  let left = Math.round(Math.abs(ms));
  return units.slice(Math.max(0, from), Math.max(0, from) + 2).flatMap(([unit, vi, en]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count === 0 ? [] : [[count, vi, en] as const];
  });
}

function spanVi(ms: number): string {
  return (
    spanParts(ms)
      .map(([count, vi]) => `${count} ${vi}`)
      .join(' ') || '0 giây'
  );
}

function spanEn(ms: number): string {
  return (
    spanParts(ms)
      .map(([count, , en]) => `${count} ${en}`)
      .join(' ') || '0 s'
  );
}

/** dd/MM/yyyy HH:mm, local. */
function localTime(ms: number): string {
  const text = new Date(ms + 7 * 3_600_000).toISOString();
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)} ${text.slice(11, 16)}`;
}

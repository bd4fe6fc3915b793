import type { CorrelationShape } from '../model/correlation.ts';

const signs: Readonly<Record<string, string>> = { gte: '≥', gt: '>', lte: '≤', lt: '<', eq: '=', neq: '≠' };

/** The condition as people read it: `≥ 10`, `≥ 3, < 9`; '' for one that names rules. */
export function conditionText(shape: CorrelationShape): string {
  return shape.comparisons.map(({ operator, number }) => `${signs[operator] ?? operator} ${number}`).join(', ');
}

/** Which of two values says more under the condition: the smaller one where it asks for few, else the larger. */
export function strongerValue(shape: CorrelationShape, a: number, b: number): number {
  const asksForFew =
    shape.comparisons.length > 0 && shape.comparisons.every(({ operator }) => operator === 'lt' || operator === 'lte');
  return asksForFew ? Math.min(a, b) : Math.max(a, b);
}

const units: readonly (readonly [ms: number, vi: string, en: string])[] = [
  [86_400_000, 'ngày', 'day'],
  [3_600_000, 'giờ', 'hour'],
  [60_000, 'phút', 'minute'],
  [1000, 'giây', 'second'],
];

function spanText(timespanMs: number): { readonly vi: string; readonly en: string } {
  const [ms, vi, en] = units.find(([unitMs]) => timespanMs >= unitMs && timespanMs % unitMs === 0) ?? [1, 'ms', 'ms'];
  const n = timespanMs / ms;
  return { vi: `${n} ${vi}`, en: `${n} ${n === 1 || en === 'ms' ? en : `${en}s`}` };
}

/** At most this many rules are named. */
const namedMax = 5;

function named(titles: readonly string[]): string {
  const more = titles.length - namedMax;
  return [...titles.slice(0, namedMax), ...(more > 0 ? [`… +${more}`] : [])].join('; ');
}

function measured(shape: CorrelationShape, value: number): { readonly vi: string; readonly en: string } {
  const field = shape.fields.join(', ');
  const n = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  switch (shape.kind) {
    case 'event_count':
      return { vi: `${n} lần`, en: `${n} times` };
    case 'value_count':
      return { vi: `${n} giá trị khác nhau của ${field}`, en: `${n} different values of ${field}` };
    case 'value_sum':
      return { vi: `tổng ${field} là ${n}`, en: `sum of ${field} is ${n}` };
    case 'value_avg':
      return { vi: `trung bình ${field} là ${n}`, en: `average of ${field} is ${n}` };
    case 'value_percentile':
      return {
        vi: `bách phân vị ${shape.percentile ?? 50} của ${field} là ${n}`,
        en: `percentile ${shape.percentile ?? 50} of ${field} is ${n}`,
      };
    case 'value_median':
      return { vi: `trung vị ${field} là ${n}`, en: `median of ${field} is ${n}` };
    case 'temporal_ordered':
      return {
        vi: `${n} dấu hiệu nối tiếp nhau (${named(shape.references)})`,
        en: `${n} signs one after another (${named(shape.references)})`,
      };
    default:
      return {
        vi: `${n} dấu hiệu cùng xuất hiện (${named(shape.references)})`,
        en: `${n} signs together (${named(shape.references)})`,
      };
  }
}

/** Characters of a group value that are shown. */
const valueChars = 120;

/** Why a correlation's alert was raised, e.g. `12 lần trong 5 phút cho SourceIp=10.1.2.3 (ngưỡng ≥ 10)`. */
export function whyText(
  shape: CorrelationShape,
  groupTexts: readonly string[],
  value: number,
): { readonly vi: string; readonly en: string } {
  const what = measured(shape, value);
  const span = spanText(shape.timespanMs);
  const group = shape.groupBy
    .map((field, i) => {
      const text = groupTexts[i] ?? '';
      return `${field}=${text.length > valueChars ? `${text.slice(0, valueChars - 1)}…` : text}`;
    })
    .join(', ');
  const condition = conditionText(shape);
  return {
    vi: `${what.vi} trong ${span.vi}${group === '' ? '' : ` cho ${group}`}${condition === '' ? '' : ` (ngưỡng ${condition})`}`,
    en: `${what.en} within ${span.en}${group === '' ? '' : ` for ${group}`}${condition === '' ? '' : ` (threshold ${condition})`}`,
  };
}

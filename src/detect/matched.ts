import type { MatchedField } from '../model/finding.ts';
import type { DetectLimits } from './limits.ts';

type MatchedLimits = Pick<DetectLimits, 'matchedFieldsMax' | 'matchedValueChars' | 'matchedSpansMax'>;

/** What is kept of a hit's explanation, and how much was cut off. */
export interface KeptMatches {
  readonly matched: readonly MatchedField[];
  readonly cut: number;
}

/**
 * Bounds an explanation: so many fields, so many characters of each value. A longer value is kept around its first
 * matched place, with '…' where it was cut and spans moved along; spans outside of what is kept go.
 */
export function boundMatches(matched: readonly MatchedField[], limits: MatchedLimits): KeptMatches {
  const kept = matched.slice(0, limits.matchedFieldsMax);
  let cut = matched.length - kept.length;
  const bounded = kept.map((field) => {
    const short = boundField(field, limits);
    if (short !== field) cut += 1;
    return short;
  });
  return { matched: bounded, cut };
}

function boundField(field: MatchedField, limits: MatchedLimits): MatchedField {
  const { value } = field;
  const spans = field.spans.slice(0, limits.matchedSpansMax);
  const max = limits.matchedValueChars;
  if (value.length <= max) return spans.length === field.spans.length ? field : { ...field, spans };
  const first = spans[0]?.[0] ?? 0;
  const from = whole(value, Math.max(0, Math.min(first - Math.floor(max / 4), value.length - max)));
  const to = whole(value, Math.min(value.length, from + max));
  const head = from > 0 ? '…' : '';
  const tail = to < value.length ? '…' : '';
  const moved = spans.flatMap(([start, length]): (readonly [number, number])[] => {
    const begin = Math.max(start, from);
    const end = Math.min(start + length, to);
    return end > begin ? [[begin - from + head.length, end - begin]] : [];
  });
  return { ...field, value: head + value.slice(from, to) + tail, spans: moved };
}

/** Moves an index off the middle of a surrogate pair. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
